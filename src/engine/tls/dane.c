/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A server's TLSA records, asked for beside the connection.
 *
 * Which name: where the host is an alias and DNSSEC proves the whole way, first the
 * name at its end, then the host itself (RFC 7671 section 7); the first that has
 * records counts. A TLSA name may be an alias too, proved or not used.
 *
 * RFC 7672 section 2.2.2 asks for no TLSA records where the addresses are not proved,
 * since some servers answer such questions wrongly. Here they are asked for all the
 * same: the host comes from the account and not from the DNS, its certificate is
 * verified in any case, and a wrong answer fails only those who demand the check. An
 * address that is proved to be forged, though, is an answer that fails.
 *
 * A server that SRV records name is another matter: they must be proved first. */

#include "dane.h"

#include <string.h>

#include "dane-match.h"
#include "dns-name.h"

struct _WaxDaneQuestion
{
  WaxDnsResolver *resolver;
  GCancellable *cancellable;
  GThread *thread; /* (nullable) */
  char *service;   /* (nullable) the name of the SRV records that led to the host */
  char *host;
  guint16 port;

  GMutex mutex;
  GCond answered;
  gboolean done;

  /* Written by the thread until it is done. */
  WaxDaneState state; /* NOT_ASKED: there are records */
  char *detail;       /* (nullable) of another state */
  char *owner;        /* (nullable) the name that has the records */
  GPtrArray *records; /* (nullable) (element-type WaxTlsaRecord) */
  guint malformed;
};

static void
question_destroy (WaxDaneQuestion *self)
{
  g_clear_pointer (&self->resolver, wax_dns_resolver_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_object_unref (self->cancellable);
  g_free (self->service);
  g_free (self->host);
  g_free (self->detail);
  g_free (self->owner);
  g_cond_clear (&self->answered);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- asking, on the thread ---- */

static void G_GNUC_PRINTF (3, 4)
    question_conclude (WaxDaneQuestion *self, WaxDaneState state, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (self->detail);
  self->detail = g_strdup_vprintf (format, args);
  va_end (args);
  self->state = state;
}

static void
question_conclude_bogus (WaxDaneQuestion *self, const char *what, const WaxDnsAnswer *answer)
{
  question_conclude (
      self, WAX_DANE_BOGUS,
      "What the DNS says of %s is signed, and the signature is wrong: an attack, or a fault of "
      "whoever runs it%s%s%s.",
      what, answer->why_bogus != NULL ? " (" : "", answer->why_bogus != NULL ? answer->why_bogus : "",
      answer->why_bogus != NULL ? ")" : "");
}

static void
question_take_records (WaxDaneQuestion *self, const char *owner, const WaxDnsAnswer *answer)
{
  self->state = WAX_DANE_NOT_ASKED;
  g_clear_pointer (&self->detail, g_free);
  g_set_str (&self->owner, owner);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tlsa_record_free);
  for (guint i = 0; i < answer->records->len; i++)
    {
      WaxTlsaRecord *record = wax_tlsa_record_parse (answer->records->pdata[i]);

      if (record != NULL)
        g_ptr_array_add (self->records, record);
      else
        self->malformed++;
    }
}

/* Whether the matter is settled: records, or an answer that fails. */
static gboolean
question_try_name (WaxDaneQuestion *self, const char *name)
{
  g_autofree char *owner = g_strdup_printf ("_%u._tcp.%s", self->port, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxDnsAnswer)
      answer = wax_dns_lookup (self->resolver, owner, WAX_DNS_TLSA, self->cancellable, &error);

  if (answer == NULL)
    {
      question_conclude (self, WAX_DANE_NO_ANSWER, "TLSA records could not be looked up: %s.",
                         error->message);
      return TRUE;
    }
  if (answer->security == WAX_DNS_BOGUS)
    {
      question_conclude_bogus (self, owner, answer);
      return TRUE;
    }
  if (answer->security == WAX_DNS_SECURE && answer->records->len > 0)
    {
      question_take_records (self, owner, answer);
      return TRUE;
    }

  if (answer->records->len > 0)
    question_conclude (self, WAX_DANE_NO_RECORDS,
                       "There are TLSA records at %s, but DNSSEC does not prove them, so they say nothing.",
                       owner);
  else if (self->detail == NULL)
    question_conclude (self, WAX_DANE_NO_RECORDS,
                       answer->security == WAX_DNS_SECURE
                           ? "There are no TLSA records at %s; DNSSEC proves it."
                           : "There are no TLSA records at %s.",
                       owner);

  return FALSE;
}

static gboolean
is_among (GPtrArray *records, const char *target, guint16 port)
{
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (WaxSrvRecord) record = wax_srv_record_parse (records->pdata[i]);

      if (record != NULL && record->port == port && strcmp (record->target, target) == 0)
        return TRUE;
    }

  return FALSE;
}

/* RFC 7673 section 3.1. */
static gboolean
question_prove_service (WaxDaneQuestion *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *target = wax_dns_name_check (self->host, &error);
  g_autoptr (WaxDnsAnswer) answer = NULL;

  if (target != NULL)
    answer = wax_dns_lookup (self->resolver, self->service, WAX_DNS_SRV, self->cancellable, &error);
  if (answer == NULL)
    question_conclude (self, WAX_DANE_NO_ANSWER, "SRV records could not be proved: %s.", error->message);
  else if (answer->security == WAX_DNS_BOGUS)
    question_conclude_bogus (self, self->service, answer);
  else if (answer->security == WAX_DNS_INSECURE)
    question_conclude (
        self, WAX_DANE_NO_RECORDS,
        "DNSSEC does not prove the SRV records at %s, so TLSA records of the server that they name "
        "would say nothing.",
        self->service);
  else if (!is_among (answer->records, target, self->port))
    question_conclude (
        self, WAX_DANE_BOGUS,
        "DNSSEC proves other SRV records at %s than those that led to %s: an attack, or a fault of "
        "the DNS servers of this network.",
        self->service, target);
  else
    return TRUE;

  return FALSE;
}

static void
question_ask_host (WaxDaneQuestion *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxDnsAnswer)
      address = wax_dns_lookup (self->resolver, self->host, WAX_DNS_A, self->cancellable, &error);

  if (address != NULL && address->security == WAX_DNS_BOGUS)
    {
      question_conclude_bogus (self, self->host, address);
      return;
    }
  if (address != NULL && address->security == WAX_DNS_SECURE && address->canonical != NULL
      && question_try_name (self, address->canonical))
    return;
  if (question_try_name (self, self->host) || address != NULL)
    return;

  /* Where the host may be an alias, that it has no records of its own proves nothing. */
  question_conclude (self, WAX_DANE_NO_ANSWER, "TLSA records could not be looked up: %s.", error->message);
}

static void
question_ask (WaxDaneQuestion *self)
{
  if (self->service == NULL || question_prove_service (self))
    question_ask_host (self);
}

static void
question_finish (WaxDaneQuestion *self)
{
  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static gpointer
ask_cb (gpointer data)
{
  WaxDaneQuestion *self = data;

  question_ask (self);
  question_finish (self);

  return NULL;
}

/* @service: taken */
static WaxDaneQuestion *
question_start (WaxDnsResolver *resolver, char *service, const char *host, guint16 port)
{
  WaxDaneQuestion *self = g_new0 (WaxDaneQuestion, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  self->resolver = wax_dns_resolver_ref (resolver);
  self->cancellable = g_cancellable_new ();
  self->service = service;
  /* One that is no name says so when it is asked for. */
  self->host = wax_dns_name_check (host, NULL);
  if (self->host == NULL)
    self->host = g_strdup (host);
  self->port = port;
  if (strchr (host, ':') != NULL || g_hostname_is_ip_address (host))
    {
      question_conclude (self, WAX_DANE_NO_RECORDS, "An address has no TLSA records: they are for names.");
      question_finish (self);
      return self;
    }

  self->thread = g_thread_try_new ("wax-dane", ask_cb, self, NULL);
  if (self->thread == NULL)
    {
      question_conclude (self, WAX_DANE_NO_ANSWER,
                         "TLSA records could not be looked up: there is no thread for it.");
      question_finish (self);
    }

  return self;
}

WaxDaneQuestion *
wax_dane_ask (WaxDnsResolver *resolver, const char *host, guint16 port)
{
  g_return_val_if_fail (resolver != NULL && host != NULL, NULL);

  return question_start (resolver, NULL, host, port);
}

WaxDaneQuestion *
wax_dane_ask_service (WaxDnsResolver *resolver,
                      const char *domain,
                      const char *service,
                      const char *target,
                      guint16 port)
{
  g_return_val_if_fail (resolver != NULL && domain != NULL && service != NULL && target != NULL, NULL);

  return question_start (resolver, g_strdup_printf ("_%s._tcp.%s", service, domain), target, port);
}

void
wax_dane_free (WaxDaneQuestion *self)
{
  if (self == NULL)
    return;

  /* Cancelled it ends at once. It must not be left to itself: what the library it is in
   * stands on is taken down when the process ends. */
  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  question_destroy (self);
}

/* ---- judging ---- */

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  WaxDaneQuestion *self = data;

  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static gboolean
question_wait (WaxDaneQuestion *self, guint timeout_s, GCancellable *cancellable)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_s * G_USEC_PER_SEC;
  gulong handler = 0;
  gboolean done;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
  g_mutex_lock (&self->mutex);
  while (!self->done && !g_cancellable_is_cancelled (cancellable)
         && g_cond_wait_until (&self->answered, &self->mutex, deadline))
    ;
  done = self->done;
  g_mutex_unlock (&self->mutex);
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);

  return done;
}

static char *
describe (WaxDaneQuestion *self, WaxDaneState state, const WaxTlsaRecord *matched)
{
  static const char *const vouched[] = {
    [WAX_TLSA_PKIX_TA] = "names a CA that signed the server's certificate",
    [WAX_TLSA_PKIX_EE] = "names the server's certificate",
    [WAX_TLSA_DANE_TA] = "names a CA that signed the server's certificate",
    [WAX_TLSA_DANE_EE] = "names the server's certificate",
  };

  if (matched != NULL)
    return g_strdup_printf ("The TLSA record %u %u %u at %s, proved by DNSSEC, %s.", matched->usage,
                            matched->selector, matched->matching, self->owner, vouched[matched->usage]);
  if (state == WAX_DANE_UNUSABLE)
    return g_strdup_printf ("DNSSEC proves %u TLSA records at %s, but none that can be used.",
                            self->records->len + self->malformed, self->owner);

  return g_strdup_printf (
      "DNSSEC proves TLSA records at %s, and none of them is for the certificate that the server "
      "showed.",
      self->owner);
}

WaxDaneState
wax_dane_judge (WaxDaneQuestion *self,
                GPtrArray *chain,
                const char *host,
                guint timeout_s,
                GCancellable *cancellable,
                char **detail)
{
  const WaxTlsaRecord *matched = NULL;
  WaxDaneState state;

  g_return_val_if_fail (self != NULL && chain != NULL && host != NULL && detail != NULL, WAX_DANE_NO_ANSWER);

  if (!question_wait (self, timeout_s, cancellable))
    {
      *detail = g_strdup_printf ("TLSA records of %s could not be looked up: the DNS did not answer in time.",
                                 self->host);
      return WAX_DANE_NO_ANSWER;
    }
  if (self->records == NULL)
    {
      *detail = g_strdup (self->detail);
      return self->state;
    }

  state = wax_dane_match (self->records, chain, host, &matched);
  *detail = describe (self, state, matched);

  return state;
}
