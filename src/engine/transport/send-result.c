/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The outcome of one send, and its faces: the words, the exit code and the JSON
 * that CLI.md promises. */

#include "transport.h"

#include "sasl-client.h"
#include "tls-guard.h"

/* sysexits(3), as CLI.md lists them. */
enum
{
  EXIT_DATA = 65,
  EXIT_RECIPIENT = 67,
  EXIT_HOST = 68,
  EXIT_UNAVAILABLE = 69,
  EXIT_TEMPORARY = 75,
  EXIT_PROTOCOL = 76,
  EXIT_PERMISSION = 77,
  EXIT_CONFIGURATION = 78,
};

static void
recipient_result_free (gpointer data)
{
  WaxRecipientResult *self = data;

  g_free (self->address);
  wax_reply_text_clear (&self->reply);
  g_free (self);
}

WaxSendResult *
wax_send_result_new (void)
{
  WaxSendResult *self = g_new0 (WaxSendResult, 1);

  self->recipients = g_ptr_array_new_with_free_func (recipient_result_free);

  return self;
}

void
wax_send_result_free (WaxSendResult *self)
{
  if (self == NULL)
    return;

  wax_reply_text_clear (&self->reply);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
  g_clear_object (&self->report);
  g_clear_error (&self->error);
  g_clear_pointer (&self->hint, g_free);
  g_free (self);
}

const char *
wax_send_state_to_string (WaxSendState state)
{
  static const char *const names[] = {
    [WAX_SEND_SENT] = "sent",       [WAX_SEND_PARTIAL] = "partial", [WAX_SEND_DEFERRED] = "deferred",
    [WAX_SEND_BLOCKED] = "blocked", [WAX_SEND_FAILED] = "failed",   [WAX_SEND_UNKNOWN] = "unknown",
  };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), NULL);

  return names[state];
}

/* Where the error alone says nothing better. */
static int
exit_code_of_state (WaxSendState state)
{
  switch (state)
    {
    case WAX_SEND_SENT:
      return 0;
    case WAX_SEND_PARTIAL:
      return EXIT_RECIPIENT;
    case WAX_SEND_BLOCKED:
      return EXIT_PERMISSION;
    case WAX_SEND_FAILED:
      return EXIT_UNAVAILABLE;
    case WAX_SEND_DEFERRED:
    case WAX_SEND_UNKNOWN:
    default:
      return EXIT_TEMPORARY;
    }
}

static int
exit_code_of_transport_error (WaxTransportError code, WaxSendState state)
{
  switch (code)
    {
    case WAX_TRANSPORT_ERROR_HOST_NOT_FOUND:
      return EXIT_HOST;
    case WAX_TRANSPORT_ERROR_CONNECT:
      return EXIT_UNAVAILABLE;
    case WAX_TRANSPORT_ERROR_WRONG_PORT:
    case WAX_TRANSPORT_ERROR_PROXY:
      return EXIT_CONFIGURATION;
    case WAX_TRANSPORT_ERROR_PROTOCOL:
    case WAX_TRANSPORT_ERROR_INJECTION:
      return EXIT_PROTOCOL;
    case WAX_TRANSPORT_ERROR_RECIPIENTS:
      return state == WAX_SEND_DEFERRED ? EXIT_TEMPORARY : EXIT_RECIPIENT;
    case WAX_TRANSPORT_ERROR_TOO_LARGE:
    case WAX_TRANSPORT_ERROR_NEEDS_UTF8:
    case WAX_TRANSPORT_ERROR_NEEDS_8BIT:
    case WAX_TRANSPORT_ERROR_NEEDS_BINARY:
    case WAX_TRANSPORT_ERROR_NEEDS_DSN:
    case WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS:
    case WAX_TRANSPORT_ERROR_NEEDS_HOLD:
    case WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY:
    case WAX_TRANSPORT_ERROR_NEEDS_PRIORITY:
    case WAX_TRANSPORT_ERROR_MALFORMED:
      return EXIT_DATA;
    case WAX_TRANSPORT_ERROR_NO_STARTTLS:
    case WAX_TRANSPORT_ERROR_AUTH_REFUSED:
    case WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE:
    case WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY:
    case WAX_TRANSPORT_ERROR_REFUSED:
    case WAX_TRANSPORT_ERROR_LOST:
    case WAX_TRANSPORT_ERROR_UNKNOWN:
    case WAX_TRANSPORT_ERROR_SOURCE:
    case WAX_TRANSPORT_ERROR_PORTAL:
    default:
      return exit_code_of_state (state);
    }
}

int
wax_send_result_exit_code (const WaxSendResult *self)
{
  g_return_val_if_fail (self != NULL, EXIT_TEMPORARY);

  /* Whatever broke, what the caller must know is that it may have arrived. */
  if (self->error == NULL || self->state == WAX_SEND_UNKNOWN)
    return exit_code_of_state (self->state);
  if (self->error->domain == WAX_TRANSPORT_ERROR)
    return exit_code_of_transport_error ((WaxTransportError) self->error->code, self->state);
  if (self->error->domain == WAX_ACCOUNT_ERROR
      || g_error_matches (self->error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE))
    return EXIT_CONFIGURATION;

  return exit_code_of_state (self->state);
}

/* The nick of the code, for scripts: error domains of other rooms have numbers only. */
static char *
error_code_to_string (const GError *error)
{
  static const char *const names[] = {
    [WAX_TRANSPORT_ERROR_HOST_NOT_FOUND] = "host-not-found",
    [WAX_TRANSPORT_ERROR_CONNECT] = "connect",
    [WAX_TRANSPORT_ERROR_WRONG_PORT] = "wrong-port",
    [WAX_TRANSPORT_ERROR_PROTOCOL] = "protocol",
    [WAX_TRANSPORT_ERROR_INJECTION] = "injection",
    [WAX_TRANSPORT_ERROR_NO_STARTTLS] = "no-starttls",
    [WAX_TRANSPORT_ERROR_AUTH_REFUSED] = "auth-refused",
    [WAX_TRANSPORT_ERROR_AUTH_UNAVAILABLE] = "auth-unavailable",
    [WAX_TRANSPORT_ERROR_RECIPIENTS] = "recipients",
    [WAX_TRANSPORT_ERROR_TOO_LARGE] = "too-large",
    [WAX_TRANSPORT_ERROR_NEEDS_UTF8] = "needs-utf8",
    [WAX_TRANSPORT_ERROR_NEEDS_8BIT] = "needs-8bit",
    [WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY] = "refused-temporary",
    [WAX_TRANSPORT_ERROR_REFUSED] = "refused",
    [WAX_TRANSPORT_ERROR_LOST] = "lost",
    [WAX_TRANSPORT_ERROR_UNKNOWN] = "unknown",
    [WAX_TRANSPORT_ERROR_SOURCE] = "source",
    [WAX_TRANSPORT_ERROR_MALFORMED] = "malformed",
    [WAX_TRANSPORT_ERROR_NEEDS_BINARY] = "needs-binary",
    [WAX_TRANSPORT_ERROR_NEEDS_DSN] = "needs-dsn",
    [WAX_TRANSPORT_ERROR_NEEDS_REQUIRETLS] = "needs-requiretls",
    [WAX_TRANSPORT_ERROR_NEEDS_HOLD] = "needs-hold",
    [WAX_TRANSPORT_ERROR_NEEDS_DELIVERBY] = "needs-deliverby",
    [WAX_TRANSPORT_ERROR_NEEDS_PRIORITY] = "needs-priority",
    [WAX_TRANSPORT_ERROR_PROXY] = "proxy",
    [WAX_TRANSPORT_ERROR_PORTAL] = "portal",
  };
  static const char *const tls_names[] = {
    [WAX_TLS_ERROR_HANDSHAKE] = "handshake",
    [WAX_TLS_ERROR_NOT_TLS] = "not-tls",
    [WAX_TLS_ERROR_HOSTNAME] = "hostname",
    [WAX_TLS_ERROR_CHAIN] = "chain",
    [WAX_TLS_ERROR_VALIDITY] = "validity",
    [WAX_TLS_ERROR_REVOCATION] = "revocation",
    [WAX_TLS_ERROR_PIN] = "pin",
    [WAX_TLS_ERROR_POLICY] = "policy",
    [WAX_TLS_ERROR_DANE] = "dane",
    [WAX_TLS_ERROR_CA_FILE] = "ca-file",
    [WAX_TLS_ERROR_CLIENT_CERTIFICATE] = "client-certificate",
  };
  static const char *const sasl_names[] = {
    [WAX_SASL_ERROR_NO_MECHANISM] = "no-mechanism", [WAX_SASL_ERROR_NOT_OFFERED] = "not-offered",
    [WAX_SASL_ERROR_CREDENTIALS] = "credentials",   [WAX_SASL_ERROR_CHALLENGE] = "challenge",
    [WAX_SASL_ERROR_FAILED] = "sasl-failed",        [WAX_SASL_ERROR_DOWNGRADE] = "downgrade",
  };
  guint code = (guint) error->code;

  if (error->domain == WAX_TRANSPORT_ERROR && code < G_N_ELEMENTS (names))
    return g_strdup (names[code]);
  if (error->domain == WAX_TLS_ERROR && code < G_N_ELEMENTS (tls_names))
    return g_strdup (tls_names[code]);
  if (error->domain == WAX_SASL_ERROR && code < G_N_ELEMENTS (sasl_names))
    return g_strdup (sasl_names[code]);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup ("cancelled");

  return g_strdup_printf ("%d", error->code);
}

JsonNode *
wax_send_result_error_to_json (const WaxSendResult *self)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *code = NULL;
  JsonNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->error == NULL)
    return json_node_init_null (json_node_alloc ());

  code = error_code_to_string (self->error);
  object = json_object_new ();
  json_object_set_string_member (object, "step", wax_step_to_string (self->step));
  json_object_set_string_member (object, "domain", g_quark_to_string (self->error->domain));
  json_object_set_string_member (object, "code", code);
  json_object_set_string_member (object, "message", self->error->message);
  json_object_set_string_member (object, "hint", self->hint);

  node = json_node_alloc ();
  json_node_init_object (node, object);

  return node;
}

static JsonArray *
recipients_to_json (GPtrArray *recipients)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < recipients->len; i++)
    {
      const WaxRecipientResult *recipient = g_ptr_array_index (recipients, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "address", recipient->address);
      json_object_set_int_member (object, "code", recipient->reply.code);
      json_object_set_string_member (object, "enhanced", recipient->reply.enhanced);
      json_object_set_string_member (object, "text",
                                     recipient->reply.text != NULL ? recipient->reply.text : "");
      json_array_add_object_element (array, object);
    }

  return array;
}

/* Adds `connection` and, beside it, its `timing_ms`. */
static void
add_connection (JsonObject *object, WaxConnectionReport *report)
{
  JsonNode *connection, *timing;

  if (report == NULL)
    {
      json_object_set_null_member (object, "connection");
      json_object_set_null_member (object, "timing_ms");
      return;
    }
  connection = wax_connection_report_to_json (report);
  timing = json_object_dup_member (json_node_get_object (connection), "timing_ms");
  json_object_remove_member (json_node_get_object (connection), "timing_ms");
  json_object_set_member (object, "connection", connection);
  json_object_set_member (object, "timing_ms", timing != NULL ? timing : json_node_new (JSON_NODE_NULL));
}

JsonNode *
wax_send_result_to_json (const WaxSendResult *self, const char *message_id)
{
  g_autoptr (JsonObject) object = NULL;
  JsonNode *node;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object_new ();
  json_object_set_string_member (object, "state", wax_send_state_to_string (self->state));
  json_object_set_string_member (object, "message_id", message_id);
  json_object_set_member (object, "reply", wax_reply_text_to_json (&self->reply));
  json_object_set_array_member (object, "recipients", recipients_to_json (self->recipients));
  add_connection (object, self->report);
  json_object_set_member (object, "error", wax_send_result_error_to_json (self));

  node = json_node_alloc ();
  json_node_init_object (node, object);

  return node;
}
