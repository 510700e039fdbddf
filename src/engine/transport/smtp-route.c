/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which servers, in which order. An account has one server, or a domain whose SRV
 * records name them, and maybe further ones. The certificate is for what the
 * account says in every case: an SRV answer that somebody forged leads nowhere. */

#include "smtp-route.h"

#include <string.h>

#include "clock.h"
#include "smtp-await.h"

#define CONNECT_TIMEOUT 30
#define MAX_TARGETS     16
#define MAX_REMEMBERED  64

WaxSmtpServer *
wax_smtp_server_new (const char *host, const char *target, guint16 port, WaxTlsMode mode)
{
  WaxSmtpServer *self = g_new0 (WaxSmtpServer, 1);

  self->host = g_strdup (host);
  self->target = g_strdup (target);
  self->port = port;
  self->mode = mode;

  return self;
}

WaxSmtpServer *
wax_smtp_server_copy (const WaxSmtpServer *self)
{
  return wax_smtp_server_new (self->host, self->target, self->port, self->mode);
}

void
wax_smtp_server_free (WaxSmtpServer *self)
{
  if (self == NULL)
    return;

  g_free (self->host);
  g_free (self->target);
  g_free (self);
}

/* ---- the memory ---- */

/* `target:port` to when it could not be reached, in µs since the Unix epoch. */
static GMutex memory_lock;
static GHashTable *memory;

static char *
memory_key (const WaxSmtpServer *server)
{
  return g_strdup_printf ("%s:%u", server->target, server->port);
}

static gboolean
is_old (gpointer key, gpointer value, gpointer now)
{
  gint64 age = *(const gint64 *) now - *(const gint64 *) value;

  return age < 0 || age >= WAX_SMTP_ROUTE_MEMORY_S * G_USEC_PER_SEC;
}

static void
memory_make_room (void)
{
  GHashTableIter iter;
  gpointer key, value;
  gpointer oldest = NULL;
  gint64 when = G_MAXINT64;

  if (g_hash_table_size (memory) < MAX_REMEMBERED)
    return;
  g_hash_table_iter_init (&iter, memory);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (*(const gint64 *) value < when)
      {
        when = *(const gint64 *) value;
        oldest = key;
      }
  g_hash_table_remove (memory, oldest);
}

static void
memory_set (const WaxSmtpServer *server, gboolean unreached)
{
  g_autofree char *key = memory_key (server);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory_lock);

  if (memory == NULL)
    memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_remove (memory, key);
  if (unreached)
    {
      gint64 now = wax_clock_now ();

      memory_make_room ();
      g_hash_table_insert (memory, g_steal_pointer (&key), g_memdup2 (&now, sizeof now));
    }
}

static gboolean
memory_has (const WaxSmtpServer *server)
{
  g_autofree char *key = memory_key (server);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory_lock);
  gint64 now = wax_clock_now ();

  if (memory == NULL)
    return FALSE;
  g_hash_table_foreach_remove (memory, is_old, &now);

  return g_hash_table_contains (memory, key);
}

void
wax_smtp_route_forget (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&memory_lock);

  g_clear_pointer (&memory, g_hash_table_unref);
}

/* ---- the route ---- */

/* A server, or a domain whose servers are still to be asked for. */
typedef struct
{
  WaxSmtpServer *server;
  gboolean srv;
} Stop;

struct _WaxSmtpRoute
{
  const WaxTransportSettings *settings;
  GQueue stops;  /* of Stop */
  GQueue later;  /* of Stop: those that lately could not be reached */
  gboolean last; /* these are looked at for the second time */
  WaxSmtpServer *current;
  GPtrArray *tried;
};

static Stop *
stop_new (WaxSmtpServer *server, gboolean srv)
{
  Stop *self = g_new0 (Stop, 1);

  self->server = server;
  self->srv = srv;

  return self;
}

static void
stop_free (gpointer data)
{
  Stop *self = data;

  wax_smtp_server_free (self->server);
  g_free (self);
}

WaxSmtpRoute *
wax_smtp_route_new (const WaxTransportSettings *settings)
{
  WaxSmtpRoute *self = g_new0 (WaxSmtpRoute, 1);
  WaxAccount *account = settings->account;
  const char *host = wax_account_get_host (account);
  const char *const *fallbacks = wax_account_get_fallbacks (account);

  self->settings = settings;
  g_queue_init (&self->stops);
  g_queue_init (&self->later);
  self->tried = g_ptr_array_new_with_free_func (g_free);
  g_queue_push_tail (&self->stops,
                     stop_new (wax_smtp_server_new (host, host, (guint16) wax_account_get_port (account),
                                                    wax_account_get_mode (account)),
                               wax_account_get_srv (account)));

  /* Plain text is for one server on this machine. */
  if (wax_account_get_mode (account) == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return self;
  for (; fallbacks != NULL && *fallbacks != NULL; fallbacks++)
    {
      g_autoptr (WaxServerUrl) url = wax_server_url_parse (*fallbacks, NULL);

      if (url != NULL)
        g_queue_push_tail (
            &self->stops,
            stop_new (wax_smtp_server_new (url->host, url->host, url->port, url->mode), url->srv));
    }

  return self;
}

void
wax_smtp_route_free (WaxSmtpRoute *self)
{
  if (self == NULL)
    return;

  g_queue_clear_full (&self->stops, stop_free);
  g_queue_clear_full (&self->later, stop_free);
  g_clear_pointer (&self->current, wax_smtp_server_free);
  g_ptr_array_unref (self->tried);
  g_free (self);
}

/* ---- SRV, RFC 2782 and RFC 6186 ---- */

/* (transfer full) (nullable): the targets in the order to try them; NULL without an
 * error where the domain has no such record, or where it says that it has no such
 * service: GIO takes a lone target of "." (RFC 2782) out of the list. */
static GList *
look_up (WaxSmtpRoute *self,
         const char *service,
         const char *domain,
         gboolean *denied,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  guint timeout_s = self->settings->connect_timeout_s > 0 ? self->settings->connect_timeout_s
                                                          : CONNECT_TIMEOUT;
  g_autoptr (GError) cause = NULL;
  WaxSmtpAwait wait;
  GList *targets;
  gboolean timed_out;

  wax_smtp_await_begin (&wait, timeout_s, cancellable);
  g_resolver_lookup_service_async (resolver, service, "tcp", domain, wait.cancellable, wax_smtp_await_done_cb,
                                   &wait);
  wax_smtp_await_run (&wait);
  targets = g_resolver_lookup_service_finish (resolver, wait.result, &cause);
  timed_out = wait.timed_out;
  wax_smtp_await_clear (&wait);

  if (cause == NULL && targets == NULL)
    *denied = TRUE;
  if (cause == NULL || g_error_matches (cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return targets;
  if (timed_out)
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_CONNECT,
                 "The DNS did not say within %u seconds which servers %s has", timeout_s, domain);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
                 "The servers of %s could not be looked up: %s", domain, cause->message);

  return NULL;
}

/* In front of what is still to come, in their order. A target of "." says that the
 * service is not there (RFC 2782). */
static guint
route_add_targets (WaxSmtpRoute *self, const char *domain, GList *targets, WaxTlsMode mode, gboolean *denied)
{
  guint added = 0;

  for (GList *l = targets; l != NULL && added < MAX_TARGETS; l = l->next)
    {
      const char *name = g_srv_target_get_hostname (l->data);
      guint16 port = g_srv_target_get_port (l->data);
      g_autofree char *target = wax_host_normalize (name, NULL);

      if (g_strcmp0 (name, ".") == 0 || g_strcmp0 (name, "") == 0)
        *denied = TRUE;
      else if (target != NULL && port > 0)
        g_queue_push_nth (&self->stops, stop_new (wax_smtp_server_new (domain, target, port, mode), FALSE),
                          (int) added++);
    }

  return added;
}

/* One service, then the other: TLS from the first octet is preferred (RFC 8314
 * section 5.1), but for an account that is set to STARTTLS. */
static gboolean
route_ask (WaxSmtpRoute *self, const WaxSmtpServer *domain, GCancellable *cancellable, GError **error)
{
  static const struct
  {
    const char *name;
    WaxTlsMode mode;
  } services[] = {
    { "submissions", WAX_TLS_MODE_IMPLICIT },
    { "submission", WAX_TLS_MODE_STARTTLS },
  };
  gsize first = domain->mode == WAX_TLS_MODE_STARTTLS ? 1 : 0;
  gboolean denied = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    {
      gsize index = (first + i) % G_N_ELEMENTS (services);
      GError *cause = NULL;
      GList *targets = look_up (self, services[index].name, domain->host, &denied, cancellable, &cause);
      guint added = route_add_targets (self, domain->host, targets, services[index].mode, &denied);

      g_list_free_full (targets, (GDestroyNotify) g_srv_target_free);
      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
      if (added > 0)
        return TRUE;
    }

  if (denied)
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
                 "%s says in the DNS that it has no mail submission service", domain->host);
  else
    g_set_error (error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_HOST_NOT_FOUND,
                 "%s does not say in the DNS which server takes its mail: there is neither "
                 "_submissions._tcp.%s nor _submission._tcp.%s",
                 domain->host, domain->host, domain->host);

  return FALSE;
}

/* ---- public ---- */

static Stop *
route_pop (WaxSmtpRoute *self)
{
  if (g_queue_is_empty (&self->stops))
    {
      self->last = TRUE;
      while (!g_queue_is_empty (&self->later))
        g_queue_push_tail (&self->stops, g_queue_pop_head (&self->later));
    }

  return g_queue_pop_head (&self->stops);
}

WaxSmtpServer *
wax_smtp_route_next (WaxSmtpRoute *self, GCancellable *cancellable, GError **error)
{
  Stop *stop;

  g_clear_pointer (&self->current, wax_smtp_server_free);
  while ((stop = route_pop (self)) != NULL)
    {
      if (stop->srv)
        {
          gboolean found = route_ask (self, stop->server, cancellable, error);

          stop_free (stop);
          if (!found)
            return NULL;
        }
      else if (!self->last && memory_has (stop->server))
        {
          g_queue_push_tail (&self->later, stop);
        }
      else
        {
          self->current = g_steal_pointer (&stop->server);
          stop_free (stop);
          return wax_smtp_server_copy (self->current);
        }
    }
  g_return_val_if_reached (NULL);
}

gboolean
wax_smtp_route_unreached (WaxConnectionReport *report, const GError *error)
{
  if (error == NULL || error->domain != WAX_TRANSPORT_ERROR || report->greeting != NULL)
    return FALSE;

  return error->code == WAX_TRANSPORT_ERROR_HOST_NOT_FOUND || error->code == WAX_TRANSPORT_ERROR_CONNECT
         || error->code == WAX_TRANSPORT_ERROR_LOST || error->code == WAX_TRANSPORT_ERROR_REFUSED_TEMPORARY;
}

gboolean
wax_smtp_route_goes_on (WaxSmtpRoute *self, WaxConnectionReport *report, GError **error)
{
  if (!wax_smtp_route_unreached (report, *error))
    {
      if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        wax_smtp_route_reached (self);
      return FALSE;
    }
  if (self->current != NULL)
    memory_set (self->current, TRUE);
  if (g_queue_is_empty (&self->stops) && g_queue_is_empty (&self->later))
    {
      if (self->tried->len > 0)
        g_prefix_error (error, "None of the account's servers could be reached; the last: ");
      return FALSE;
    }

  g_ptr_array_add (self->tried, g_strdup ((*error)->message));
  g_clear_error (error);

  return TRUE;
}

void
wax_smtp_route_reached (WaxSmtpRoute *self)
{
  if (self->current != NULL)
    memory_set (self->current, FALSE);
}

void
wax_smtp_route_copy_tried (WaxSmtpRoute *self, WaxConnectionReport *report)
{
  g_ptr_array_set_size (report->tried, 0);
  for (guint i = 0; i < self->tried->len; i++)
    g_ptr_array_add (report->tried, g_strdup (g_ptr_array_index (self->tried, i)));
}
