/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The resolver: settings checked once, a context of libunbound made at the first
 * question and again where the system's servers have changed, and the library's
 * results turned into answers within limits. */

#include "dns-resolver.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "dns-context.h"
#include "dns-name.h"
#include "trust-anchor.h"

#define RESOLV_CONF     "/etc/resolv.conf"
#define DEFAULT_TIMEOUT 5
#define RECORD_LIMIT    256
#define RDATA_LIMIT     (64 * 1024)
#define WHY_LIMIT       400
#define TYPE_DNSKEY     48
#define DNS_PORT        53

/* RFC 1035 section 4.1.1. */
#define RCODE_NOERROR  0
#define RCODE_NXDOMAIN 3

/* Of the file that names the servers, to see that it is another one. */
typedef struct
{
  gint64 seconds;
  gint64 nanoseconds;
  guint64 inode;
  gint64 size;
} FileStamp;

struct _WaxDnsResolver
{
  gatomicrefcount refs;
  char *server;      /* (nullable) ADDR@PORT */
  char *resolv_conf; /* (nullable) */
  GPtrArray *anchors;
  guint timeout_s;

  GMutex mutex;
  WaxDnsContext *context; /* (nullable) */
  FileStamp stamp;        /* of resolv_conf as the context has it */
};

void
wax_dns_answer_free (WaxDnsAnswer *self)
{
  if (self == NULL)
    return;

  g_free (self->why_bogus);
  g_free (self->canonical);
  g_ptr_array_unref (self->records);
  g_free (self);
}

const char *
wax_dns_security_to_string (WaxDnsSecurity security)
{
  switch (security)
    {
    case WAX_DNS_SECURE:
      return "secure";
    case WAX_DNS_BOGUS:
      return "bogus";
    case WAX_DNS_INSECURE:
    default:
      return "insecure";
    }
}

/* ---- settings ---- */

/* (transfer full) `ADDR@PORT` */
static char *
parse_server (const char *server, GError **error)
{
  const char *at = strrchr (server, '@');
  g_autofree char *address = at != NULL ? g_strndup (server, (gsize) (at - server)) : g_strdup (server);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  guint64 port = DNS_PORT;
  g_autofree char *canonical = NULL;

  if (inet == NULL || (at != NULL && !g_ascii_string_to_unsigned (at + 1, 10, 1, G_MAXUINT16, &port, NULL)))
    {
      g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_SETTINGS,
                   "“%s” is not the address of a DNS server: give ADDRESS or ADDRESS@PORT, or “recursive”",
                   server);
      return NULL;
    }
  canonical = g_inet_address_to_string (inet);

  return g_strdup_printf ("%s@%u", canonical, (guint) port);
}

static gboolean
resolver_take_settings (WaxDnsResolver *self, const WaxDnsSettings *settings, GError **error)
{
  self->timeout_s = settings->timeout_s > 0 ? settings->timeout_s : DEFAULT_TIMEOUT;
  self->anchors = settings->trust_anchor_file != NULL
                      ? wax_trust_anchor_load (settings->trust_anchor_file, error)
                      : wax_trust_anchor_root ();
  if (self->anchors == NULL)
    return FALSE;

  if (settings->server == NULL)
    self->resolv_conf = g_strdup (settings->resolv_conf != NULL ? settings->resolv_conf : RESOLV_CONF);
  else if (strcmp (settings->server, "recursive") != 0)
    {
      self->server = parse_server (settings->server, error);
      return self->server != NULL;
    }

  return TRUE;
}

WaxDnsResolver *
wax_dns_resolver_new (const WaxDnsSettings *settings, GError **error)
{
  static const WaxDnsSettings defaults = { 0 };
  g_autoptr (WaxDnsResolver) self = g_new0 (WaxDnsResolver, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  if (!resolver_take_settings (self, settings != NULL ? settings : &defaults, error))
    return NULL;

  return g_steal_pointer (&self);
}

WaxDnsResolver *
wax_dns_resolver_ref (WaxDnsResolver *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
wax_dns_resolver_unref (WaxDnsResolver *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->context, wax_dns_context_unref);
  g_clear_pointer (&self->anchors, g_ptr_array_unref);
  g_free (self->server);
  g_free (self->resolv_conf);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* ---- the context ---- */

static FileStamp
stamp_of (const char *path)
{
  GStatBuf status;

  if (path == NULL || g_stat (path, &status) != 0)
    return (FileStamp) { 0 };

  return (FileStamp) {
    .seconds = status.st_mtim.tv_sec,
    .nanoseconds = status.st_mtim.tv_nsec,
    .inode = status.st_ino,
    .size = status.st_size,
  };
}

/* (transfer full) The one in use, or a new one where the network is another. What is
 * cached from the old network is not to be answered in the new one. */
static WaxDnsContext *
resolver_ref_context (WaxDnsResolver *self, GError **error)
{
  FileStamp stamp = stamp_of (self->resolv_conf);
  WaxDnsContextSettings settings = {
    .server = self->server,
    .resolv_conf = self->resolv_conf,
    .anchors = self->anchors,
  };
  WaxDnsContext *context = NULL;
  g_autoptr (WaxDnsContext) old = NULL;

  g_mutex_lock (&self->mutex);
  if (self->context != NULL
      && (memcmp (&stamp, &self->stamp, sizeof stamp) != 0 || wax_dns_context_is_broken (self->context)))
    old = g_steal_pointer (&self->context);
  if (self->context == NULL)
    {
      self->context = wax_dns_context_new (&settings, error);
      self->stamp = stamp;
    }
  if (self->context != NULL)
    context = wax_dns_context_ref (self->context);
  g_mutex_unlock (&self->mutex);

  return context;
}

/* ---- answers ---- */

typedef struct ub_result UnboundResult;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UnboundResult, ub_resolve_free)

/* It may quote what a server sent. */
static char *
show_reason (const char *why)
{
  g_autofree char *shown = why != NULL ? g_str_to_ascii (why, "C") : NULL;

  if (shown == NULL)
    return NULL;
  for (char *c = shown; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';

  return strlen (shown) > WHY_LIMIT ? g_strndup (shown, WHY_LIMIT) : g_steal_pointer (&shown);
}

static const char *
rcode_words (int rcode)
{
  static const char *const words[] = { "no error", "the question was malformed",
                                       "SERVFAIL", "no such name",
                                       "NOTIMP",   "REFUSED" };

  return rcode >= 0 && rcode < (int) G_N_ELEMENTS (words) ? words[rcode] : "an unknown error";
}

static gboolean
read_records (WaxDnsAnswer *self, const UnboundResult *result, const char *name, GError **error)
{
  gsize octets = 0;

  for (guint i = 0; result->havedata && result->data[i] != NULL; i++)
    {
      gsize length = (gsize) MAX (result->len[i], 0);

      octets += length;
      if (i >= RECORD_LIMIT || octets > RDATA_LIMIT)
        {
          g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED,
                       "The DNS has more records of one kind for %s than can be taken", name);
          return FALSE;
        }
      g_ptr_array_add (self->records, g_bytes_new (result->data[i], length));
    }

  return TRUE;
}

static WaxDnsAnswer *
answer_new (const UnboundResult *result, const char *name, GError **error)
{
  g_autoptr (WaxDnsAnswer) self = g_new0 (WaxDnsAnswer, 1);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (result->bogus)
    {
      self->security = WAX_DNS_BOGUS;
      self->why_bogus = show_reason (result->why_bogus);
      return g_steal_pointer (&self);
    }
  if (result->rcode != RCODE_NOERROR && result->rcode != RCODE_NXDOMAIN)
    {
      g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED, "The DNS could not answer for %s: %s", name,
                   rcode_words (result->rcode));
      return NULL;
    }

  self->security = result->secure ? WAX_DNS_SECURE : WAX_DNS_INSECURE;
  self->exists = !result->nxdomain;
  self->ttl_s = (guint) MAX (result->ttl, 0);
  if (result->canonname != NULL)
    self->canonical = wax_dns_name_check (result->canonname, NULL);
  if (g_strcmp0 (self->canonical, name) == 0)
    g_clear_pointer (&self->canonical, g_free);
  if (!read_records (self, result, name, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* ---- is it the server or the name? ---- */

/* The innermost anchor above @name, whose key the proof starts from. */
static const char *
resolver_find_anchor (WaxDnsResolver *self, const char *name)
{
  const char *found = NULL;

  for (guint i = 0; i < self->anchors->len; i++)
    {
      const WaxTrustAnchor *anchor = g_ptr_array_index (self->anchors, i);

      if (wax_dns_name_is_in (name, anchor->zone)
          && (found == NULL || strlen (anchor->zone) > strlen (found)))
        found = anchor->zone;
    }

  return found;
}

/* Where not even the anchor's own key can be proved, it is not the name that is bogus:
 * the server does not speak DNSSEC. Who could make it seem so could as well not answer. */
static gboolean
resolver_has_proofs (WaxDnsResolver *self,
                     WaxDnsContext *context,
                     const char *name,
                     gint64 deadline,
                     GCancellable *cancellable,
                     GError **error)
{
  const char *anchor = resolver_find_anchor (self, name);
  g_autoptr (UnboundResult) key = NULL;

  if (anchor == NULL)
    return TRUE;
  key = wax_dns_context_ask (context, anchor, TYPE_DNSKEY, deadline, cancellable, error);
  if (key == NULL)
    return FALSE;
  if (key->secure)
    return TRUE;

  g_set_error (
      error, WAX_DNS_ERROR, WAX_DNS_ERROR_FAILED,
      "The DNS servers of this network do not pass on what DNSSEC needs, so nothing can be proved of %s",
      name);

  return FALSE;
}

WaxDnsAnswer *
wax_dns_lookup (WaxDnsResolver *self, const char *name, int type, GCancellable *cancellable, GError **error)
{
  gint64 deadline;
  g_autofree char *checked = NULL;
  g_autoptr (WaxDnsContext) context = NULL;
  g_autoptr (UnboundResult) result = NULL;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);
  g_return_val_if_fail (type > 0 && type <= G_MAXUINT16, NULL);

  deadline = g_get_monotonic_time () + (gint64) self->timeout_s * G_USEC_PER_SEC;
  checked = wax_dns_name_check (name, error);
  if (checked == NULL)
    return NULL;
  context = resolver_ref_context (self, error);
  if (context == NULL)
    return NULL;
  result = wax_dns_context_ask (context, checked, type, deadline, cancellable, error);
  if (result == NULL)
    return NULL;
  if (result->bogus && !resolver_has_proofs (self, context, checked, deadline, cancellable, error))
    return NULL;

  return answer_new (result, checked, error);
}
