/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an outcome says to scripts: exit codes and JSON, as CLI.md promises. */

#include "json-canon.h"
#include "sasl-client.h"
#include "smtp-outcome.h"
#include "tls-guard.h"

static void
test_outcomes (void)
{
  static const struct
  {
    GQuark (*domain) (void);
    int code;
    int reply;
    WaxSendState state;
    int exit_code;
  } cases[] = {
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND, 0, WAX_SEND_DEFERRED, 68 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_CONNECT, 0, WAX_SEND_DEFERRED, 69 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_WRONG_PORT, 0, WAX_SEND_BLOCKED, 78 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_PROTOCOL, 0, WAX_SEND_DEFERRED, 76 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_INJECTION, 0, WAX_SEND_BLOCKED, 76 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NO_STARTTLS, 0, WAX_SEND_BLOCKED, 77 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NO_STARTTLS, 454, WAX_SEND_DEFERRED, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_AUTH_REFUSED, 535, WAX_SEND_BLOCKED, 77 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, 454, WAX_SEND_DEFERRED, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE, 0, WAX_SEND_BLOCKED, 77 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_RECIPIENTS, 550, WAX_SEND_FAILED, 67 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_RECIPIENTS, 451, WAX_SEND_DEFERRED, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_TOO_LARGE, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_UTF8, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_8BIT, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_BINARY, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_DSN, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS, 0, WAX_SEND_BLOCKED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_HOLD, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_NEEDS_PRIORITY, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_MALFORMED, 0, WAX_SEND_FAILED, 65 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY, 451, WAX_SEND_DEFERRED, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_REFUSED, 554, WAX_SEND_FAILED, 69 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_LOST, 0, WAX_SEND_DEFERRED, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_UNKNOWN, 0, WAX_SEND_UNKNOWN, 75 },
    { wax_transport_error_quark, WAX_TRANSPORT_ERROR_SOURCE, 0, WAX_SEND_DEFERRED, 75 },
    { wax_tls_error_quark, WAX_TLS_ERROR_HOSTNAME, 0, WAX_SEND_BLOCKED, 77 },
    { wax_tls_error_quark, WAX_TLS_ERROR_PIN, 0, WAX_SEND_BLOCKED, 77 },
    { wax_tls_error_quark, WAX_TLS_ERROR_CA_FILE, 0, WAX_SEND_BLOCKED, 78 },
    { wax_sasl_error_quark, WAX_SASL_ERROR_CHALLENGE, 0, WAX_SEND_BLOCKED, 77 },
    { wax_account_error_quark, WAX_ACCOUNT_ERROR_INVALID, 0, WAX_SEND_BLOCKED, 78 },
    { g_io_error_quark, G_IO_ERROR_CANCELLED, 0, WAX_SEND_DEFERRED, 75 },
    { g_file_error_quark, G_FILE_ERROR_NOSPC, 0, WAX_SEND_DEFERRED, 75 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSendResult) result = wax_send_result_new ();

      result->error = g_error_new (cases[i].domain (), cases[i].code, "case %u", (guint) i);
      result->state = wax_smtp_outcome_state (result->error, cases[i].reply);
      g_assert_cmpint (result->state, ==, cases[i].state);
      g_assert_cmpint (wax_send_result_exit_code (result), ==, cases[i].exit_code);
    }
}

static void
test_error_to_json (void)
{
  g_autoptr (WaxSendResult) result = wax_send_result_new ();
  g_autoptr (JsonNode) none = wax_send_result_error_to_json (result);
  g_autoptr (JsonNode) some = NULL;
  JsonObject *object;

  g_assert_true (json_node_is_null (none));

  result->error = g_error_new_literal (WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_AUTH_REFUSED, "No");
  result->step = WAX_STEP_AUTH;
  result->hint = g_strdup ("Try another");
  some = wax_send_result_error_to_json (result);
  object = json_node_get_object (some);
  g_assert_cmpstr (wax_json_get_string (object, "step", NULL), ==, "auth");
  g_assert_cmpstr (wax_json_get_string (object, "domain", NULL), ==, "wax_transport_error");
  g_assert_cmpstr (wax_json_get_string (object, "code", NULL), ==, "auth-refused");
  g_assert_cmpstr (wax_json_get_string (object, "message", NULL), ==, "No");
  g_assert_cmpstr (wax_json_get_string (object, "hint", NULL), ==, "Try another");
}

/* A script can tell a server that is not the real one from a wrong password. */
static void
test_sasl_error_to_json (void)
{
  g_autoptr (WaxSendResult) result = wax_send_result_new ();
  g_autoptr (JsonNode) node = NULL;

  result->error = g_error_new_literal (WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE, "No");
  node = wax_send_result_error_to_json (result);
  g_assert_cmpstr (wax_json_get_string (json_node_get_object (node), "code", NULL), ==, "challenge");
}

static void
test_progress_is_shared (void)
{
  g_autoptr (WaxProgress) progress = wax_progress_new ();
  g_autoptr (WaxProgress) other = wax_progress_ref (progress);
  gint64 done, total;

  wax_progress_set (progress, 3, 10);
  wax_progress_get (other, &done, &total);
  g_assert_cmpint (done, ==, 3);
  g_assert_cmpint (total, ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/send-result/outcomes", test_outcomes);
  g_test_add_func ("/transport/send-result/error-to-json", test_error_to_json);
  g_test_add_func ("/transport/send-result/sasl-error-to-json", test_sasl_error_to_json);
  g_test_add_func ("/transport/progress/is-shared", test_progress_is_shared);

  return g_test_run ();
}
