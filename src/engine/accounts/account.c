/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One submission account: fields that a face binds to, and the check that says
 * which of them is not usable. */

#include "account.h"

#include <string.h>

#include "hex.h"

#define MINIMUM_TLS_DEFAULT "TLS1.2"

typedef enum
{
  PROP_ID = 1,
  PROP_LABEL,
  PROP_NAME,
  PROP_ADDRESS,
  PROP_HOST,
  PROP_PORT,
  PROP_MODE,
  PROP_USER,
  PROP_MECHANISM,
  PROP_CA_PEM,
  PROP_MINIMUM_TLS,
  PROP_PINS,
  N_PROPS,
} Property;

struct _WaxAccount
{
  GObject parent_instance;

  char *id;
  char *label;
  char *name;
  char *address;
  char *host;
  guint port;
  WaxTlsMode mode;
  char *user;
  char *mechanism;
  char *ca_pem;
  char *minimum_tls;
  GStrv pins;
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_QUARK (wax_account_error, wax_account_error)
G_DEFINE_FINAL_TYPE (WaxAccount, wax_account, G_TYPE_OBJECT)

/* The member behind a text property. */
static char **
text_of (WaxAccount *self, guint id)
{
  switch ((Property) id)
    {
    case PROP_ID:
      return &self->id;
    case PROP_LABEL:
      return &self->label;
    case PROP_NAME:
      return &self->name;
    case PROP_ADDRESS:
      return &self->address;
    case PROP_HOST:
      return &self->host;
    case PROP_USER:
      return &self->user;
    case PROP_MECHANISM:
      return &self->mechanism;
    case PROP_CA_PEM:
      return &self->ca_pem;
    case PROP_MINIMUM_TLS:
      return &self->minimum_tls;
    case PROP_PORT:
    case PROP_MODE:
    case PROP_PINS:
    case N_PROPS:
      break;
    }

  return NULL;
}

static const char *
or_null (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static void
wax_account_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxAccount *self = WAX_ACCOUNT (object);

  if (id == PROP_LABEL)
    g_value_set_string (value, wax_account_get_label (self));
  else if (id == PROP_MINIMUM_TLS)
    g_value_set_string (value, wax_account_get_minimum_tls (self));
  else if (id == PROP_PORT)
    g_value_set_uint (value, self->port);
  else if (id == PROP_MODE)
    g_value_set_int (value, (int) self->mode);
  else if (id == PROP_PINS)
    g_value_set_boxed (value, self->pins);
  else if (text_of (self, id) != NULL)
    g_value_set_string (value, *text_of (self, id));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wax_account_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WaxAccount *self = WAX_ACCOUNT (object);

  if (id == PROP_PORT)
    self->port = g_value_get_uint (value);
  else if (id == PROP_MODE)
    self->mode = (WaxTlsMode) g_value_get_int (value);
  else if (id == PROP_PINS)
    {
      g_strfreev (self->pins);
      self->pins = g_value_dup_boxed (value);
      if (self->pins != NULL && self->pins[0] == NULL)
        g_clear_pointer (&self->pins, g_strfreev);
    }
  else if (text_of (self, id) != NULL)
    g_set_str (text_of (self, id), or_null (g_value_get_string (value)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wax_account_finalize (GObject *object)
{
  WaxAccount *self = WAX_ACCOUNT (object);

  for (guint id = 1; id < N_PROPS; id++)
    if (text_of (self, id) != NULL)
      g_free (*text_of (self, id));
  g_strfreev (self->pins);

  G_OBJECT_CLASS (wax_account_parent_class)->finalize (object);
}

static void
wax_account_class_init (WaxAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  static const struct
  {
    Property id;
    const char *name;
  } texts[] = {
    { PROP_LABEL, "label" },     { PROP_NAME, "name" },
    { PROP_ADDRESS, "address" }, { PROP_HOST, "host" },
    { PROP_USER, "user" },       { PROP_MECHANISM, "mechanism" },
    { PROP_CA_PEM, "ca-pem" },   { PROP_MINIMUM_TLS, "minimum-tls" },
  };

  object_class->get_property = wax_account_get_property;
  object_class->set_property = wax_account_set_property;
  object_class->finalize = wax_account_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags | G_PARAM_CONSTRUCT_ONLY);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    properties[texts[i].id] = g_param_spec_string (texts[i].name, NULL, NULL, NULL, flags);
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, 65535, 465, flags);
  properties[PROP_MODE] = g_param_spec_int ("mode", NULL, NULL, WAX_TLS_MODE_IMPLICIT,
                                            WAX_TLS_MODE_PLAINTEXT_LOOPBACK, WAX_TLS_MODE_IMPLICIT, flags);
  properties[PROP_PINS] = g_param_spec_boxed ("pins", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wax_account_init (WaxAccount *self)
{
  self->port = 465;
  self->mode = WAX_TLS_MODE_IMPLICIT;
}

WaxAccount *
wax_account_new (void)
{
  g_autofree char *id = g_uuid_string_random ();

  return wax_account_new_stored (id);
}

WaxAccount *
wax_account_new_stored (const char *id)
{
  return g_object_new (WAX_TYPE_ACCOUNT, "id", id, NULL);
}

WaxAccount *
wax_account_copy (WaxAccount *self)
{
  WaxAccount *copy;

  g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL);

  copy = wax_account_new_stored (self->id);
  for (guint id = PROP_ID + 1; id < N_PROPS; id++)
    if (text_of (self, id) != NULL)
      g_set_str (text_of (copy, id), *text_of (self, id));
  copy->port = self->port;
  copy->mode = self->mode;
  copy->pins = g_strdupv (self->pins);
  return copy;
}

#define TEXT_GETTER(name)                               \
  const char *wax_account_get_##name (WaxAccount *self) \
  {                                                     \
    g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL); \
                                                        \
    return self->name;                                  \
  }

TEXT_GETTER (id)
TEXT_GETTER (name)
TEXT_GETTER (address)
TEXT_GETTER (host)
TEXT_GETTER (user)
TEXT_GETTER (mechanism)
TEXT_GETTER (ca_pem)

const char *
wax_account_get_label (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL);

  return self->label != NULL ? self->label : self->address;
}

guint
wax_account_get_port (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), 0);

  return self->port;
}

WaxTlsMode
wax_account_get_mode (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), WAX_TLS_MODE_IMPLICIT);

  return self->mode;
}

const char *
wax_account_get_minimum_tls (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), MINIMUM_TLS_DEFAULT);

  return self->minimum_tls != NULL ? self->minimum_tls : MINIMUM_TLS_DEFAULT;
}

const char *const *
wax_account_get_pins (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL);

  return (const char *const *) self->pins;
}

void
wax_account_set_server (WaxAccount *self, const WaxServerUrl *url)
{
  g_return_if_fail (WAX_IS_ACCOUNT (self) && url != NULL);

  g_object_set (self, "host", url->host, "port", (guint) url->port, "mode", (int) url->mode, NULL);
  if (url->user != NULL)
    g_object_set (self, "user", url->user, NULL);
}

void
wax_account_normalize (WaxAccount *self)
{
  g_autofree char *host = NULL;

  g_return_if_fail (WAX_IS_ACCOUNT (self));

  host = wax_host_normalize (self->host, NULL);
  if (host != NULL)
    g_set_str (&self->host, host);
  for (char **pin = self->pins; pin != NULL && *pin != NULL; pin++)
    {
      const char *hex = g_str_has_prefix (*pin, "sha256:") ? *pin + strlen ("sha256:") : *pin;
      char *lower = g_ascii_strdown (hex, -1);

      g_free (*pin);
      *pin = lower;
    }
}

/* ---- the check ---- */

static gboolean
refuse (GError **error, const char *field, const char *what)
{
  g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID, "%s: %s", field, what);
  return FALSE;
}

static gboolean
is_line (const char *text)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 1000)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

static gboolean
check_lines (WaxAccount *self, GError **error)
{
  const struct
  {
    const char *field;
    const char *value;
  } lines[] = {
    { "Label", self->label },
    { "Name", self->name },
    { "Address", self->address },
    { "User name", self->user },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!is_line (lines[i].value))
      return refuse (error, lines[i].field, "it must be one line of text");

  return TRUE;
}

static gboolean
check_server (WaxAccount *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *host = wax_host_normalize (self->host, &reason);

  if (host == NULL)
    return refuse (error, "Server", reason->message);
  if (self->port < 1 || self->port > 65535)
    return refuse (error, "Port", "it must be a number from 1 to 65535");
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

      if (address == NULL ? strcmp (host, "localhost") != 0 : !g_inet_address_get_is_loopback (address))
        return refuse (error, "Server",
                       "without TLS only an address of this machine itself (127.0.0.1) may be used");
    }

  return TRUE;
}

static gboolean
check_protection (WaxAccount *self, GError **error)
{
  const char *minimum = wax_account_get_minimum_tls (self);
  guint8 digest[32];

  if (strcmp (minimum, "TLS1.2") != 0 && strcmp (minimum, "TLS1.3") != 0)
    return refuse (error, "Minimum TLS", "it must be TLS1.2 or TLS1.3");
  for (char **pin = self->pins; pin != NULL && *pin != NULL; pin++)
    if (!wax_hex_decode (*pin, digest, sizeof digest))
      return refuse (error, "Pin", "each must be the SHA-256 of a public key, 64 hexadecimal digits");
  if (self->mechanism != NULL
      && (strlen (self->mechanism) > 20
          || strspn (self->mechanism, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen (self->mechanism)))
    return refuse (error, "Sign-in method", "it must be the name of a SASL mechanism, such as SCRAM-SHA-256");
  if (self->ca_pem != NULL)
    {
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (self->ca_pem, -1, NULL);

      if (certificate == NULL)
        return refuse (error, "Certificate authority", "there is no certificate in PEM form in it");
    }

  return TRUE;
}

/* The room `message` reads addresses in full; it stands beside this one, so here
 * only the form is looked at. */
static gboolean
check_address (WaxAccount *self, GError **error)
{
  const char *at = self->address != NULL ? strrchr (self->address, '@') : NULL;
  g_autofree char *domain = NULL;

  if (self->address == NULL)
    return refuse (error, "Address", "it is missing");
  if (at == NULL || at == self->address || strpbrk (self->address, " \t<>,;") != NULL)
    return refuse (error, "Address", "it must be one mail address, such as name@example.org");
  if (at[1] == '[')
    return TRUE;
  domain = wax_host_normalize (at + 1, NULL);
  if (domain == NULL)
    return refuse (error, "Address", "what follows the “@” is not a domain name");

  return TRUE;
}

gboolean
wax_account_validate (WaxAccount *self, GError **error)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), FALSE);

  return check_lines (self, error) && check_address (self, error) && check_server (self, error)
         && check_protection (self, error);
}
