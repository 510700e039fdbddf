/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One submission account: fields that a face binds to, and the check that says
 * which of them is not usable. */

#include "account.h"

#include <string.h>

#include "hex.h"
#include "json-canon.h"
#include "proxy-url.h"

#define MINIMUM_TLS_DEFAULT "TLS1.2"
#define MAX_FALLBACKS       8

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
  PROP_BACKUP_PINS,
  PROP_PINS_RENEW,
  PROP_REVOCATION,
  PROP_DANE,
  PROP_CLIENT_CERT,
  PROP_CLIENT_KEY,
  PROP_EXCEPTIONS,
  PROP_SRV,
  PROP_FALLBACKS,
  PROP_PROXY,
  PROP_STRONGEST_MECHANISM,
  PROP_EXTENSIONS,
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
  GStrv backup_pins;
  gint64 pins_renew;
  char *revocation;
  char *dane;
  char *client_cert;
  char *client_key;
  char *exceptions;
  gboolean srv;
  GStrv fallbacks;
  char *proxy;
  char *strongest_mechanism;
  GStrv extensions;
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
    case PROP_REVOCATION:
      return &self->revocation;
    case PROP_DANE:
      return &self->dane;
    case PROP_CLIENT_CERT:
      return &self->client_cert;
    case PROP_CLIENT_KEY:
      return &self->client_key;
    case PROP_EXCEPTIONS:
      return &self->exceptions;
    case PROP_PROXY:
      return &self->proxy;
    case PROP_STRONGEST_MECHANISM:
      return &self->strongest_mechanism;
    case PROP_PORT:
    case PROP_MODE:
    case PROP_PINS:
    case PROP_BACKUP_PINS:
    case PROP_PINS_RENEW:
    case PROP_SRV:
    case PROP_FALLBACKS:
    case PROP_EXTENSIONS:
    case N_PROPS:
      break;
    }

  return NULL;
}

/* The member behind a property that is a list of texts. */
static GStrv *
list_of (WaxAccount *self, guint id)
{
  if (id == PROP_PINS)
    return &self->pins;
  if (id == PROP_BACKUP_PINS)
    return &self->backup_pins;
  if (id == PROP_FALLBACKS)
    return &self->fallbacks;
  if (id == PROP_EXTENSIONS)
    return &self->extensions;

  return NULL;
}

static const char *
or_null (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static void
set_list (GStrv *list, const char *const *value)
{
  GStrv copy = value != NULL && value[0] != NULL ? g_strdupv ((GStrv) value) : NULL;

  g_strfreev (*list);
  *list = copy;
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
  else if (id == PROP_PINS_RENEW)
    g_value_set_int64 (value, self->pins_renew);
  else if (id == PROP_SRV)
    g_value_set_boolean (value, self->srv);
  else if (list_of (self, id) != NULL)
    g_value_set_boxed (value, *list_of (self, id));
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
  else if (id == PROP_PINS_RENEW)
    self->pins_renew = g_value_get_int64 (value);
  else if (id == PROP_SRV)
    self->srv = g_value_get_boolean (value);
  else if (list_of (self, id) != NULL)
    set_list (list_of (self, id), g_value_get_boxed (value));
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
    else if (list_of (self, id) != NULL)
      g_strfreev (*list_of (self, id));

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
    { PROP_LABEL, "label" },
    { PROP_NAME, "name" },
    { PROP_ADDRESS, "address" },
    { PROP_HOST, "host" },
    { PROP_USER, "user" },
    { PROP_MECHANISM, "mechanism" },
    { PROP_CA_PEM, "ca-pem" },
    { PROP_MINIMUM_TLS, "minimum-tls" },
    { PROP_REVOCATION, "revocation" },
    { PROP_DANE, "dane" },
    { PROP_CLIENT_CERT, "client-cert" },
    { PROP_CLIENT_KEY, "client-key" },
    { PROP_EXCEPTIONS, "exceptions" },
    { PROP_PROXY, "proxy" },
    { PROP_STRONGEST_MECHANISM, "strongest-mechanism" },
  };
  static const struct
  {
    Property id;
    const char *name;
  } lists[] = {
    { PROP_PINS, "pins" },
    { PROP_BACKUP_PINS, "backup-pins" },
    { PROP_FALLBACKS, "fallbacks" },
    { PROP_EXTENSIONS, "extensions" },
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
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    properties[lists[i].id] = g_param_spec_boxed (lists[i].name, NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_PINS_RENEW] = g_param_spec_int64 ("pins-renew", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SRV] = g_param_spec_boolean ("srv", NULL, NULL, FALSE, flags);
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
    else if (list_of (self, id) != NULL)
      set_list (list_of (copy, id), (const char *const *) *list_of (self, id));
  copy->port = self->port;
  copy->mode = self->mode;
  copy->pins_renew = self->pins_renew;
  copy->srv = self->srv;
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
TEXT_GETTER (client_cert)
TEXT_GETTER (client_key)
TEXT_GETTER (proxy)
TEXT_GETTER (strongest_mechanism)

#define LIST_GETTER(name)                                      \
  const char *const *wax_account_get_##name (WaxAccount *self) \
  {                                                            \
    g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL);        \
                                                               \
    return (const char *const *) self->name;                   \
  }

LIST_GETTER (pins)
LIST_GETTER (backup_pins)
LIST_GETTER (fallbacks)
LIST_GETTER (extensions)

/* What the account says, or @otherwise; a word that is not known asks for all. */
static WaxDemand
demand_of (const char *text, WaxDemand otherwise)
{
  WaxDemand demand = WAX_DEMAND_HARD;

  if (text == NULL)
    return otherwise;
  wax_demand_from_string (text, &demand);

  return demand;
}

WaxDemand
wax_account_get_revocation (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), WAX_DEMAND_HARD);

  return demand_of (self->revocation, WAX_DEMAND_SOFT);
}

WaxDemand
wax_account_get_dane (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), WAX_DEMAND_HARD);

  return demand_of (self->dane, WAX_DEMAND_SOFT);
}

gint64
wax_account_get_pins_renew (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), 0);

  return self->pins_renew;
}

gboolean
wax_account_get_srv (WaxAccount *self)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), FALSE);

  return self->srv;
}

GPtrArray *
wax_account_dup_exceptions (WaxAccount *self)
{
  GPtrArray *exceptions;

  g_return_val_if_fail (WAX_IS_ACCOUNT (self), NULL);

  /* What cannot be read allows nothing. */
  exceptions = wax_tls_exceptions_from_text (self->exceptions, NULL);

  return exceptions != NULL ? exceptions
                            : g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
}

void
wax_account_set_exceptions (WaxAccount *self, GPtrArray *exceptions)
{
  g_return_if_fail (WAX_IS_ACCOUNT (self));

  g_free (self->exceptions);
  self->exceptions = wax_tls_exceptions_to_text (exceptions);
}

/* ---- settings without a column of their own ---- */

static const Property text_settings[] = {
  PROP_REVOCATION, PROP_DANE,  PROP_CLIENT_CERT,         PROP_CLIENT_KEY,
  PROP_EXCEPTIONS, PROP_PROXY, PROP_STRONGEST_MECHANISM,
};

static const Property list_settings[] = { PROP_BACKUP_PINS, PROP_FALLBACKS, PROP_EXTENSIONS };

static JsonArray *
list_to_json (GStrv list)
{
  JsonArray *array = json_array_new ();

  for (char **text = list; text != NULL && *text != NULL; text++)
    json_array_add_string_element (array, *text);

  return array;
}

JsonNode *
wax_account_settings_to_json (WaxAccount *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_alloc ();

  for (gsize i = 0; i < G_N_ELEMENTS (text_settings); i++)
    if (*text_of (self, text_settings[i]) != NULL)
      json_object_set_string_member (object, properties[text_settings[i]]->name,
                                     *text_of (self, text_settings[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (list_settings); i++)
    if (*list_of (self, list_settings[i]) != NULL)
      json_object_set_array_member (object, properties[list_settings[i]]->name,
                                    list_to_json (*list_of (self, list_settings[i])));
  if (self->pins_renew > 0)
    json_object_set_int_member (object, "pins-renew", self->pins_renew);
  if (self->srv)
    json_object_set_boolean_member (object, "srv", TRUE);

  return json_node_init_object (node, object);
}

static void
list_from_json (GStrv *list, JsonArray *array)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *text = json_node_get_string (json_array_get_element (array, i));

      if (text != NULL)
        g_strv_builder_add (builder, text);
    }
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
  if ((*list)[0] == NULL)
    g_clear_pointer (list, g_strfreev);
}

void
wax_account_settings_from_json (WaxAccount *self, JsonObject *settings)
{
  for (gsize i = 0; i < G_N_ELEMENTS (text_settings); i++)
    g_set_str (text_of (self, text_settings[i]),
               wax_json_get_string (settings, properties[text_settings[i]]->name, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (list_settings); i++)
    list_from_json (list_of (self, list_settings[i]),
                    wax_json_get_array (settings, properties[list_settings[i]]->name));
  self->pins_renew = MAX (wax_json_get_int (settings, "pins-renew", 0), 0);
  self->srv = wax_json_get_bool (settings, "srv", FALSE);
}

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

void
wax_account_set_server (WaxAccount *self, const WaxServerUrl *url)
{
  g_return_if_fail (WAX_IS_ACCOUNT (self) && url != NULL);

  g_object_set (self, "host", url->host, "port", (guint) url->port, "mode", (int) url->mode, "srv", url->srv,
                NULL);
  if (url->user != NULL)
    g_object_set (self, "user", url->user, NULL);
}

static void
normalize_pins (GStrv pins)
{
  for (char **pin = pins; pin != NULL && *pin != NULL; pin++)
    {
      const char *hex = g_str_has_prefix (*pin, "sha256:") ? *pin + strlen ("sha256:") : *pin;
      char *lower = g_ascii_strdown (hex, -1);

      g_free (*pin);
      *pin = lower;
    }
}

void
wax_account_normalize (WaxAccount *self)
{
  g_autofree char *host = NULL;

  g_return_if_fail (WAX_IS_ACCOUNT (self));

  host = wax_host_normalize (self->host, NULL);
  if (host != NULL)
    g_set_str (&self->host, host);
  normalize_pins (self->pins);
  normalize_pins (self->backup_pins);
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

/* An IP address has no SRV records, and a plaintext account no business in the DNS. */
static gboolean
check_srv (WaxAccount *self, GError **error)
{
  if (!self->srv)
    return TRUE;
  if (g_hostname_is_ip_address (self->host))
    return refuse (error, "Server", "the DNS tells the servers of a domain, and this is an IP address");
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Server", "without TLS no server is looked up in the DNS");

  return TRUE;
}

static gboolean
check_fallbacks (WaxAccount *self, GError **error)
{
  if (self->fallbacks == NULL)
    return TRUE;
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Further servers", "an account without TLS has only the one on this machine");
  if (g_strv_length (self->fallbacks) > MAX_FALLBACKS)
    return refuse (error, "Further servers", "there may be no more than eight");
  for (char **url = self->fallbacks; *url != NULL; url++)
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (WaxServerUrl) server = wax_server_url_parse (*url, &reason);

      if (server == NULL)
        return refuse (error, "Further servers", reason->message);
      if (server->user != NULL)
        return refuse (error, "Further servers", "the user is that of the account: leave it out of the URL");
    }

  return TRUE;
}

static gboolean
asks_dns (WaxAccount *self)
{
  for (char **url = self->fallbacks; url != NULL && *url != NULL; url++)
    if (strstr (*url, "+srv:") != NULL)
      return TRUE;

  return self->srv;
}

static gboolean
check_proxy (WaxAccount *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (WaxProxyUrl) proxy = NULL;

  if (self->proxy == NULL || strcmp (self->proxy, "none") == 0)
    return TRUE;
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Proxy", "without TLS nothing leaves this machine");
  if (asks_dns (self))
    return refuse (
        error, "Proxy",
        "the servers of a domain are looked up without the proxy, which would show where mail goes: "
        "name the server itself");
  proxy = wax_proxy_url_parse (self->proxy, &reason);

  return proxy != NULL || refuse (error, "Proxy", reason->message);
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
         && check_srv (self, error) && check_fallbacks (self, error) && check_proxy (self, error)
         && check_protection (self, error);
}
