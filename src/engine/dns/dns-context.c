/* SPDX-License-Identifier: GPL-3.0-or-later */

/* libunbound, asked from several threads at once. It resolves on a thread of its
 * own and reports over a descriptor; a thread of ours waits there and hands each
 * answer to the one that asked, who waits with a deadline and may be cancelled.
 *
 * A question lives on the stack of the one that asks. That is safe because
 * ub_cancel() says whether the library still has it: if so it is never called back,
 * and if not the answer is on its way through our thread, and is waited for. */

#include "dns-context.h"

#include "dns-resolver.h"
#include "trust-anchor.h"

struct _WaxDnsContext
{
  gatomicrefcount refs;
  struct ub_ctx *ub;
  GMutex mutex;
  GCond answered;      /* a question is done, cancelled, or never will be done */
  GThread *dispatcher; /* (nullable) until the first question */
  GCancellable *stop;
  gboolean broken;
};

typedef struct
{
  WaxDnsContext *context;
  struct ub_result *result;
  int failure;
  gboolean done;
} Question;

/* The library has globals (its log) that creating and deleting touch. */
static GMutex library_mutex;

static const struct
{
  const char *name;
  const char *value;
} options[] = {
  { "do-not-query-localhost:", "no" }, /* a resolver on this machine is a usual thing */
  { "qname-minimisation:", "yes" },    /* RFC 9156 */
  { "harden-dnssec-stripped:", "yes" },
  { "trust-anchor-signaling:", "no" }, /* RFC 8145: nobody's business */
  /* A network that was away comes back within the life of the program. */
  { "infra-host-ttl:", "60" },
  { "infra-keep-probing:", "yes" },
};

/* RFC 6303: names of private networks, which only their own servers know. */
static const struct
{
  const char *name;
  const char *value;
} private_network_options[] = {
  { "unblock-lan-zones:", "yes" },
  { "insecure-lan-zones:", "yes" },
};

/* RFC 6761: the library answers for these by itself. A server that was named by
 * the user is asked all the same. */
static const char *const special_zones[] = { "localhost.", "test.", "invalid." };

/* ---- making it ---- */

static gboolean
refuse (int code, const char *what, GError **error)
{
  if (code == 0)
    return TRUE;

  g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS, "The resolver could not be set up with %s: %s",
               what, ub_strerror (code));

  return FALSE;
}

static gboolean
set_servers (struct ub_ctx *ub, const WaxDnsContextSettings *settings, GError **error)
{
  if (settings->server != NULL)
    return refuse (ub_ctx_set_fwd (ub, settings->server), settings->server, error);
  if (settings->resolv_conf == NULL)
    return TRUE;

  /* resolv.conf(5): without the file, the server is the one on this machine. */
  if (ub_ctx_resolvconf (ub, settings->resolv_conf) == 0)
    return TRUE;
  return refuse (ub_ctx_set_fwd (ub, "127.0.0.1"), "the local server", error);
}

static gboolean
set_options (struct ub_ctx *ub, const WaxDnsContextSettings *settings, GError **error)
{
  gboolean forwards = settings->server != NULL || settings->resolv_conf != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (!refuse (ub_ctx_set_option (ub, options[i].name, options[i].value), options[i].name, error))
      return FALSE;
  for (gsize i = 0; forwards && i < G_N_ELEMENTS (private_network_options); i++)
    if (!refuse (ub_ctx_set_option (ub, private_network_options[i].name, private_network_options[i].value),
                 private_network_options[i].name, error))
      return FALSE;

  return refuse (ub_ctx_async (ub, TRUE), "threads", error);
}

static gboolean
set_anchors (struct ub_ctx *ub, GPtrArray *anchors, GError **error)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      const WaxTrustAnchor *anchor = g_ptr_array_index (anchors, i);

      if (!refuse (ub_ctx_add_ta (ub, anchor->record), "a trust anchor", error))
        return FALSE;
    }

  return TRUE;
}

/* The first change of a zone has the library take all settings, and say if it cannot. */
static gboolean
finish_settings (struct ub_ctx *ub, const WaxDnsContextSettings *settings, GError **error)
{
  if (!refuse (ub_ctx_zone_remove (ub, "waxseal.invalid."), "these settings and trust anchors", error))
    return FALSE;
  for (gsize i = 0; settings->server != NULL && i < G_N_ELEMENTS (special_zones); i++)
    if (!refuse (ub_ctx_zone_remove (ub, special_zones[i]), special_zones[i], error))
      return FALSE;

  return TRUE;
}

WaxDnsContext *
wax_dns_context_new (const WaxDnsContextSettings *settings, GError **error)
{
  g_autoptr (WaxDnsContext) self = g_new0 (WaxDnsContext, 1);
  gboolean good;

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  self->stop = g_cancellable_new ();

  g_mutex_lock (&library_mutex);
  self->ub = ub_ctx_create ();
  good = self->ub != NULL;
  if (!good)
    refuse (UB_NOMEM, "memory", error);
  else
    {
      ub_ctx_debugout (self->ub, NULL);
      good = set_options (self->ub, settings, error) && set_servers (self->ub, settings, error)
             && set_anchors (self->ub, settings->anchors, error)
             && finish_settings (self->ub, settings, error);
    }
  g_mutex_unlock (&library_mutex);

  return good ? g_steal_pointer (&self) : NULL;
}

WaxDnsContext *
wax_dns_context_ref (WaxDnsContext *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
wax_dns_context_unref (WaxDnsContext *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_cancellable_cancel (self->stop);
  if (self->dispatcher != NULL)
    g_thread_join (self->dispatcher);
  g_mutex_lock (&library_mutex);
  if (self->ub != NULL)
    ub_ctx_delete (self->ub);
  g_mutex_unlock (&library_mutex);
  g_clear_object (&self->stop);
  g_cond_clear (&self->answered);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gboolean
wax_dns_context_is_broken (WaxDnsContext *self)
{
  gboolean broken;

  g_mutex_lock (&self->mutex);
  broken = self->broken;
  g_mutex_unlock (&self->mutex);

  return broken;
}

/* ---- answers ---- */

/* On the dispatcher, from ub_process(). */
static void
answered_cb (void *data, int failure, struct ub_result *result)
{
  Question *question = data;
  WaxDnsContext *self = question->context;

  g_mutex_lock (&self->mutex);
  question->failure = failure;
  question->result = result;
  question->done = TRUE;
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static gpointer
dispatch (gpointer data)
{
  WaxDnsContext *self = data;
  GPollFD fds[2] = { { .fd = ub_fd (self->ub), .events = G_IO_IN } };
  gboolean good = g_cancellable_make_pollfd (self->stop, &fds[1]);

  while (good && !g_cancellable_is_cancelled (self->stop))
    if (g_poll (fds, G_N_ELEMENTS (fds), -1) > 0 && fds[0].revents != 0)
      good = ub_process (self->ub) == 0;

  g_cancellable_release_fd (self->stop);
  g_mutex_lock (&self->mutex);
  self->broken = !good;
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* ---- questions ---- */

static void
start_dispatcher (WaxDnsContext *self)
{
  g_mutex_lock (&self->mutex);
  if (self->dispatcher == NULL)
    self->dispatcher = g_thread_new ("wax-dns", dispatch, self);
  g_mutex_unlock (&self->mutex);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  WaxDnsContext *self = data;

  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->answered);
  g_mutex_unlock (&self->mutex);
}

/* Until the answer, the deadline, or being cancelled; whether it is the answer. */
static gboolean
await (Question *question, gint64 deadline, GCancellable *cancellable)
{
  WaxDnsContext *self = question->context;
  gulong handler = 0;
  gboolean done;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
  g_mutex_lock (&self->mutex);
  while (!question->done && !self->broken && !g_cancellable_is_cancelled (cancellable)
         && g_cond_wait_until (&self->answered, &self->mutex, deadline))
    ;
  done = question->done;
  g_mutex_unlock (&self->mutex);
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);

  return done;
}

/* Afterwards the library does not know the question any more. */
static void
take_back (Question *question, int id)
{
  WaxDnsContext *self = question->context;
  gboolean ours = ub_cancel (self->ub, id) == 0;

  g_mutex_lock (&self->mutex);
  while (!ours && !question->done && !self->broken)
    g_cond_wait (&self->answered, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
explain (Question *question, const char *name, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return;
  if (question->done || wax_dns_context_is_broken (question->context))
    g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED, "The DNS could not be asked for %s: %s", name,
                 ub_strerror (question->done ? question->failure : UB_PIPE));
  else
    g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_TIMED_OUT, "The DNS did not answer for %s in time",
                 name);
}

struct ub_result *
wax_dns_context_ask (WaxDnsContext *self,
                     const char *name,
                     int type,
                     gint64 deadline,
                     GCancellable *cancellable,
                     GError **error)
{
  Question question = { .context = self };
  int id = 0, code;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  start_dispatcher (self);
  code = ub_resolve_async (self->ub, name, type, 1, &question, answered_cb, &id);
  if (code != 0)
    {
      g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED, "The DNS could not be asked for %s: %s", name,
                   ub_strerror (code));
      return NULL;
    }
  if (!await (&question, deadline, cancellable))
    take_back (&question, id);
  if (question.result != NULL && question.failure == 0)
    return question.result;

  explain (&question, name, cancellable, error);

  return NULL;
}
