/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection report: what was learnt of one connection, and its way through
 * JSON, for the command line and for the store. A stored report is read with
 * the limits that it was written with. */

#include "connection-report.h"

#include <string.h>

#include "clock.h"
#include "json-canon.h"
#include "shown-text.h"
#include "tls-policy.h"

#define MAX_LINES      500
#define MAX_LINE       1000
#define MAX_CHECKS     32
#define MAX_CHAIN      16
#define MAX_EXTENSIONS 256
#define MAX_TRIED      32

G_DEFINE_FINAL_TYPE (WaxConnectionReport, wax_connection_report, G_TYPE_OBJECT)

static void
wax_connection_report_finalize (GObject *object)
{
  WaxConnectionReport *self = WAX_CONNECTION_REPORT (object);

  g_free (self->host);
  g_free (self->server);
  g_ptr_array_unref (self->tried);
  g_free (self->address);
  g_free (self->local_address);
  g_free (self->mode);
  g_free (self->tls_version);
  g_free (self->cipher);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->exceptions);
  g_free (self->client_cert);
  g_free (self->via);
  g_ptr_array_unref (self->chain);
  g_free (self->auth_mechanism);
  g_free (self->auth_reason);
  g_free (self->auth_identity);
  g_free (self->channel_binding);
  g_free (self->greeting);
  g_ptr_array_unref (self->extensions_before_tls);
  g_ptr_array_unref (self->extensions);
  g_ptr_array_unref (self->transcript);

  G_OBJECT_CLASS (wax_connection_report_parent_class)->finalize (object);
}

static void
wax_connection_report_class_init (WaxConnectionReportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_connection_report_finalize;
}

static void
wax_connection_report_init (WaxConnectionReport *self)
{
  self->checks = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_check_free);
  self->tried = g_ptr_array_new_with_free_func (g_free);
  self->exceptions = g_ptr_array_new_with_free_func (g_free);
  self->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_certificate_details_free);
  self->extensions_before_tls = g_ptr_array_new_with_free_func (g_free);
  self->extensions = g_ptr_array_new_with_free_func (g_free);
  self->transcript = g_ptr_array_new_with_free_func (g_free);
  self->connect_ms = self->tls_ms = self->revocation_ms = self->auth_ms = -1;
  self->envelope_ms = self->body_ms = self->total_ms = -1;
}

WaxConnectionReport *
wax_connection_report_new (void)
{
  return g_object_new (WAX_TYPE_CONNECTION_REPORT, NULL);
}

void
wax_connection_report_add_line (WaxConnectionReport *self, char who, const char *line)
{
  g_autofree char *clean = NULL;

  g_return_if_fail (WAX_IS_CONNECTION_REPORT (self));
  g_return_if_fail (line != NULL);

  if (self->transcript->len >= MAX_LINES)
    return;
  if (self->transcript->len == MAX_LINES - 1)
    {
      g_ptr_array_add (self->transcript, g_strdup ("… the rest was not kept"));
      return;
    }
  clean = wax_shown_text (line, strnlen (line, MAX_LINE), MAX_LINE);
  g_ptr_array_add (self->transcript, g_strdup_printf ("%c: %s", who, clean));
}

/* ---- to JSON ---- */

static void
add_string (JsonBuilder *builder, const char *member, const char *value)
{
  json_builder_set_member_name (builder, member);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_strings (JsonBuilder *builder, const char *member, GPtrArray *strings)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (guint i = 0; i < strings->len; i++)
    json_builder_add_string_value (builder, strings->pdata[i]);
  json_builder_end_array (builder);
}

/* Milliseconds; null where the step was not reached. */
static void
add_duration (JsonBuilder *builder, const char *member, gint64 ms)
{
  json_builder_set_member_name (builder, member);
  if (ms >= 0)
    json_builder_add_int_value (builder, ms);
  else
    json_builder_add_null_value (builder);
}

/* Seconds since the Unix epoch, as RFC 3339; null for none. */
static void
add_time (JsonBuilder *builder, const char *member, gint64 seconds)
{
  g_autofree char *text = seconds > 0 ? wax_clock_format (seconds * G_USEC_PER_SEC) : NULL;

  add_string (builder, member, text);
}

static void
add_boolean (JsonBuilder *builder, const char *member, gboolean value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

static void
add_check (JsonBuilder *builder, const WaxCheck *check)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", check->name);
  add_string (builder, "result", wax_check_result_to_string (check->result));
  add_string (builder, "detail", check->detail);
  add_string (builder, "expected", check->expected);
  add_string (builder, "found", check->found);
  add_string (builder, "warning", check->warning);
  add_string (builder, "exception", check->exception);
  add_time (builder, "exception_until", check->exception_until);
  json_builder_end_object (builder);
}

static void
add_tls (JsonBuilder *builder, WaxConnectionReport *self)
{
  json_builder_set_member_name (builder, "tls");
  json_builder_begin_object (builder);
  add_string (builder, "version", self->tls_version);
  add_string (builder, "cipher", self->cipher);
  add_boolean (builder, "verified", self->verified);
  add_strings (builder, "exceptions", self->exceptions);
  add_boolean (builder, "client_certificate_asked", self->client_cert_asked);
  add_string (builder, "client_certificate", self->client_cert);

  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->checks->len; i++)
    add_check (builder, self->checks->pdata[i]);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "chain");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->chain->len; i++)
    json_builder_add_value (builder, wax_certificate_details_to_json (self->chain->pdata[i]));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_auth (JsonBuilder *builder, WaxConnectionReport *self)
{
  json_builder_set_member_name (builder, "auth");
  json_builder_begin_object (builder);
  add_string (builder, "mechanism", self->auth_mechanism);
  add_string (builder, "channel_binding", self->channel_binding);
  add_string (builder, "reason", self->auth_reason);
  add_string (builder, "identity", self->auth_identity);
  json_builder_end_object (builder);
}

static void
add_timing (JsonBuilder *builder, WaxConnectionReport *self)
{
  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  add_duration (builder, "connect", self->connect_ms);
  add_duration (builder, "tls", self->tls_ms);
  add_duration (builder, "revocation", self->revocation_ms);
  add_duration (builder, "auth", self->auth_ms);
  add_duration (builder, "envelope", self->envelope_ms);
  add_duration (builder, "body", self->body_ms);
  add_duration (builder, "total", self->total_ms);
  json_builder_end_object (builder);
}

JsonNode *
wax_connection_report_to_json (WaxConnectionReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (self), NULL);

  json_builder_begin_object (builder);
  add_string (builder, "host", self->host);
  add_string (builder, "server", self->server);
  add_string (builder, "via", self->via);
  add_boolean (builder, "reused", self->reused);
  json_builder_set_member_name (builder, "round_trips");
  json_builder_add_int_value (builder, self->round_trips);
  add_strings (builder, "tried", self->tried);
  add_string (builder, "address", self->address);
  add_string (builder, "local_address", self->local_address);
  json_builder_set_member_name (builder, "port");
  json_builder_add_int_value (builder, self->port);
  add_string (builder, "mode", self->mode);
  json_builder_set_member_name (builder, "started_us");
  json_builder_add_int_value (builder, self->started);
  add_tls (builder, self);
  add_auth (builder, self);
  add_string (builder, "greeting", self->greeting);
  add_strings (builder, "extensions_before_tls", self->extensions_before_tls);
  add_strings (builder, "extensions", self->extensions);
  add_timing (builder, self);
  add_strings (builder, "transcript", self->transcript);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/* ---- from JSON ---- */

static char *
get_string (JsonObject *object, const char *member)
{
  return object != NULL ? g_strdup (wax_json_get_string (object, member, NULL)) : NULL;
}

static void
get_strings (JsonObject *object, const char *member, guint limit, GPtrArray *strings)
{
  JsonArray *array = wax_json_get_array (object, member);
  guint length = array != NULL ? MIN (json_array_get_length (array), limit) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_ptr_array_add (strings, json_node_dup_string (node));
    }
}

/* The objects in the array @member; an element of another kind is passed over. */
static GPtrArray *
get_objects (JsonObject *object, const char *member, guint limit)
{
  GPtrArray *objects = g_ptr_array_new ();
  JsonArray *array = wax_json_get_array (object, member);
  guint length = array != NULL ? MIN (json_array_get_length (array), limit) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        g_ptr_array_add (objects, json_node_get_object (node));
    }

  return objects;
}

static gint64
get_time (JsonObject *object, const char *member)
{
  const char *text = wax_json_get_string (object, member, NULL);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static WaxCheck *
get_check (JsonObject *object)
{
  WaxCheck *check = wax_check_new (
      wax_json_get_string (object, "name", ""),
      wax_check_result_from_string (wax_json_get_string (object, "result", NULL)),
      wax_json_get_string (object, "detail", ""), wax_json_get_string (object, "expected", NULL),
      wax_json_get_string (object, "found", NULL));

  check->warning = get_string (object, "warning");
  check->exception = get_string (object, "exception");
  check->exception_until = get_time (object, "exception_until");

  return check;
}

static void
get_tls (WaxConnectionReport *self, JsonObject *tls)
{
  g_autoptr (GPtrArray) checks = get_objects (tls, "checks", MAX_CHECKS);
  g_autoptr (GPtrArray) chain = get_objects (tls, "chain", MAX_CHAIN);

  self->tls_version = get_string (tls, "version");
  self->cipher = get_string (tls, "cipher");
  self->verified = wax_json_get_bool (tls, "verified", FALSE);
  get_strings (tls, "exceptions", MAX_CHECKS, self->exceptions);
  self->client_cert_asked = wax_json_get_bool (tls, "client_certificate_asked", FALSE);
  self->client_cert = get_string (tls, "client_certificate");
  for (guint i = 0; i < checks->len; i++)
    g_ptr_array_add (self->checks, get_check (checks->pdata[i]));
  for (guint i = 0; i < chain->len; i++)
    g_ptr_array_add (self->chain, wax_certificate_details_from_json (chain->pdata[i]));
}

static void
get_timing (WaxConnectionReport *self, JsonObject *timing)
{
  self->connect_ms = wax_json_get_int (timing, "connect", -1);
  self->tls_ms = wax_json_get_int (timing, "tls", -1);
  self->revocation_ms = wax_json_get_int (timing, "revocation", -1);
  self->auth_ms = wax_json_get_int (timing, "auth", -1);
  self->envelope_ms = wax_json_get_int (timing, "envelope", -1);
  self->body_ms = wax_json_get_int (timing, "body", -1);
  self->total_ms = wax_json_get_int (timing, "total", -1);
}

WaxConnectionReport *
wax_connection_report_from_json (JsonObject *object)
{
  g_autoptr (WaxConnectionReport) self = wax_connection_report_new ();
  JsonObject *tls, *auth, *timing;

  g_return_val_if_fail (object != NULL, NULL);

  /* What has no host is not a report. */
  self->host = get_string (object, "host");
  if (self->host == NULL)
    return NULL;
  self->server = get_string (object, "server");
  self->via = get_string (object, "via");
  self->reused = wax_json_get_bool (object, "reused", FALSE);
  self->round_trips = (guint) CLAMP (wax_json_get_int (object, "round_trips", 0), 0, G_MAXINT);
  get_strings (object, "tried", MAX_TRIED, self->tried);
  self->address = get_string (object, "address");
  self->local_address = get_string (object, "local_address");
  self->port = (guint16) CLAMP (wax_json_get_int (object, "port", 0), 0, G_MAXUINT16);
  self->mode = get_string (object, "mode");
  self->started = wax_json_get_int (object, "started_us", 0);
  if ((tls = wax_json_get_object (object, "tls")) != NULL)
    get_tls (self, tls);
  auth = wax_json_get_object (object, "auth");
  self->auth_mechanism = get_string (auth, "mechanism");
  self->channel_binding = get_string (auth, "channel_binding");
  self->auth_reason = get_string (auth, "reason");
  self->auth_identity = get_string (auth, "identity");
  self->greeting = get_string (object, "greeting");
  get_strings (object, "extensions_before_tls", MAX_EXTENSIONS, self->extensions_before_tls);
  get_strings (object, "extensions", MAX_EXTENSIONS, self->extensions);
  if ((timing = wax_json_get_object (object, "timing_ms")) != NULL)
    get_timing (self, timing);
  get_strings (object, "transcript", MAX_LINES, self->transcript);

  return g_steal_pointer (&self);
}

/* ---- in words ---- */

/* What the route bar says of the certificate. */
static const char *
verdict_in_words (WaxConnectionReport *self)
{
  static const struct
  {
    const char *check, *words;
  } failures[] = {
    { "hostname", "certificate for another server" },
    { "chain", "certificate not trusted" },
    { "validity", "certificate not valid today" },
    { "revocation", "certificate revoked or without proof" },
    { "pin", "key is not the pinned one" },
    { "policy", "protection too weak" },
    { "dane", "certificate not the one in DNS" },
  };
  const WaxCheck *failure = wax_tls_policy_first_failure (self->checks);

  if (failure == NULL)
    return !self->verified             ? NULL
           : self->exceptions->len > 0 ? "accepted by an exception"
                                       : "certificate verified";
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if (g_strcmp0 (failure->name, failures[i].check) == 0)
      return failures[i].words;

  return "certificate refused";
}

/* (transfer full) (nullable) That the connection stands only by an exception, and until
 * when: the first end of them. */
static char *
exception_in_words (WaxConnectionReport *self)
{
  gint64 until = 0;
  g_autofree char *day = NULL;

  for (guint i = 0; i < self->checks->len; i++)
    {
      const WaxCheck *check = self->checks->pdata[i];

      if (check->exception_until > 0 && (until == 0 || check->exception_until < until))
        until = check->exception_until;
    }
  if (until == 0)
    return NULL;
  day = wax_clock_format (until * G_USEC_PER_SEC);

  return g_strdup_printf ("exception until %.10s", day);
}

static void
add_part (GString *line, const char *part)
{
  if (part == NULL)
    return;
  if (line->len > 0)
    g_string_append (line, " · ");
  g_string_append (line, part);
}

char *
wax_connection_report_summary (WaxConnectionReport *self)
{
  GString *line = g_string_new (NULL);
  g_autofree char *version = wax_connection_report_version_words (self);
  g_autofree char *cipher = wax_connection_report_cipher_words (self);
  g_autofree char *exception = exception_in_words (self);

  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (self), NULL);

  add_part (line, self->host);
  if (g_strcmp0 (self->mode, "plaintext") == 0)
    add_part (line, "not encrypted, stays on this computer");
  if (self->via != NULL)
    {
      g_autofree char *through = g_strdup_printf ("through %s", self->via);

      add_part (line, through);
    }
  add_part (line, version);
  add_part (line, cipher);
  add_part (line, verdict_in_words (self));
  add_part (line, self->auth_mechanism);
  if (exception != NULL)
    add_part (line, exception);

  return g_string_free (line, FALSE);
}

char *
wax_connection_report_version_words (WaxConnectionReport *self)
{
  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (self), NULL);

  if (self->tls_version == NULL)
    return NULL;
  if (g_str_has_prefix (self->tls_version, "TLS"))
    return g_strdup_printf ("TLS %s", self->tls_version + strlen ("TLS"));

  return g_strdup (self->tls_version);
}

/* `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384` and `TLS_AES_256_GCM_SHA384` alike:
 * what stands after WITH, or after TLS, up to the hash. */
char *
wax_connection_report_cipher_words (WaxConnectionReport *self)
{
  const char *from, *to;
  char *words;

  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (self), NULL);

  if (self->cipher == NULL)
    return NULL;
  if ((from = strstr (self->cipher, "_WITH_")) != NULL)
    from += strlen ("_WITH_");
  else
    from = g_str_has_prefix (self->cipher, "TLS_") ? self->cipher + strlen ("TLS_") : self->cipher;
  if (g_str_has_prefix (from, "CHACHA20_POLY1305"))
    return g_strdup ("ChaCha20-Poly1305");

  to = strstr (from, "_SHA");
  words = to != NULL ? g_strndup (from, (gsize) (to - from)) : g_strdup (from);

  return g_strdelimit (words, "_", '-');
}
