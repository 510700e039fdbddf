/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes TLS over a stream and lets nothing through that was not verified. GIO
 * verifies the certificate; what it found, and what it does not look at, goes
 * to the policy, whose first failed check becomes the error. Three habits of
 * GIO shape this file:
 *
 *  - `accept-certificate` comes only for a certificate with errors, and before
 *    the connection itself knows its certificate: the handler keeps both and
 *    refuses, and the checks are made from what it kept.
 *  - A resumed session keeps the errors of a certificate that was once accepted,
 *    and does not ask again. GIO looks its sessions up by host name, and only
 *    where the stream below is a socket's: ours is not. Nor are any stored, and
 *    the errors are looked at after each handshake, not only in the handler.
 *  - The synchronous handshake has no deadline. The asynchronous one, in a main
 *    context of its own, has: a timer that cancels it. */

#include "tls-guard.h"

#include <glib/gstdio.h>
#include <string.h>

#include "certificate-details.h"
#include "clock.h"
#include "first-octets.h"

#define DEFAULT_TIMEOUT_S 60
#define MAX_CA_PEM        (4 * 1024 * 1024)

G_DEFINE_QUARK (wax_tls_error, wax_tls_error)

/* ---- the authorities ---- */

/* @path is absolute, as GTlsFileDatabase wants it. A file that holds no
 * certificate would refuse every server with the wrong reason. */
static GTlsDatabase *
load_authorities (const char *path, const char *shown, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GList *certificates = g_tls_certificate_list_new_from_file (path, &cause);
  GTlsDatabase *database = NULL;

  if (certificates != NULL)
    database = g_tls_file_database_new (path, &cause);
  g_list_free_full (certificates, g_object_unref);
  if (database == NULL)
    g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
                 "The certificate authorities in %s cannot be read: %s", shown,
                 cause != NULL ? cause->message : "it holds no certificate in PEM");

  return database;
}

/* GIO reads authorities only from a file, and may read it again later: it stays
 * until @path is freed by drop_file(). */
static gboolean
write_pem (const char *pem, char **path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gsize length = strlen (pem);
  int fd;

  if (length > MAX_CA_PEM)
    {
      g_set_error_literal (
          error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
          "The account's certificate authorities are larger than the 4 MiB that are allowed");
      return FALSE;
    }
  fd = g_file_open_tmp ("waxseal-ca-XXXXXX.pem", path, &cause);
  if (fd >= 0)
    {
      g_close (fd, NULL);
      g_file_set_contents_full (*path, pem, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &cause);
    }
  if (cause != NULL)
    {
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CA_FILE,
                   "The account's certificate authorities cannot be written for use: %s", cause->message);
      return FALSE;
    }

  return TRUE;
}

static void
drop_file (char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_file_delete (file, NULL, NULL);
  g_free (path);
}

/* ---- one connection ---- */

typedef struct
{
  const WaxTlsSettings *settings;
  WaxConnectionReport *report;
  char *hostname;               /* as certificates hold it: ASCII, no brackets, no final dot */
  GSocketConnectable *identity; /* the same for GIO */
  GTlsDatabase *authorities;    /* NULL: the system's */
  char *ca_path;                /* a file of ours, or NULL */
  WaxFirstOctets *stream;
  GTlsConnection *tls;
  GTlsCertificate *certificate;
  GTlsCertificateFlags errors;
} Guard;

static void
guard_clear (Guard *self)
{
  g_clear_pointer (&self->hostname, g_free);
  g_clear_object (&self->identity);
  g_clear_object (&self->authorities);
  g_clear_pointer (&self->ca_path, drop_file);
  g_clear_object (&self->tls);
  g_clear_object (&self->stream);
  g_clear_object (&self->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Guard, guard_clear)

static gboolean
guard_set_hostname (Guard *self, GError **error)
{
  const char *name = self->settings->hostname;
  gsize length = strlen (name);
  g_autofree char *bare = NULL;

  if (length > 2 && name[0] == '[' && name[length - 1] == ']')
    bare = g_strndup (name + 1, length - 2);
  else
    bare = g_strndup (name, length > 1 && name[length - 1] == '.' ? length - 1 : length);

  self->hostname = g_hostname_is_ip_address (bare) ? g_steal_pointer (&bare) : g_hostname_to_ascii (bare);
  if (self->hostname == NULL || *self->hostname == '\0')
    {
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_HOSTNAME, "“%s” is not the name of a server", name);
      return FALSE;
    }
  self->identity = g_network_address_new (self->hostname, 0);

  return TRUE;
}

static gboolean
guard_set_authorities (Guard *self, GError **error)
{
  const WaxTlsSettings *settings = self->settings;
  g_autofree char *path = NULL;

  if (settings->ca_pem != NULL)
    {
      if (!write_pem (settings->ca_pem, &self->ca_path, error))
        return FALSE;
      self->authorities = load_authorities (self->ca_path, "the account's settings", error);
      return self->authorities != NULL;
    }
  if (settings->ca_file != NULL)
    {
      path = g_canonicalize_filename (settings->ca_file, NULL);
      self->authorities = load_authorities (path, settings->ca_file, error);
      return self->authorities != NULL;
    }

  return TRUE;
}

/* Comes only for a certificate that GIO finds fault with: always refused. */
static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  Guard *self = user_data;

  g_set_object (&self->certificate, certificate);
  self->errors = errors;

  return FALSE;
}

static gboolean
guard_prepare (Guard *self, GIOStream *base, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GIOStream *connection;

  self->stream = wax_first_octets_new (base);
  connection = g_tls_client_connection_new (G_IO_STREAM (self->stream), self->identity, &cause);
  if (connection == NULL)
    {
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_HANDSHAKE, "TLS cannot be set up on this computer: %s",
                   cause->message);
      return FALSE;
    }

  self->tls = G_TLS_CONNECTION (connection);
  g_object_set (self->tls, "session-resumption-enabled", FALSE, NULL);
  if (self->authorities != NULL)
    g_tls_connection_set_database (self->tls, self->authorities);
  g_signal_connect (self->tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);

  return TRUE;
}

/* ---- the handshake, within its time ---- */

typedef struct
{
  GCancellable *stop; /* the handshake's own: the caller's, or the timer, cancels it */
  gboolean timed_out;
  gboolean done;
  gboolean ok;
  GError *error;
} Handshake;

static gboolean
deadline_cb (gpointer user_data)
{
  Handshake *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Handshake *self = user_data;

  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static void
handshake_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Handshake *self = user_data;

  self->ok = g_tls_connection_handshake_finish (G_TLS_CONNECTION (object), result, &self->error);
  self->done = TRUE;
}

static void
attach_timer (GMainContext *context, guint timeout_s, Handshake *handshake)
{
  g_autoptr (GSource) timer = g_timeout_source_new (MIN (timeout_s, 3600) * 1000);

  g_source_set_callback (timer, deadline_cb, handshake, NULL);
  g_source_attach (timer, context);
}

static void
attach_cancellable (GMainContext *context, GCancellable *cancellable, Handshake *handshake)
{
  g_autoptr (GSource) source = NULL;

  if (cancellable == NULL)
    return;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), handshake, NULL);
  g_source_attach (source, context);
}

static gboolean
shake_hands (GTlsConnection *tls, guint timeout_s, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Handshake handshake = { .stop = stop };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_main_context_push_thread_default (context);
  attach_timer (context, timeout_s, &handshake);
  attach_cancellable (context, cancellable, &handshake);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, stop, handshake_done_cb, &handshake);
  while (!handshake.done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);

  if (handshake.ok)
    return TRUE;
  if (handshake.timed_out && g_error_matches (handshake.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&handshake.error);
      g_set_error (&handshake.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   "The server did not finish the TLS handshake within %u seconds", timeout_s);
    }
  g_propagate_error (error, handshake.error);

  return FALSE;
}

/* ---- the verdict ---- */

static const char *
version_name (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
      return "TLS1.3";
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
      return "TLS1.2";
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
      return "TLS1.1";
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
      return "TLS1.0";
    default:
      return "an old protocol";
    }
}

/* What the finished handshake tells. */
static void
guard_read_connection (Guard *self)
{
  WaxConnectionReport *report = self->report;

  report->tls_version = g_strdup (version_name (g_tls_connection_get_protocol_version (self->tls)));
  report->cipher = g_tls_connection_get_ciphersuite_name (self->tls);
  g_set_object (&self->certificate, g_tls_connection_get_peer_certificate (self->tls));
  self->errors |= g_tls_connection_get_peer_certificate_errors (self->tls);
}

/* GIO has one flag for several faults. Where the chain by itself holds, what was
 * found in the session is about the stapled OCSP answer. */
static gboolean
guard_staple_was_refused (Guard *self)
{
  GTlsDatabase *database = g_tls_connection_get_database (self->tls);
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags errors;

  if ((self->errors & G_TLS_CERTIFICATE_GENERIC_ERROR) == 0 || database == NULL)
    return FALSE;
  errors = g_tls_database_verify_chain (database, self->certificate,
                                        G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, NULL, NULL,
                                        G_TLS_DATABASE_VERIFY_NONE, NULL, &error);

  return error == NULL && (errors & G_TLS_CERTIFICATE_GENERIC_ERROR) == 0;
}

static void
guard_judge (Guard *self)
{
  WaxConnectionReport *report = self->report;
  g_autoptr (GPtrArray) spki = g_ptr_array_new_null_terminated (report->chain->len, NULL, TRUE);
  WaxTlsFacts facts = {
    .protocol = report->tls_version,
    .cipher = report->cipher,
    .errors = self->errors,
    .hostname = self->hostname,
    .now = wax_clock_now () / G_USEC_PER_SEC,
  };

  for (guint i = 0; i < report->chain->len; i++)
    {
      const WaxCertificateDetails *details = report->chain->pdata[i];

      g_ptr_array_add (spki, details->spki_sha256);
      facts.root_issuer = details->issuer;
    }
  if (report->chain->len > 0)
    {
      const WaxCertificateDetails *leaf = report->chain->pdata[0];

      facts.leaf_names = (const char *const *) leaf->names;
      facts.leaf_usages = (const char *const *) leaf->usages;
      facts.leaf_subject = leaf->subject;
      facts.leaf_issuer = leaf->issuer;
      facts.not_before = leaf->not_before;
      facts.not_after = leaf->not_after;
      facts.chain_spki = (const char *const *) spki->pdata;
      facts.must_staple = leaf->must_staple;
      facts.staple_refused = guard_staple_was_refused (self);
      /* The library may stop looking at its first finding. */
      facts.errors |= g_tls_certificate_verify (self->certificate, self->identity, NULL)
                      & G_TLS_CERTIFICATE_BAD_IDENTITY;
    }

  g_ptr_array_unref (report->checks);
  report->checks = wax_tls_policy_judge (&self->settings->policy, &facts);
}

static WaxTlsError
error_of_check (const char *name)
{
  static const struct
  {
    const char *name;
    WaxTlsError code;
  } codes[] = {
    { "hostname", WAX_TLS_ERROR_HOSTNAME }, { "chain", WAX_TLS_ERROR_CHAIN },
    { "validity", WAX_TLS_ERROR_VALIDITY }, { "revocation", WAX_TLS_ERROR_REVOCATION },
    { "pin", WAX_TLS_ERROR_PIN },           { "policy", WAX_TLS_ERROR_POLICY },
    { "dane", WAX_TLS_ERROR_DANE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].name, name))
      return codes[i].code;
  g_return_val_if_reached (WAX_TLS_ERROR_HANDSHAKE);
}

/* Whether everything that was seen of the connection is in order. */
static gboolean
guard_verify (Guard *self, GError **error)
{
  WaxConnectionReport *report = self->report;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GPtrArray) chain = wax_certificate_details_chain (self->certificate, &cause);
  const WaxCheck *failure;

  if (chain == NULL)
    {
      g_ptr_array_unref (report->checks);
      report->checks = wax_tls_policy_unreached ("The server's certificate cannot be read.");
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CHAIN, "The server's certificate cannot be read: %s",
                   cause->message);
      return FALSE;
    }
  g_ptr_array_unref (report->chain);
  report->chain = g_steal_pointer (&chain);
  guard_judge (self);

  failure = wax_tls_policy_first_failure (report->checks);
  if (failure != NULL)
    {
      g_set_error_literal (error, WAX_TLS_ERROR, (int) error_of_check (failure->name), failure->detail);
      return FALSE;
    }
  report->verified = TRUE;

  return TRUE;
}

/* Says why there was no handshake, in words and with the right code. */
static void
guard_explain (Guard *self, GError *cause, GError **error)
{
  g_autofree char *said = NULL;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    g_propagate_error (error, g_error_copy (cause));
  else if (wax_first_octets_are_not_tls (self->stream))
    {
      said = wax_first_octets_read_line (self->stream);
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_NOT_TLS,
                   "The server does not speak TLS here; it said in plain text: “%s”", said);
    }
  else if (wax_first_octets_are_empty (self->stream))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                         "The server closed the connection instead of answering the TLS handshake");
  else
    g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_HANDSHAKE,
                 "No TLS could be agreed on with the server: %s", cause->message);
}

/* What stands in the report of an earlier try must not pass for this one's. */
static void
guard_reset_report (WaxConnectionReport *report)
{
  report->verified = FALSE;
  g_clear_pointer (&report->tls_version, g_free);
  g_clear_pointer (&report->cipher, g_free);
  g_ptr_array_set_size (report->chain, 0);
  g_ptr_array_unref (report->checks);
  report->checks = wax_tls_policy_unreached ("The TLS handshake was not finished.");
}

GTlsConnection *
wax_tls_guard_secure (GIOStream *base,
                      const WaxTlsSettings *settings,
                      WaxConnectionReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (Guard) self = { .settings = settings, .report = report };
  g_autoptr (GError) cause = NULL;
  guint timeout_s = settings->timeout_s > 0 ? settings->timeout_s : DEFAULT_TIMEOUT_S;
  gint64 started = wax_clock_monotonic ();
  gboolean ok;

  g_return_val_if_fail (G_IS_IO_STREAM (base), NULL);
  g_return_val_if_fail (settings->hostname != NULL, NULL);
  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (report), NULL);

  guard_reset_report (report);

  if (!guard_set_hostname (&self, error) || !guard_set_authorities (&self, error)
      || !guard_prepare (&self, base, error))
    return NULL;

  ok = shake_hands (self.tls, timeout_s, cancellable, &cause);
  report->tls_ms = wax_clock_elapsed_ms (started);
  g_signal_handlers_disconnect_by_data (self.tls, &self);
  if (ok)
    guard_read_connection (&self);
  else if (self.certificate == NULL)
    {
      guard_explain (&self, cause, error);
      return NULL;
    }
  if (!guard_verify (&self, error))
    return NULL;
  if (!ok)
    {
      /* Refused by GIO for a reason that no check knows: not to be used. */
      guard_explain (&self, cause, error);
      report->verified = FALSE;
      return NULL;
    }

  return g_steal_pointer (&self.tls);
}

GBytes *
wax_tls_guard_channel_binding (GTlsConnection *connection, GTlsChannelBindingType type)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  if (!g_tls_connection_get_channel_binding_data (connection, type, data, NULL) || data->len == 0)
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}
