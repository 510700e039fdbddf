/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks about the certificates of a chain that was verified: what is kept, then
 * the authority's OCSP responder, then its revocation list. What was kept is
 * judged as if it had just come, so that whoever can write to a cache can make
 * nothing of it but a question asked again. */

#include "revocation.h"

#include <string.h>

#include "clock.h"
#include "crl.h"
#include "ocsp.h"
#include "shown-text.h"
#include "web-fetch.h"

#define DEFAULT_TIMEOUT_S 5
#define MAX_FETCHES       4
#define MAX_CHAIN         16
#define MAX_PLACES        16
#define MAX_URL           1000
#define MAX_REDIRECTS     2
/* RFC 5019 section 5: what is longer than this in all is a POST. */
#define MAX_GET_URL 255
/* An answer may hold for weeks; one that is older than this is asked for again. */
#define KEEP_S (24 * 3600)

/* One question, on its way along the chain. */
typedef struct
{
  const WaxRevocationQuestion *question;
  GCancellable *cancellable;
  gint64 deadline; /* monotonic, µs */
  guint fetches;
} Asking;

/* One certificate of it. */
typedef struct
{
  gnutls_x509_crt_t certificate;
  gnutls_x509_crt_t issuer; /* (nullable) */
  GBytes *der;
  GBytes *issuer_der;
} Subject;

/* How it came out for one certificate. @words: a clause without a subject. */
typedef struct
{
  WaxRevocationState state;
  char *words;
} Finding;

static Finding
finding (WaxRevocationState state, char *words)
{
  return (Finding) { state, words };
}

/* ---- the certificates ---- */

static gnutls_x509_crt_t
import (GBytes *der)
{
  gsize length;
  const void *data = g_bytes_get_data (der, &length);
  gnutls_datum_t datum = { (unsigned char *) data, (unsigned) MIN (length, G_MAXUINT) };
  gnutls_x509_crt_t certificate = NULL;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_DER) >= 0)
    return certificate;
  gnutls_x509_crt_deinit (certificate);

  return NULL;
}

static void
drop_certificate (gpointer data)
{
  if (data != NULL)
    gnutls_x509_crt_deinit (data);
}

/* (transfer full) (nullable) Where @certificate says that OCSP is spoken: the first
 * address that plain HTTP reaches, since TLS would ask this question again. */
static char *
find_responder (gnutls_x509_crt_t certificate)
{
  for (unsigned i = 0; i < MAX_PLACES; i++)
    {
      gnutls_datum_t uri = { NULL, 0 };
      int code = gnutls_x509_crt_get_authority_info_access (certificate, i, GNUTLS_IA_OCSP_URI, &uri, NULL);
      g_autofree char *url = code >= 0 ? g_strndup ((const char *) uri.data, uri.size) : NULL;

      gnutls_free (uri.data);
      if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return NULL;
      if (url != NULL && g_ascii_strncasecmp (url, "http://", 7) == 0 && strlen (url) <= MAX_URL)
        return g_steal_pointer (&url);
    }

  return NULL;
}

/* The same for the list. A point that is for some reasons only is none. */
static char *
find_list (gnutls_x509_crt_t certificate)
{
  for (unsigned i = 0; i < MAX_PLACES; i++)
    {
      char url[MAX_URL + 1];
      size_t size = sizeof url;
      unsigned reasons = 0;
      int type = gnutls_x509_crt_get_crl_dist_points (certificate, i, url, &size, &reasons, NULL);

      if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return NULL;
      if (type == GNUTLS_SAN_URI && reasons == 0 && size < sizeof url
          && g_ascii_strncasecmp (url, "http://", MIN (7, size)) == 0)
        return g_strndup (url, size);
    }

  return NULL;
}

/* ---- keeping ---- */

/* An OCSP answer is about one certificate of one authority, a list about a place. */
static char *
ocsp_key (const Subject *subject)
{
  g_autofree char *certificate = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, subject->der);
  g_autofree char *issuer = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, subject->issuer_der);

  return g_strdup_printf ("ocsp:%s:%s", certificate, issuer);
}

static char *
list_key (const Subject *subject, const char *url)
{
  g_autofree char *place = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url, -1);
  g_autofree char *issuer = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, subject->issuer_der);

  return g_strdup_printf ("crl:%s:%s", place, issuer);
}

static GBytes *
look_up (Asking *self, const char *key)
{
  const WaxRevocationCache *cache = self->question->cache;

  return cache != NULL ? cache->lookup (cache->data, key) : NULL;
}

static void
keep (Asking *self, const char *key, GBytes *octets, const WaxRevocationAnswer *answer)
{
  const WaxRevocationCache *cache = self->question->cache;
  gint64 expires = MIN (answer->until, self->question->now + KEEP_S);

  if (cache != NULL && expires > self->question->now)
    cache->keep (cache->data, key, octets, expires);
}

/* ---- fetching ---- */

static GBytes *
fetch (Asking *self, WaxWebRequest request, GError **error)
{
  gint64 left = self->deadline - wax_clock_monotonic ();

  if (left <= 0 || self->fetches >= MAX_FETCHES)
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_TIMED_OUT, "%s was not asked: %s", request.url,
                   left <= 0 ? "there was no time left" : "enough places were asked for one connection");
      return NULL;
    }
  self->fetches++;
  request.redirects = MAX_REDIRECTS;
  request.timeout_s = (guint) ((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  return wax_web_fetch (&request, self->cancellable, error);
}

/* RFC 6960 appendix A.1: the request in the path, which caches on the way can answer. */
static char *
get_url (const char *responder, GBytes *request)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (request, &length);
  g_autofree char *base64 = g_base64_encode (data, length);
  g_autofree char *escaped = g_uri_escape_string (base64, NULL, FALSE);
  g_autofree char *url = g_strconcat (responder, g_str_has_suffix (responder, "/") ? "" : "/", escaped, NULL);

  if (strlen (url) > MAX_GET_URL || strchr (responder, '?') != NULL)
    return NULL;

  return g_steal_pointer (&url);
}

static GBytes *
fetch_ocsp (Asking *self, const Subject *subject, const char *responder, GError **error)
{
  g_autoptr (GBytes) request = wax_ocsp_request (subject->certificate, subject->issuer);
  g_autofree char *url = NULL;
  g_autoptr (GError) cause = NULL;
  GBytes *octets;

  if (request == NULL)
    {
      g_set_error_literal (error, WAX_REVOCATION_ERROR, WAX_REVOCATION_ERROR_MALFORMED,
                           "cannot be asked about this certificate");
      return NULL;
    }
  url = get_url (responder, request);
  if (url != NULL)
    {
      octets = fetch (
          self,
          (WaxWebRequest) { .url = url, .limit = WAX_OCSP_LIMIT, .accept = "application/ocsp-response" },
          &cause);
      /* Some know only POST. */
      if (octets != NULL || !g_error_matches (cause, WAX_WEB_ERROR, WAX_WEB_ERROR_STATUS))
        {
          if (octets == NULL)
            g_propagate_error (error, g_steal_pointer (&cause));
          return octets;
        }
    }

  return fetch (self,
                (WaxWebRequest) { .url = responder,
                                  .post = request,
                                  .post_type = "application/ocsp-request",
                                  .limit = WAX_OCSP_LIMIT,
                                  .accept = "application/ocsp-response" },
                error);
}

/* ---- asking ---- */

static char *
host_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return host != NULL ? wax_shown_text (host, strlen (host), 200) : wax_shown_text (url, strlen (url), 200);
}

static Finding
tell_answer (const WaxRevocationAnswer *answer, const char *what, const char *url)
{
  g_autofree char *host = host_of (url);
  g_autofree char *since = wax_clock_format (answer->since * G_USEC_PER_SEC);
  g_autofree char *until = wax_clock_format (answer->until * G_USEC_PER_SEC);
  g_autofree char *revoked = wax_clock_format (answer->revoked_at * G_USEC_PER_SEC);

  if (answer->revoked)
    return finding (WAX_REVOCATION_REVOKED,
                    g_strdup_printf ("was %s at %s, says %s of %s", answer->on_hold ? "suspended" : "revoked",
                                     revoked, what, host));

  return finding (
      WAX_REVOCATION_GOOD,
      g_strdup_printf ("is not revoked, says %s of %s (of %s, good until %s)", what, host, since, until));
}

/* Why there is no answer: a fetch's error is a sentence that names the address, a
 * judge's a clause that has none. */
static char *
tell_failure (GError *error, const char *what, const char *url)
{
  g_autofree char *host = host_of (url);

  if (error->domain == WAX_REVOCATION_ERROR)
    return g_strdup_printf ("%s of %s %s", what, host, error->message);

  return wax_shown_text (error->message, strlen (error->message), 400);
}

static gboolean
ask_responder (Asking *self,
               const Subject *subject,
               const char *url,
               WaxRevocationAnswer *answer,
               GError **error)
{
  g_autofree char *key = ocsp_key (subject);
  g_autoptr (GBytes) kept = look_up (self, key);
  g_autoptr (GBytes) octets = NULL;

  if (kept != NULL
      && wax_ocsp_judge (kept, subject->certificate, subject->issuer, self->question->now, answer, NULL))
    return TRUE;
  octets = fetch_ocsp (self, subject, url, error);
  if (octets == NULL
      || !wax_ocsp_judge (octets, subject->certificate, subject->issuer, self->question->now, answer, error))
    return FALSE;
  keep (self, key, octets, answer);

  return TRUE;
}

static gboolean
ask_list (Asking *self, const Subject *subject, const char *url, WaxRevocationAnswer *answer, GError **error)
{
  g_autofree char *key = list_key (subject, url);
  g_autoptr (GBytes) kept = look_up (self, key);
  g_autoptr (GBytes) octets = NULL;

  if (kept != NULL
      && wax_crl_judge (kept, url, subject->certificate, subject->issuer, self->question->now, answer, NULL))
    return TRUE;
  octets = fetch (self, (WaxWebRequest) { .url = url, .limit = WAX_CRL_LIMIT }, error);
  if (octets == NULL
      || !wax_crl_judge (octets, url, subject->certificate, subject->issuer, self->question->now, answer,
                         error))
    return FALSE;
  keep (self, key, octets, answer);

  return TRUE;
}

static Finding
no_answer (GPtrArray *why)
{
  g_autofree char *reasons = g_strjoinv ("; ", (char **) why->pdata);

  return finding (WAX_REVOCATION_NO_ANSWER, g_strdup_printf ("could not be asked about: %s", reasons));
}

static Finding
ask_about (Asking *self, const Subject *subject)
{
  static const char responder_words[] = "the OCSP responder", list_words[] = "the revocation list";
  g_autofree char *responder = find_responder (subject->certificate);
  g_autofree char *list = find_list (subject->certificate);
  g_autoptr (GPtrArray) why = g_ptr_array_new_null_terminated (2, g_free, TRUE);
  WaxRevocationAnswer answer = { 0 };

  if (responder == NULL && list == NULL)
    return finding (WAX_REVOCATION_NO_PLACE, g_strdup ("names no place where it could be asked about"));
  if (subject->issuer == NULL)
    return finding (WAX_REVOCATION_NO_ANSWER,
                    g_strdup ("could not be asked about: its authority's own certificate is not known"));
  if (responder != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (ask_responder (self, subject, responder, &answer, &error))
        return tell_answer (&answer, responder_words, responder);
      g_ptr_array_add (why, tell_failure (error, responder_words, responder));
    }
  if (list != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (ask_list (self, subject, list, &answer, &error))
        return tell_answer (&answer, list_words, list);
      g_ptr_array_add (why, tell_failure (error, list_words, list));
    }

  return no_answer (why);
}

/* ---- the chain ---- */

static char *
name_of (gnutls_x509_crt_t certificate, guint position)
{
  gnutls_datum_t dn = { NULL, 0 };
  g_autofree char *shown = NULL;

  if (position == 0)
    return g_strdup ("The server's certificate");
  if (gnutls_x509_crt_get_dn3 (certificate, &dn, 0) < 0)
    return g_strdup ("The certificate of an authority");
  shown = wax_shown_text (dn.data, dn.size, 200);
  gnutls_free (dn.data);

  return g_strdup_printf ("The authority's certificate “%s”", shown);
}

/* Whether the certificate ends the chain: nobody can revoke a root. */
static gboolean
is_root (gnutls_x509_crt_t certificate)
{
  return gnutls_x509_crt_check_issuer (certificate, certificate) != 0;
}

/* The worst of two, where the leaf's own state is worth more than the others'. */
static gboolean
is_worse (WaxRevocationState found, WaxRevocationState so_far)
{
  if (found == WAX_REVOCATION_REVOKED)
    return TRUE;

  return found == WAX_REVOCATION_NO_ANSWER && so_far == WAX_REVOCATION_GOOD;
}

static GPtrArray *
import_chain (GPtrArray *chain)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func (drop_certificate);

  for (guint i = 0; i < MIN (chain->len, MAX_CHAIN); i++)
    {
      gnutls_x509_crt_t certificate = import (chain->pdata[i]);

      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (certificates, certificate);
    }

  return certificates->len > 0 ? g_steal_pointer (&certificates) : NULL;
}

/* Whether @issuer's key signed @certificate, not only its name stands there: a server may
 * send a certificate of its own making that bears the authority's name, and whose key would
 * sign any answer. */
static gboolean
is_signed_by (gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
  unsigned status = G_MAXUINT;

  return gnutls_x509_crt_check_issuer (certificate, issuer) != 0
         && gnutls_x509_crt_verify (certificate, &issuer, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status) >= 0
         && status == 0;
}

/* The place of the authority of the certificate at @i, wherever it stands in the chain;
 * their number if it is not there. */
static guint
find_issuer (GPtrArray *certificates, guint i)
{
  for (guint j = 0; j < certificates->len; j++)
    if (j != i && is_signed_by (certificates->pdata[i], certificates->pdata[j]))
      return j;

  return certificates->len;
}

static Subject
subject_at (const WaxRevocationQuestion *question, GPtrArray *certificates, guint i, guint issuer)
{
  Subject subject = { .certificate = certificates->pdata[i], .der = question->chain->pdata[i] };

  if (issuer < certificates->len)
    {
      subject.issuer = certificates->pdata[issuer];
      subject.issuer_der = question->chain->pdata[issuer];
    }

  return subject;
}

WaxRevocationState
wax_revocation_ask (const WaxRevocationQuestion *question, char **detail, GCancellable *cancellable)
{
  guint timeout_s = question->timeout_s > 0 ? question->timeout_s : DEFAULT_TIMEOUT_S;
  Asking asking = {
    .question = question,
    .cancellable = cancellable,
    .deadline = wax_clock_monotonic () + (gint64) timeout_s * G_USEC_PER_SEC,
  };
  g_autoptr (GPtrArray) certificates = import_chain (question->chain);
  WaxRevocationState state = WAX_REVOCATION_NO_PLACE;

  *detail = NULL;
  if (certificates == NULL)
    {
      *detail = g_strdup ("The certificates cannot be read.");
      return WAX_REVOCATION_NO_ANSWER;
    }
  /* From the leaf to its authority, and so on; two may have signed each other. */
  for (guint i = 0, issuer, steps = 0;
       i < certificates->len && steps < certificates->len && state != WAX_REVOCATION_REVOKED;
       i = issuer, steps++)
    {
      g_autofree char *name = NULL;
      Subject subject;
      Finding found;

      issuer = find_issuer (certificates, i);
      subject = subject_at (question, certificates, i, issuer);

      if (is_root (subject.certificate))
        break;
      found = ask_about (&asking, &subject);
      if (i == 0 || is_worse (found.state, state))
        {
          name = name_of (subject.certificate, i);
          state = found.state;
          g_free (*detail);
          *detail = g_strdup_printf ("%s %s.", name, found.words);
        }
      g_free (found.words);
    }
  if (*detail == NULL)
    *detail = g_strdup ("The server's certificate is its own authority, whom nobody can ask about it.");

  return state;
}
