/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each kind of event as the log stores it: what OCSF demands, what the search
 * finds, and what must not be in it. */

#include "event-schema.h"
#include "hex.h"
#include "json-canon.h"
#include "log-fixture.h"
#include "log-tree.h"

#include <string.h>

static const char connection_text[] =
    "{\"host\":\"smtp.example.org\",\"address\":\"127.0.0.1\",\"local_address\":\"127.0.0.2\",\"port\":465,"
    "\"mode\":\"implicit\",\"tls\":{\"version\":\"TLS1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\","
    "\"verified\":true,"
    "\"checks\":[{\"name\":\"hostname\",\"result\":\"pass\",\"detail\":\"it fits\"}],"
    "\"chain\":[{\"subject\":\"CN=smtp.example.org\",\"issuer\":\"CN=CA\",\"serial\":\"01ab\","
    "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2027-01-01T00:00:00Z\",\"sha256\":\"aa\","
    "\"spki_sha256\":\"bb\"}]},\"auth\":{\"mechanism\":\"SCRAM-SHA-256-PLUS\",\"channel_binding\":\"tls-"
    "exporter\","
    "\"identity\":\"anna\"},\"transcript\":[\"C: AUTH secret-word\"],\"extensions\":[\"PIPELINING\"]}";

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = wax_json_parse_object (text, -1, 100000, &error);

  g_assert_no_error (error);

  return node;
}

/* Records @event and returns what was stored. */
static JsonNode *
record (LogFixture *f, WaxActivityEvent *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  JsonNode *node;
  JsonObject *object;

  g_assert_nonnull (event);
  wax_activity_log_record (f->log, event, &error);
  g_assert_no_error (error);
  entries = wax_activity_log_list (f->log, NULL, NULL, 0, 1, &error);
  g_assert_no_error (error);
  node = parse (wax_activity_entry_get_json (g_ptr_array_index (entries, 0)));
  object = json_node_get_object (node);
  wax_event_schema_check (object, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wax_json_get_string (wax_json_get_object (object, "metadata"), "version", ""), ==,
                   "1.8.0");
  g_assert_cmpuint (strlen (wax_json_get_string (wax_json_get_object (object, "unmapped"), "salt", "")), ==,
                    32);

  return node;
}

static void
assert_found (LogFixture *f, const char *search)
{
  g_autoptr (GPtrArray) entries = wax_activity_log_list (f->log, search, NULL, 0, 10, NULL);

  g_assert_nonnull (entries);
  g_assert_cmpuint (entries->len, ==, 1);
}

static gint64
type_uid (JsonNode *node)
{
  return wax_json_get_int (json_node_get_object (node), "type_uid", -1);
}

static void
test_connection (LogFixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) connection = parse (connection_text);
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer.");
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (JsonNode) failed = NULL;
  JsonObject *tls;

  made = record (f, wax_activity_event_connection (json_node_get_object (connection), "account-1", NULL));
  g_assert_cmpint (type_uid (made), ==, 400101);
  tls = wax_json_get_object (json_node_get_object (made), "tls");
  g_assert_cmpstr (wax_json_get_string (tls, "version", ""), ==, "TLS1.3");
  g_assert_cmpstr (wax_json_get_string (wax_json_get_object (tls, "certificate"), "serial_number", ""), ==,
                   "01ab");
  assert_found (f, "smtp.example.org");
  assert_found (f, "127.0.0.1");

  failed = record (f, wax_activity_event_connection (json_node_get_object (connection), NULL, error));
  g_assert_cmpint (type_uid (failed), ==, 400104);
  g_assert_cmpstr (wax_json_get_string (json_node_get_object (failed), "status_detail", ""), ==,
                   "No answer.");
}

/* A connection that got nowhere has next to nothing to tell. */
static void
test_connection_that_failed_early (LogFixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) connection = parse ("{\"host\":\"nowhere.example\"}");
  g_autoptr (JsonNode) empty = parse ("{}");
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "No such host.");
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) second = NULL;

  first = record (f, wax_activity_event_connection (json_node_get_object (connection), "a", error));
  second = record (f, wax_activity_event_connection (json_node_get_object (empty), NULL, error));
  g_assert_null (wax_activity_event_sign_in (json_node_get_object (connection), "a", error));
}

static void
test_sign_in (LogFixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) connection = parse (connection_text);
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "535 no");
  g_autoptr (JsonNode) done = NULL;
  g_autoptr (JsonNode) refused = NULL;
  JsonObject *object;

  done = record (f, wax_activity_event_sign_in (json_node_get_object (connection), "account-1", NULL));
  object = json_node_get_object (done);
  g_assert_cmpint (type_uid (done), ==, 300201);
  g_assert_cmpint (wax_json_get_int (object, "status_id", -1), ==, 1);
  g_assert_cmpstr (wax_json_get_string (object, "auth_protocol", ""), ==, "SCRAM-SHA-256-PLUS");
  g_assert_cmpstr (wax_json_get_string (wax_json_get_object (object, "user"), "name", ""), ==, "anna");

  refused = record (f, wax_activity_event_sign_in (json_node_get_object (connection), NULL, error));
  g_assert_cmpint (wax_json_get_int (json_node_get_object (refused), "status_id", -1), ==, 2);
}

static void
test_submission (LogFixture *f, gconstpointer data)
{
  static const char *const recipients[] = { "bob@example.net", "carol@example.com", NULL };
  static const char sha256[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  g_autoptr (JsonNode) lists = parse (
      "{\"files\":[{\"name\":\"plan.pdf\",\"content_type\":\"application/pdf\",\"size\":7}],"
      "\"replies\":[{\"address\":\"bob@example.net\",\"code\":250,\"enhanced\":\"2.1.5\",\"text\":\"ok\"}]}");
  WaxSubmissionFacts facts = {
    .account_id = "account-1",
    .message_id = "<1@example.org>",
    .sender = "anna@example.org",
    .recipients = recipients,
    .size = 1234,
    .sha256 = sha256,
    .attachments = wax_json_get_array (json_node_get_object (lists), "files"),
    .attempt = 2,
    .state = "sent",
    .replies = wax_json_get_array (json_node_get_object (lists), "replies"),
  };
  g_autoptr (JsonNode) node = record (f, wax_activity_event_submission (&facts, WAX_EVENT_SUCCESS));
  JsonObject *unmapped = wax_json_get_object (json_node_get_object (node), "unmapped");
  g_autofree char *octets = wax_json_canonicalize (node, NULL);
  g_autofree char *expected = NULL;
  guint8 salted[48], hash[WAX_HASH_LENGTH];
  g_autoptr (GPtrArray) life = NULL;

  g_assert_cmpint (type_uid (node), ==, 400901);
  assert_found (f, "bob@example.net");
  assert_found (f, "example.com");
  assert_found (f, "anna");
  assert_found (f, "<1@example.org>");
  life = wax_activity_log_list (f->log, NULL, "<1@example.org>", 0, 10, NULL);
  g_assert_cmpuint (life->len, ==, 1);

  /* The digest is there with the entry's salt only. */
  g_assert_null (strstr (octets, sha256));
  g_assert_true (wax_hex_decode (wax_json_get_string (unmapped, "salt", ""), salted, 16));
  g_assert_true (wax_hex_decode (sha256, salted + 16, 32));
  wax_hash (salted, sizeof salted, hash);
  expected = wax_hex_encode (hash, sizeof hash);
  g_assert_cmpstr (wax_json_get_string (unmapped, "salted_sha256", ""), ==, expected);
}

/* Odd facts must not keep an intent out of the log. */
static void
test_submission_with_odd_facts (LogFixture *f, gconstpointer data)
{
  static const char *const recipients[] = { "caf\xe9@example.net", NULL };
  g_autoptr (JsonNode) lists = parse ("{\"files\":[{},{\"name\":\"\"},{\"name\":7}],\"replies\":[{},3]}");
  g_autofree char *long_name = g_strnfill (5000, 'x');
  WaxSubmissionFacts facts = {
    .message_id = long_name,
    .sender = "",
    .recipients = recipients,
    .attachments = wax_json_get_array (json_node_get_object (lists), "files"),
    .state = "intent",
    .replies = wax_json_get_array (json_node_get_object (lists), "replies"),
  };
  g_autoptr (JsonNode) node = record (f, wax_activity_event_submission (&facts, WAX_EVENT_UNKNOWN));

  g_assert_cmpint (type_uid (node), ==, 400901);
}

static void
test_the_rest (LogFixture *f, gconstpointer data)
{
  static const char *const accesses[] = { "list",  "search", "show",   "verify",
                                          "prove", "export", "delete", "other" };
  g_autoptr (JsonNode) finding = NULL;
  g_autoptr (JsonNode) start = NULL;
  g_autoptr (JsonNode) account = NULL;
  g_autoptr (JsonNode) exception = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  finding = record (
      f, wax_activity_event_finding ("a", "<2@example.org>", "Refused: a pin", "pin", "it differs"));
  g_assert_cmpint (type_uid (finding), ==, 200401);
  entries = wax_activity_log_list (f->log, NULL, "<2@example.org>", 0, 10, NULL);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpint (wax_activity_entry_get_status (g_ptr_array_index (entries, 0)), ==, WAX_EVENT_FAILURE);

  start = record (f, wax_activity_event_lifecycle (3, "Waxseal started"));
  g_assert_cmpint (type_uid (start), ==, 600203);
  account = record (f, wax_activity_event_account_change ("a", "added", "anna@example.org"));
  g_assert_cmpint (type_uid (account), ==, 600299);
  exception = record (f, wax_activity_event_exception ("a", "anna@example.org", TRUE,
                                                       "TLS 1.2, until 2027-01-01", "an old server"));
  g_assert_cmpint (type_uid (exception), ==, 600299);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (exception), "message"), ==,
                   "The account anna@example.org was given an exception: TLS 1.2, until 2027-01-01");
  for (gsize i = 0; i < G_N_ELEMENTS (accesses); i++)
    {
      g_autoptr (JsonNode)
          node = record (f, wax_activity_event_log_access (accesses[i], i % 2 ? "a detail" : NULL));

      g_assert_cmpint (type_uid (node), >, 0);
    }
}

/* What a connection report has besides has no way into the log. */
static void
test_nothing_secret_goes_in (LogFixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) connection = parse (connection_text);
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) second = NULL;
  g_autofree char *octets = NULL;

  first = record (f, wax_activity_event_connection (json_node_get_object (connection), "a", NULL));
  second = record (f, wax_activity_event_sign_in (json_node_get_object (connection), "a", NULL));
  octets = wax_json_canonicalize (first, NULL);
  g_assert_null (strstr (octets, "secret-word"));
  g_clear_pointer (&octets, g_free);
  octets = wax_json_canonicalize (second, NULL);
  g_assert_null (strstr (octets, "secret-word"));
}

static void
test_schema_refuses (LogFixture *f, gconstpointer data)
{
  static const char *const unknown[] = { "subject", "password", "raw_data" };

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      WaxActivityEvent *event = log_fixture_event ("An event");
      g_autoptr (GError) error = NULL;

      json_object_set_string_member (event->object, unknown[i], "x");
      g_assert_false (wax_activity_log_record (f->log, event, &error));
      g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_EVENT);
    }
  {
    WaxActivityEvent *event = log_fixture_event ("An event");
    g_autoptr (GError) error = NULL;

    json_object_remove_member (event->object, "app");
    g_assert_false (wax_activity_log_record (f->log, event, &error));
    g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_EVENT);
  }
  {
    WaxActivityEvent *event = log_fixture_event ("An event");
    g_autoptr (GError) error = NULL;

    event->class_uid = (WaxEventClass) 1234;
    g_assert_false (wax_activity_log_record (f->log, event, &error));
    g_assert_error (error, WAX_ACTIVITY_ERROR, WAX_ACTIVITY_ERROR_EVENT);
  }
  g_assert_cmpint (wax_activity_log_get_size (f->log), ==, 0);
}

static void
add (const char *path, void (*test) (LogFixture *, gconstpointer))
{
  g_test_add (path, LogFixture, NULL, log_fixture_set_up, test, log_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/activity/event/connection", test_connection);
  add ("/activity/event/connection-that-failed-early", test_connection_that_failed_early);
  add ("/activity/event/sign-in", test_sign_in);
  add ("/activity/event/submission", test_submission);
  add ("/activity/event/submission-with-odd-facts", test_submission_with_odd_facts);
  add ("/activity/event/the-rest", test_the_rest);
  add ("/activity/event/nothing-secret-goes-in", test_nothing_secret_goes_in);
  add ("/activity/event/schema-refuses", test_schema_refuses);

  return g_test_run ();
}
