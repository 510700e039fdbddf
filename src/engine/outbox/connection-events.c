/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What one connection leaves in the log, whether a message went over it or not. */

#include "connection-events.h"

#include "tls-guard.h"

/* The name of what refused the connection, or NULL if nothing of the kind did. */
static const char *
refused_by (const GError *error)
{
  static const char *const tls_checks[] = {
    [WAX_TLS_ERROR_HANDSHAKE] = "handshake",
    [WAX_TLS_ERROR_HOSTNAME] = "hostname",
    [WAX_TLS_ERROR_CHAIN] = "chain",
    [WAX_TLS_ERROR_VALIDITY] = "validity",
    [WAX_TLS_ERROR_REVOCATION] = "revocation",
    [WAX_TLS_ERROR_PIN] = "pin",
    [WAX_TLS_ERROR_POLICY] = "policy",
    [WAX_TLS_ERROR_DANE] = "dane",
    [WAX_TLS_ERROR_CLIENT_CERTIFICATE] = "client-certificate",
  };

  if (error == NULL)
    return NULL;
  if (error->domain == WAX_TLS_ERROR && (gsize) error->code < G_N_ELEMENTS (tls_checks))
    return tls_checks[error->code];
  if (g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_INJECTION))
    return "injection";
  if (g_error_matches (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_NO_STARTTLS))
    return "starttls";

  return NULL;
}

static gboolean
append (WaxActivityLog *log, WaxActivityEvent *event, const char *message_id, GError **error)
{
  if (message_id != NULL && event->message_id == NULL)
    event->message_id = g_strdup (message_id);

  return wax_activity_log_append (log, event, error);
}

gboolean
wax_connection_events_append (WaxActivityLog *log,
                              const char *account_id,
                              const char *message_id,
                              const WaxSendResult *result,
                              GError **error)
{
  g_autoptr (JsonNode) node = wax_connection_report_to_json (result->report);
  JsonObject *connection = json_node_get_object (node);
  const char *check = refused_by (result->error);
  WaxActivityEvent *sign_in;

  if (!append (log,
               wax_activity_event_connection (connection, account_id,
                                              result->step < WAX_STEP_AUTH ? result->error : NULL),
               message_id, error))
    return FALSE;
  /* Nobody signed in for one more message on the same connection. */
  sign_in = result->report->reused
                ? NULL
                : wax_activity_event_sign_in (connection, account_id,
                                              result->step == WAX_STEP_AUTH ? result->error : NULL);
  if (sign_in != NULL && !append (log, sign_in, message_id, error))
    return FALSE;
  if (check == NULL)
    return TRUE;

  return append (log,
                 wax_activity_event_finding (account_id, message_id, "The connection was refused", check,
                                             result->error->message),
                 message_id, error);
}
