/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events as the rest of the program makes them: the attributes of their OCSF
 * class, and a sentence. What goes in is chosen here, by name: no subject, no
 * body and no secret has a way in. Strings from elsewhere are cut and cleaned. */

#include "activity-event.h"
#include "hex.h"
#include "json-canon.h"
#include "log-tree.h"
#include "secret.h"

#include <string.h>

#define MAX_STRING  1000
#define SALT_LENGTH 16

#define SEVERITY_INFORMATIONAL 1
#define SEVERITY_LOW           2
#define SEVERITY_MEDIUM        3
#define SEVERITY_HIGH          4

#define ACTIVITY_OTHER 99

void
wax_activity_event_free (WaxActivityEvent *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->account_id, g_free);
  g_clear_pointer (&self->message_id, g_free);
  g_clear_pointer (&self->object, json_object_unref);
  g_free (self);
}

/* ---- building ------------------------------------------------------------ */

/* Takes @title. */
static WaxActivityEvent *
event_new (WaxEventClass class_uid, int activity_id, WaxEventStatus status, int severity_id, char *title)
{
  WaxActivityEvent *self = g_new0 (WaxActivityEvent, 1);

  self->class_uid = class_uid;
  self->activity_id = activity_id;
  self->status = status;
  self->severity_id = severity_id;
  self->title = title;
  self->object = json_object_new ();
  json_object_set_object_member (self->object, "unmapped", json_object_new ());

  return self;
}

/* Valid UTF-8 of bounded length, its control characters as `?`. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, MAX_STRING));

  for (char *p = valid; *p != '\0'; p++)
    if (((guchar) *p < 0x20 && *p != '\n') || *p == 0x7f)
      *p = '?';

  return g_steal_pointer (&valid);
}

static void
set_string (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *cleaned = NULL;

  if (text == NULL || *text == '\0')
    return;
  cleaned = clean (text);
  json_object_set_string_member (object, member, cleaned);
}

static JsonObject *
unmapped (WaxActivityEvent *self)
{
  return json_object_get_object_member (self->object, "unmapped");
}

static void
set_error (WaxActivityEvent *self, const GError *error)
{
  g_autofree char *code = NULL;

  if (error == NULL)
    return;
  code = g_strdup_printf ("%s:%d", g_quark_to_string (error->domain), error->code);
  set_string (self->object, "status_code", code);
  set_string (self->object, "status_detail", error->message);
}

static void
copy_strings (JsonObject *from, JsonObject *to, const char *const *members)
{
  for (gsize i = 0; members[i] != NULL; i++)
    set_string (to, members[i], wax_json_get_string (from, members[i], NULL));
}

/* ---- connections --------------------------------------------------------- */

static const char *
host_of (JsonObject *connection)
{
  return wax_json_get_string (connection, "host", "unknown");
}

static void
set_endpoint (JsonObject *event, const char *member, const char *host, const char *address, gint64 port)
{
  JsonObject *endpoint = json_object_new ();

  set_string (endpoint, "hostname", host);
  if (address != NULL && g_hostname_is_ip_address (address))
    set_string (endpoint, "ip", address);
  if (port > 0 && port < 65536)
    json_object_set_int_member (endpoint, "port", port);
  json_object_set_object_member (event, member, endpoint);
}

static void
set_destination (JsonObject *event, JsonObject *connection)
{
  set_endpoint (event, "dst_endpoint", host_of (connection),
                wax_json_get_string (connection, "address", NULL), wax_json_get_int (connection, "port", 0));
}

/* RFC 3339 to OCSF's milliseconds. */
static void
set_timestamp (JsonObject *object, const char *member, const char *text)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time != NULL)
    json_object_set_int_member (object, member, g_date_time_to_unix (time) * 1000);
}

static JsonArray *
sha256_fingerprint (const char *hex)
{
  JsonArray *array = json_array_new ();
  JsonObject *fingerprint = json_object_new ();

  json_object_set_int_member (fingerprint, "algorithm_id", 3); /* SHA-256 */
  set_string (fingerprint, "value", hex);
  json_array_add_object_element (array, fingerprint);

  return array;
}

/* OCSF's certificate needs a serial number; without one the digests below do. */
static void
set_certificate (JsonObject *tls, JsonObject *leaf)
{
  const char *serial = wax_json_get_string (leaf, "serial", NULL);
  const char *issuer = wax_json_get_string (leaf, "issuer", NULL);
  const char *sha256 = wax_json_get_string (leaf, "sha256", NULL);
  JsonObject *certificate;

  if (serial == NULL || *serial == '\0' || issuer == NULL || *issuer == '\0')
    return;
  certificate = json_object_new ();
  set_string (certificate, "serial_number", serial);
  set_string (certificate, "issuer", issuer);
  set_string (certificate, "subject", wax_json_get_string (leaf, "subject", NULL));
  set_timestamp (certificate, "created_time", wax_json_get_string (leaf, "not_before", NULL));
  set_timestamp (certificate, "expiration_time", wax_json_get_string (leaf, "not_after", NULL));
  if (sha256 != NULL)
    json_object_set_array_member (certificate, "fingerprints", sha256_fingerprint (sha256));
  json_object_set_object_member (tls, "certificate", certificate);
}

/* The members named in @members of each object in @array. */
static JsonArray *
excerpt (JsonArray *array, const char *const *members)
{
  JsonArray *result = json_array_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && i < 1000; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *copy = json_object_new ();

      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          copy_strings (json_node_get_object (node), copy, members);
          if (json_object_has_member (json_node_get_object (node), "code"))
            json_object_set_int_member (copy, "code",
                                        wax_json_get_int (json_node_get_object (node), "code", 0));
        }
      json_array_add_object_element (result, copy);
    }

  return result;
}

static void
set_tls (WaxActivityEvent *self, JsonObject *connection)
{
  static const char *const check_members[] = { "name", "result", "detail", "warning", "exception", NULL };
  static const char *const chain_members[] = { "subject", "issuer", "sha256", "spki_sha256", NULL };
  JsonObject *from = wax_json_get_object (connection, "tls");
  const char *version = wax_json_get_string (from, "version", NULL);
  JsonArray *chain = wax_json_get_array (from, "chain");
  JsonObject *tls;

  if (from == NULL)
    return;
  json_object_set_boolean_member (unmapped (self), "verified", wax_json_get_bool (from, "verified", FALSE));
  json_object_set_array_member (unmapped (self), "checks",
                                excerpt (wax_json_get_array (from, "checks"), check_members));
  json_object_set_array_member (unmapped (self), "chain", excerpt (chain, chain_members));
  if (version == NULL || *version == '\0')
    return;
  tls = json_object_new ();
  set_string (tls, "version", version);
  set_string (tls, "cipher", wax_json_get_string (from, "cipher", NULL));
  if (!g_hostname_is_ip_address (host_of (connection)))
    set_string (tls, "sni", host_of (connection));
  if (chain != NULL && json_array_get_length (chain) > 0
      && JSON_NODE_HOLDS_OBJECT (json_array_get_element (chain, 0)))
    set_certificate (tls, json_array_get_object_element (chain, 0));
  json_object_set_object_member (self->object, "tls", tls);
}

WaxActivityEvent *
wax_activity_event_connection (JsonObject *connection, const char *account_id, const GError *error)
{
  const char *version = wax_json_get_string (wax_json_get_object (connection, "tls"), "version", NULL);
  const char *local = wax_json_get_string (connection, "local_address", NULL);
  JsonObject *info = json_object_new ();
  WaxActivityEvent *self;

  if (error != NULL)
    self = event_new (
        WAX_CLASS_NETWORK_ACTIVITY, 4, WAX_EVENT_FAILURE, SEVERITY_LOW,
        g_strdup_printf ("The connection to %s failed: %s", host_of (connection), error->message));
  else if (wax_json_get_bool (connection, "reused", FALSE))
    self = event_new (WAX_CLASS_NETWORK_ACTIVITY, 6, WAX_EVENT_SUCCESS, SEVERITY_INFORMATIONAL,
                      g_strdup_printf ("Went over the connection to %s that was open", host_of (connection)));
  else
    self = event_new (WAX_CLASS_NETWORK_ACTIVITY, 1, WAX_EVENT_SUCCESS, SEVERITY_INFORMATIONAL,
                      version != NULL && g_str_has_prefix (version, "TLS")
                          ? g_strdup_printf ("Connected to %s with TLS %s", host_of (connection), version + 3)
                          : g_strdup_printf ("Connected to %s", host_of (connection)));
  self->account_id = g_strdup (account_id);
  set_destination (self->object, connection);
  if (local != NULL && g_hostname_is_ip_address (local))
    set_endpoint (self->object, "src_endpoint", NULL, local, 0);
  json_object_set_int_member (info, "direction_id", 2); /* outbound */
  set_string (info, "protocol_name", "tcp");
  json_object_set_object_member (self->object, "connection_info", info);
  set_string (self->object, "app_protocol_name", "smtp");
  set_string (unmapped (self), "mode", wax_json_get_string (connection, "mode", NULL));
  set_tls (self, connection);
  set_error (self, error);

  return self;
}

WaxActivityEvent *
wax_activity_event_sign_in (JsonObject *connection, const char *account_id, const GError *error)
{
  JsonObject *auth = wax_json_get_object (connection, "auth");
  const char *mechanism = wax_json_get_string (auth, "mechanism", NULL);
  const char *identity = wax_json_get_string (auth, "identity", NULL);
  JsonObject *user = json_object_new ();
  WaxActivityEvent *self;

  if (mechanism == NULL || *mechanism == '\0')
    {
      json_object_unref (user);
      return NULL;
    }

  if (error != NULL)
    self = event_new (WAX_CLASS_AUTHENTICATION, 1, WAX_EVENT_FAILURE, SEVERITY_MEDIUM,
                      g_strdup_printf ("Sign-in to %s failed: %s", host_of (connection), error->message));
  else
    self = event_new (WAX_CLASS_AUTHENTICATION, 1, WAX_EVENT_SUCCESS, SEVERITY_INFORMATIONAL,
                      g_strdup_printf ("Signed in to %s by %s", host_of (connection), mechanism));
  self->account_id = g_strdup (account_id);
  set_string (user, "name", identity);
  set_string (user, "uid", account_id != NULL ? account_id : "none");
  json_object_set_object_member (self->object, "user", user);
  set_destination (self->object, connection);
  json_object_set_int_member (self->object, "auth_protocol_id", ACTIVITY_OTHER);
  set_string (self->object, "auth_protocol", mechanism);
  json_object_set_int_member (self->object, "logon_type_id", 3); /* network */
  json_object_set_boolean_member (self->object, "is_remote", TRUE);
  json_object_set_boolean_member (self->object, "is_cleartext", FALSE);
  set_string (unmapped (self), "channel_binding", wax_json_get_string (auth, "channel_binding", NULL));
  set_error (self, error);

  return self;
}

/* ---- submissions --------------------------------------------------------- */

/* The digest of a message lets who has a guess at it prove the guess; with the
 * entry's salt, only who may read the entry. */
static void
set_salted_digest (WaxActivityEvent *self, const char *sha256)
{
  g_autoptr (WaxSecret) salt = NULL;
  g_autofree char *salt_hex = NULL;
  g_autofree char *digest = NULL;
  guint8 octets[SALT_LENGTH + WAX_HASH_LENGTH];
  guint8 hash[WAX_HASH_LENGTH];

  if (sha256 == NULL || !wax_hex_decode (sha256, octets + SALT_LENGTH, WAX_HASH_LENGTH))
    return;
  salt = wax_secret_new_random (SALT_LENGTH);
  memcpy (octets, wax_secret_peek (salt), SALT_LENGTH);
  wax_hash (octets, sizeof octets, hash);
  salt_hex = wax_hex_encode (octets, SALT_LENGTH);
  digest = wax_hex_encode (hash, sizeof hash);
  json_object_set_string_member (unmapped (self), "salt", salt_hex);
  json_object_set_string_member (unmapped (self), "salted_sha256", digest);
}

static JsonArray *
address_array (const char *const *addresses)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_autofree char *cleaned = clean (addresses[i]);

      json_array_add_string_element (array, cleaned);
    }

  return array;
}

static JsonArray *
files_of (JsonArray *attachments)
{
  JsonArray *files = json_array_new ();

  for (guint i = 0; attachments != NULL && i < json_array_get_length (attachments); i++)
    {
      JsonNode *node = json_array_get_element (attachments, i);
      JsonObject *attachment = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *file = json_object_new ();

      set_string (file, "name", wax_json_get_string (attachment, "name", "unnamed"));
      if (!json_object_has_member (file, "name"))
        json_object_set_string_member (file, "name", "unnamed");
      json_object_set_int_member (file, "type_id", 1); /* a regular file */
      set_string (file, "mime_type", wax_json_get_string (attachment, "content_type", NULL));
      json_object_set_int_member (file, "size", MAX (0, wax_json_get_int (attachment, "size", 0)));
      json_array_add_object_element (files, file);
    }

  return files;
}

static JsonObject *
email_of (const WaxSubmissionFacts *facts)
{
  JsonObject *email = json_object_new ();

  set_string (email, "from", facts->sender);
  set_string (email, "smtp_from", facts->sender);
  json_object_set_array_member (email, "to", address_array (facts->recipients));
  json_object_set_array_member (email, "smtp_to", address_array (facts->recipients));
  set_string (email, "message_uid", facts->message_id);
  json_object_set_int_member (email, "size", facts->size);
  if (facts->attachments != NULL && json_array_get_length (facts->attachments) > 0)
    json_object_set_array_member (email, "files", files_of (facts->attachments));

  return email;
}

static char *
recipients_in_words (const char *const *recipients)
{
  gsize count = recipients != NULL ? g_strv_length ((char **) recipients) : 0;

  if (count == 0)
    return g_strdup ("nobody");
  if (count == 1)
    return g_strdup (recipients[0]);

  return g_strdup_printf ("%s and %" G_GSIZE_FORMAT " more", recipients[0], count - 1);
}

static char *
submission_title (const WaxSubmissionFacts *facts)
{
  g_autofree char *who = recipients_in_words (facts->recipients);

  if (g_strcmp0 (facts->state, "intent") == 0)
    return g_strdup_printf ("A message to %s is to be handed to the server", who);
  if (g_strcmp0 (facts->state, "send-to-rest") == 0)
    return g_strdup_printf ("The message to %s is to go to those whom the server accepts: the user's choice",
                            who);
  if (facts->attempt > 1)
    return g_strdup_printf ("The message to %s: %s (attempt %d)", who, facts->state, facts->attempt);

  return g_strdup_printf ("The message to %s: %s", who, facts->state);
}

WaxActivityEvent *
wax_activity_event_submission (const WaxSubmissionFacts *facts, WaxEventStatus status)
{
  static const char *const reply_members[] = { "address", "enhanced", "text", NULL };
  WaxActivityEvent *self;

  self = event_new (WAX_CLASS_EMAIL_ACTIVITY, 1, status,
                    status == WAX_EVENT_FAILURE ? SEVERITY_MEDIUM : SEVERITY_INFORMATIONAL,
                    submission_title (facts));
  self->account_id = g_strdup (facts->account_id);
  self->message_id = g_strdup (facts->message_id);
  json_object_set_object_member (self->object, "email", email_of (facts));
  json_object_set_int_member (self->object, "direction_id", 2); /* outbound */
  set_string (self->object, "from", facts->sender);
  json_object_set_array_member (self->object, "to", address_array (facts->recipients));
  set_string (self->object, "protocol_name", "SMTP");
  if (facts->attempt > 0)
    json_object_set_int_member (self->object, "attempt", facts->attempt);
  set_string (unmapped (self), "state", facts->state);
  if (facts->replies != NULL && json_array_get_length (facts->replies) > 0)
    json_object_set_array_member (unmapped (self), "replies", excerpt (facts->replies, reply_members));
  set_salted_digest (self, facts->sha256);

  return self;
}

/* ---- the rest ------------------------------------------------------------ */

WaxActivityEvent *
wax_activity_event_finding (const char *account_id,
                            const char *message_id,
                            const char *title,
                            const char *check,
                            const char *detail)
{
  g_autofree char *uid = g_uuid_string_random ();
  JsonObject *info = json_object_new ();
  WaxActivityEvent *self;

  self = event_new (WAX_CLASS_DETECTION_FINDING, 1, WAX_EVENT_FAILURE, SEVERITY_HIGH, g_strdup (title));
  self->account_id = g_strdup (account_id);
  self->message_id = g_strdup (message_id);
  set_string (info, "uid", uid);
  set_string (info, "title", title);
  set_string (info, "desc", detail);
  json_object_set_object_member (self->object, "finding_info", info);
  json_object_set_boolean_member (self->object, "is_alert", TRUE);
  set_string (unmapped (self), "check", check);
  set_string (unmapped (self), "message_id", message_id);

  return self;
}

static JsonObject *
this_product (void)
{
  JsonObject *product = json_object_new ();

  json_object_set_string_member (product, "name", "Waxseal");
  json_object_set_string_member (product, "vendor_name", "Waxseal");
  json_object_set_string_member (product, "version", WAX_VERSION);

  return product;
}

WaxActivityEvent *
wax_activity_event_lifecycle (int activity_id, const char *title)
{
  WaxActivityEvent *self = event_new (WAX_CLASS_APPLICATION_LIFECYCLE, activity_id, WAX_EVENT_SUCCESS,
                                      SEVERITY_INFORMATIONAL, g_strdup (title));

  json_object_set_object_member (self->object, "app", this_product ());
  if (activity_id == ACTIVITY_OTHER)
    set_string (self->object, "activity_name", title);

  return self;
}

WaxActivityEvent *
wax_activity_event_account_change (const char *account_id, const char *what, const char *address)
{
  WaxActivityEvent *self;

  self = wax_activity_event_lifecycle (ACTIVITY_OTHER, what);
  g_free (self->title);
  self->title = g_strdup_printf ("The account %s was %s", address, what);
  self->account_id = g_strdup (account_id);
  set_string (unmapped (self), "address", address);

  return self;
}

WaxActivityEvent *
wax_activity_event_exception (const char *account_id,
                              const char *address,
                              gboolean given,
                              const char *exception,
                              const char *reason)
{
  WaxActivityEvent *self = wax_activity_event_account_change (account_id, "changed", address);

  g_free (self->title);
  self->title = g_strdup_printf (given ? "The account %s was given an exception: %s"
                                       : "The account %s lost an exception: %s",
                                 address, exception);
  set_string (unmapped (self), given ? "exception_given" : "exception_taken", exception);
  set_string (unmapped (self), "reason", reason);

  return self;
}

typedef struct
{
  const char *what;
  WaxEventClass class_uid;
  int activity_id;
  const char *sentence;
} LogAccess;

static const LogAccess log_accesses[] = {
  { "list", WAX_CLASS_DATASTORE_ACTIVITY, 8, "The record was listed" },
  { "search", WAX_CLASS_DATASTORE_ACTIVITY, 4, "The record was searched" },
  { "show", WAX_CLASS_DATASTORE_ACTIVITY, 1, "An entry of the record was shown" },
  { "verify", WAX_CLASS_DATASTORE_ACTIVITY, 1, "The record was verified" },
  { "prove", WAX_CLASS_DATASTORE_ACTIVITY, 1, "A proof was made from the record" },
  { "export", WAX_CLASS_EVENT_LOG_ACTIVITY, 3, "The record was exported" },
  { "delete", WAX_CLASS_EVENT_LOG_ACTIVITY, 2, "Entries of the record were deleted" },
};

static JsonObject *
this_actor (void)
{
  JsonObject *actor = json_object_new ();
  JsonObject *user = json_object_new ();

  set_string (actor, "app_name", "Waxseal");
  set_string (user, "name", g_get_user_name ());
  json_object_set_object_member (actor, "user", user);

  return actor;
}

WaxActivityEvent *
wax_activity_event_log_access (const char *what, const char *detail)
{
  LogAccess access = { what, WAX_CLASS_DATASTORE_ACTIVITY, ACTIVITY_OTHER, "The record was used" };
  WaxActivityEvent *self;

  for (gsize i = 0; i < G_N_ELEMENTS (log_accesses); i++)
    if (g_str_equal (what, log_accesses[i].what))
      access = log_accesses[i];

  self = event_new (access.class_uid, access.activity_id, WAX_EVENT_SUCCESS, SEVERITY_INFORMATIONAL,
                    detail != NULL ? g_strdup_printf ("%s: %s", access.sentence, detail)
                                   : g_strdup (access.sentence));
  json_object_set_object_member (self->object, "actor", this_actor ());
  if (access.class_uid == WAX_CLASS_DATASTORE_ACTIVITY)
    {
      JsonObject *database = json_object_new ();

      json_object_set_int_member (database, "type_id", 1); /* relational */
      set_string (database, "name", "activity log");
      json_object_set_object_member (self->object, "database", database);
      set_endpoint (self->object, "src_endpoint", "localhost", NULL, 0);
    }
  else
    {
      set_string (self->object, "log_name", "activity log");
    }
  if (access.activity_id == ACTIVITY_OTHER)
    set_string (self->object, "activity_name", what);

  return self;
}
