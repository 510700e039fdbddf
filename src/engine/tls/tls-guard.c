/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes TLS over a stream and lets nothing through that was not verified. GIO
 * verifies the certificate; what it found, and what it does not look at, goes
 * to the policy, whose first failed check becomes the error. Three habits of
 * GIO shape this file:
 *
 *  - `accept-certificate` comes only for a certificate with errors, and before
 *    the connection itself knows its certificate: the handler keeps both, and the
 *    checks are made from what it kept. It lets the handshake go on only where they
 *    pass nevertheless, by an exception of the account or by a TLSA record.
 *  - A resumed session keeps the errors of a certificate that was once accepted,
 *    and does not ask again. GIO looks its sessions up by host name, and only
 *    where the stream below is a socket's: ours is not. Nor are any stored, and
 *    the errors are looked at after each handshake, not only in the handler.
 *  - The server's wish for a client certificate shows only as a change of
 *    `accepted-cas`, and in TLS 1.3 its refusal only as the end of the first read. */

#include "tls-guard.h"

#include <string.h>

#include "certificate-details.h"
#include "clock.h"
#include "first-octets.h"
#include "tls-authorities.h"
#include "tls-handshake.h"

#define DEFAULT_TIMEOUT_S 60
/* The question has run since before the connection. Where the DNS does not answer,
 * nobody waits long for a check that is not demanded. */
#define DANE_SOFT_TIMEOUT_S 2
#define DANE_HARD_TIMEOUT_S 10
#define MAX_CHAIN           16

G_DEFINE_QUARK (wax_tls_error, wax_tls_error)

/* ---- one connection ---- */

typedef struct
{
  const WaxTlsSettings *settings;
  WaxConnectionReport *report;
  char *hostname;               /* as certificates hold it: ASCII, no brackets, no final dot */
  GSocketConnectable *identity; /* the same for GIO */
  WaxTlsAuthorities authorities;
  WaxFirstOctets *stream;
  GTlsConnection *tls;
  GTlsCertificate *certificate;
  GTlsCertificateFlags errors;
  int client_cert_asked; /* atomic: the handshake has a thread of its own */
  WaxDaneState dane;
  char *dane_detail;
  WaxRevocationState revocation;
  char *revocation_detail;
  GCancellable *cancellable;
} Guard;

static void
guard_clear (Guard *self)
{
  g_clear_pointer (&self->hostname, g_free);
  g_clear_object (&self->identity);
  wax_tls_authorities_clear (&self->authorities);
  g_clear_object (&self->tls);
  g_clear_object (&self->stream);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->dane_detail, g_free);
  g_clear_pointer (&self->revocation_detail, g_free);
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

/* The octets of the chain, leaf first. GIO gives it as the server sent it: an
 * authority of this account that is its end and was not sent is added. */
static GPtrArray *
guard_dup_chain (Guard *self)
{
  GTlsDatabase *database = g_tls_connection_get_database (self->tls);
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GTlsCertificate) missing = NULL;
  GTlsCertificate *last = NULL;

  for (GTlsCertificate *c = self->certificate; c != NULL && chain->len < MAX_CHAIN;
       c = g_tls_certificate_get_issuer (c))
    {
      GByteArray *der = NULL;

      g_object_get (c, "certificate", &der, NULL);
      if (der != NULL)
        g_ptr_array_add (chain, g_byte_array_free_to_bytes (der));
      last = c;
    }
  if (last != NULL && database != NULL)
    missing = g_tls_database_lookup_certificate_issuer (database, last, NULL, G_TLS_DATABASE_LOOKUP_NONE,
                                                        self->cancellable, NULL);
  if (missing != NULL && !g_tls_certificate_is_same (missing, last))
    {
      GByteArray *der = NULL;

      g_object_get (missing, "certificate", &der, NULL);
      if (der != NULL)
        g_ptr_array_add (chain, g_byte_array_free_to_bytes (der));
    }

  return chain;
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

/* What GIO lets pass. A name that stands in the subject's CN alone counts for it, which
 * RFC 9525 section 6.3 forbids; and an authority whose own certificate is for another
 * purpose counts as one for servers. */
static GTlsCertificateFlags
guard_overlooked (Guard *self)
{
  GPtrArray *chain = self->report->chain;
  GTlsCertificateFlags errors = 0;

  for (guint i = 0; i < chain->len; i++)
    {
      const WaxCertificateDetails *details = chain->pdata[i];
      const char *const *usages = (const char *const *) details->usages;

      if (i == 0 && details->names[0] == NULL)
        errors |= G_TLS_CERTIFICATE_BAD_IDENTITY;
      if (i > 0 && usages[0] != NULL && !g_strv_contains (usages, "server authentication")
          && !g_strv_contains (usages, "any purpose"))
        errors |= G_TLS_CERTIFICATE_GENERIC_ERROR;
    }

  return errors;
}

/* (transfer full) The checks by @policy, from all that is known so far. */
static GPtrArray *
guard_judge_by (Guard *self, const WaxTlsPolicy *policy)
{
  WaxConnectionReport *report = self->report;
  g_autoptr (GPtrArray) spki = g_ptr_array_new_null_terminated (report->chain->len, NULL, TRUE);
  WaxTlsFacts facts = {
    .protocol = report->tls_version,
    .cipher = report->cipher,
    .errors = self->errors,
    .hostname = self->hostname,
    .now = wax_clock_now () / G_USEC_PER_SEC,
    .revocation = self->revocation,
    .revocation_detail = self->revocation_detail,
    .dane = self->dane,
    .dane_detail = self->dane_detail,
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
      facts.errors |= guard_overlooked (self);
    }

  return wax_tls_policy_judge (policy, &facts);
}

/* What the DNS says of the chain; known once. */
static void
guard_ask_dane (Guard *self)
{
  const WaxTlsSettings *settings = self->settings;
  g_autoptr (GPtrArray) chain = NULL;

  if (settings->dane == NULL || settings->policy.dane == WAX_DEMAND_OFF || self->dane_detail != NULL)
    return;
  chain = guard_dup_chain (self);
  self->dane = wax_dane_judge (settings->dane, chain, self->hostname,
                               settings->policy.dane == WAX_DEMAND_HARD ? DANE_HARD_TIMEOUT_S
                                                                        : DANE_SOFT_TIMEOUT_S,
                               self->cancellable, &self->dane_detail);
  if (self->dane_detail == NULL)
    self->dane_detail = g_strdup ("");
}

/* Whether an authority is asked: its URLs are in the certificates, so only of a chain
 * that is trusted, and only where everything else lets the connection through. */
static void
guard_ask_revocation (Guard *self)
{
  const WaxTlsSettings *settings = self->settings;
  WaxTlsPolicy others = settings->policy;
  g_autoptr (GPtrArray) checks = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  gint64 started = wax_clock_monotonic ();

  others.revocation = WAX_DEMAND_OFF;
  checks = guard_judge_by (self, &others);
  if (settings->policy.revocation == WAX_DEMAND_OFF || wax_tls_policy_first_failure (checks) != NULL)
    return;
  if ((self->errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    {
      self->revocation_detail = g_strdup ("Nobody was asked whether the certificate was revoked, since no "
                                          "authority vouches for it.");
      return;
    }
  chain = guard_dup_chain (self);
  self->revocation = wax_revocation_ask (
      &(WaxRevocationQuestion) {
          .chain = chain,
          .cache = settings->revocation_cache != NULL ? settings->revocation_cache
                                                      : wax_revocation_cache_in_memory (),
          .now = wax_clock_now () / G_USEC_PER_SEC,
      },
      &self->revocation_detail, self->cancellable);
  self->report->revocation_ms = wax_clock_elapsed_ms (started);
}

static gboolean
guard_read_chain (Guard *self, GError **error)
{
  GPtrArray *chain = wax_certificate_details_chain (self->certificate, error);

  if (chain == NULL)
    return FALSE;
  g_ptr_array_unref (self->report->chain);
  self->report->chain = chain;

  return TRUE;
}

/* ---- preparing ---- */

/* Whether nothing that can be judged by now fails: version and suite are not known
 * yet, and nobody was asked about revocation. */
static gboolean
guard_may_go_on (Guard *self)
{
  WaxTlsPolicy policy = self->settings->policy;
  g_autoptr (GPtrArray) checks = NULL;

  policy.revocation = WAX_DEMAND_OFF;
  checks = guard_judge_by (self, &policy);
  for (guint i = 0; i < checks->len; i++)
    {
      const WaxCheck *check = checks->pdata[i];

      if (check->result == WAX_CHECK_FAIL && strcmp (check->name, "policy") != 0)
        return FALSE;
    }

  return TRUE;
}

/* Comes only for a certificate that GIO finds fault with. */
static gboolean
accept_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  Guard *self = user_data;

  g_set_object (&self->certificate, certificate);
  self->errors = errors;
  if (!guard_read_chain (self, NULL))
    return FALSE;
  guard_ask_dane (self);

  return guard_may_go_on (self);
}

/* The server's CertificateRequest, on the handshake's thread. */
static void
certificate_asked_cb (GObject *tls, GParamSpec *pspec, gpointer user_data)
{
  Guard *self = user_data;

  g_atomic_int_set (&self->client_cert_asked, TRUE);
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
  if (self->authorities.database != NULL)
    g_tls_connection_set_database (self->tls, self->authorities.database);
  g_signal_connect (self->tls, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  g_signal_connect (self->tls, "notify::accepted-cas", G_CALLBACK (certificate_asked_cb), self);

  return TRUE;
}

/* ---- the outcome ---- */

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

/* What an exception was needed for is not needed twice in words. */
static void
guard_note_exceptions (WaxConnectionReport *report)
{
  for (guint i = 0; i < report->checks->len; i++)
    {
      const WaxCheck *check = report->checks->pdata[i];

      if (check->exception != NULL
          && !g_ptr_array_find_with_equal_func (report->exceptions, check->exception, g_str_equal, NULL))
        g_ptr_array_add (report->exceptions, g_strdup (check->exception));
    }
}

/* Whether everything that was seen of the connection is in order. */
static gboolean
guard_verify (Guard *self, GError **error)
{
  WaxConnectionReport *report = self->report;
  g_autoptr (GError) cause = NULL;
  const WaxCheck *failure;

  if (!guard_read_chain (self, &cause))
    {
      g_ptr_array_unref (report->checks);
      report->checks = wax_tls_policy_unreached ("The server's certificate cannot be read.");
      g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CHAIN, "The server's certificate cannot be read: %s",
                   cause->message);
      return FALSE;
    }
  guard_ask_dane (self);
  guard_ask_revocation (self);
  g_ptr_array_unref (report->checks);
  report->checks = guard_judge_by (self, &self->settings->policy);
  guard_note_exceptions (report);

  failure = wax_tls_policy_first_failure (report->checks);
  if (failure != NULL)
    {
      g_set_error_literal (error, WAX_TLS_ERROR, (int) error_of_check (failure->name), failure->detail);
      return FALSE;
    }
  report->verified = TRUE;

  return TRUE;
}

/* Sets the error of a handshake that ended with @cause after the server had asked for a
 * certificate, if it was for that. */
static gboolean
explain_client_certificate (WaxConnectionReport *report, const GError *cause, GError **error)
{
  gboolean demanded = g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED);

  if (!report->client_cert_asked || cause == NULL || cause->domain != G_TLS_ERROR
      || g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return FALSE;
  if (report->client_cert == NULL)
    g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CLIENT_CERTIFICATE,
                 demanded ? "The server demands a client certificate, and this account has none"
                          : "The server asked for a client certificate, got none, and closed the "
                            "connection");
  else
    g_set_error (error, WAX_TLS_ERROR, WAX_TLS_ERROR_CLIENT_CERTIFICATE,
                 "The server closed the connection after it was shown the client certificate of “%s”: it "
                 "does not accept that one",
                 report->client_cert);

  return TRUE;
}

gboolean
wax_tls_guard_explain_loss (GIOStream *stream,
                            WaxConnectionReport *report,
                            const GError *cause,
                            GError **error)
{
  g_autoptr (GError) unread = NULL;
  char octet;

  /* A write fails once the server is gone; what it said before is still to be read. */
  if (report->client_cert_asked && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    {
      g_input_stream_read (g_io_stream_get_input_stream (stream), &octet, 1, NULL, &unread);
      cause = unread;
    }

  return explain_client_certificate (report, cause, error);
}

/* An exception that came too late for this process is worth a word. */
static const char *
guard_late_exception (Guard *self)
{
  return wax_tls_guard_prepare_process (self->settings->policy.exceptions)
             ? ""
             : ". An exception of this account, for a cipher suite, takes effect only once Waxseal is "
               "started "
               "again";
}

/* Says why there was no handshake, in words and with the right code. */
static void
guard_explain (Guard *self, GError *cause, GError **error)
{
  g_autofree char *said = NULL;

  if (explain_client_certificate (self->report, cause, error))
    return;
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
                 "No TLS could be agreed on with the server: %s%s", cause->message,
                 guard_late_exception (self));
}

/* What stands in the report of an earlier try must not pass for this one's. */
static void
guard_reset_report (WaxConnectionReport *report)
{
  report->verified = FALSE;
  g_clear_pointer (&report->tls_version, g_free);
  g_clear_pointer (&report->cipher, g_free);
  report->client_cert_asked = FALSE;
  g_clear_pointer (&report->client_cert, g_free);
  report->revocation_ms = -1;
  g_ptr_array_set_size (report->exceptions, 0);
  g_ptr_array_set_size (report->chain, 0);
  g_ptr_array_unref (report->checks);
  report->checks = wax_tls_policy_unreached ("The TLS handshake was not finished.");
}

/* The subject of the client certificate, if it was asked for and shown. */
static void
guard_note_client_certificate (Guard *self)
{
  WaxConnectionReport *report = self->report;
  g_autoptr (GPtrArray) chain = NULL;

  report->client_cert_asked = g_atomic_int_get (&self->client_cert_asked);
  if (!report->client_cert_asked || self->settings->client_certificate == NULL)
    return;
  chain = wax_certificate_details_chain (self->settings->client_certificate, NULL);
  if (chain != NULL && chain->len > 0)
    report->client_cert = g_strdup (((WaxCertificateDetails *) chain->pdata[0])->subject);
}

GTlsConnection *
wax_tls_guard_secure (GIOStream *base,
                      const WaxTlsSettings *settings,
                      WaxConnectionReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (Guard) self = { .settings = settings, .report = report, .cancellable = cancellable };
  g_autoptr (GError) cause = NULL;
  guint timeout_s = settings->timeout_s > 0 ? settings->timeout_s : DEFAULT_TIMEOUT_S;
  gint64 started = wax_clock_monotonic ();
  gboolean ok;

  g_return_val_if_fail (G_IS_IO_STREAM (base), NULL);
  g_return_val_if_fail (settings->hostname != NULL, NULL);
  g_return_val_if_fail (WAX_IS_CONNECTION_REPORT (report), NULL);

  guard_reset_report (report);

  if (!guard_set_hostname (&self, error)
      || !wax_tls_authorities_load (&self.authorities, settings->ca_pem, settings->ca_file, error)
      || !guard_prepare (&self, base, error))
    return NULL;

  ok = wax_tls_handshake (self.tls, settings->client_certificate, timeout_s, cancellable, &cause);
  report->tls_ms = wax_clock_elapsed_ms (started);
  g_signal_handlers_disconnect_by_data (self.tls, &self);
  guard_note_client_certificate (&self);
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
