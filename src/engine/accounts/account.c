/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One submission account: fields that a face binds to, in and out of the store. */

#include "account.h"

#include <string.h>

#include "account-private.h"
#include "json-canon.h"

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
