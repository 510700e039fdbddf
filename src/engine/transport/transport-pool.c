/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Open connections that wait for their next message. What makes two settings the
 * same is a digest of all that decides how a connection is made; secrets go into it
 * under a key of the pool's own, so that it tells nothing about them. */

#include "transport-pool.h"

#include <gnutls/crypto.h>
#include <string.h>
#include <time.h>

#define KEY_LENGTH 32
/* The clocks that stand and run during sleep differ by no more while awake. */
#define AWAKE_US (2 * G_USEC_PER_SEC)

typedef struct
{
  WaxTransport *transport;
  char *account_id;
  char *digest;
  guint epoch; /* of its account when it was taken */
} Entry;

struct _WaxTransportPool
{
  GMutex mutex;
  GPtrArray *idle;    /* (element-type Entry) in the order in which they came back */
  GHashTable *taken;  /* WaxTransport → Entry */
  GHashTable *epochs; /* account id → how often it was dropped */
  guint epoch;        /* how often all were dropped */
  gint64 slept_us;    /* how long the computer had slept, when last looked at */
  gint64 idle_limit_us;
  guint8 key[KEY_LENGTH];
};

/* ---- entries ---- */

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_clear_object (&self->transport);
  g_free (self->account_id);
  g_free (self->digest);
  g_free (self);
}

/* With QUIT. Not under the lock: a server may be slow to answer. */
static void
entry_close (gpointer data)
{
  Entry *self = data;

  wax_transport_close (self->transport, NULL);
  entry_free (self);
}

static gint64
slept_us (void)
{
#ifdef CLOCK_BOOTTIME
  struct timespec boot, monotonic;

  if (clock_gettime (CLOCK_BOOTTIME, &boot) == 0 && clock_gettime (CLOCK_MONOTONIC, &monotonic) == 0)
    return (boot.tv_sec - monotonic.tv_sec) * G_USEC_PER_SEC + (boot.tv_nsec - monotonic.tv_nsec) / 1000;
#endif

  return 0;
}

/* ---- what a connection is made of ---- */

static void
digest_octets (gnutls_hmac_hd_t hmac, gconstpointer octets, gsize length)
{
  guint64 size = length;

  gnutls_hmac (hmac, &size, sizeof size);
  gnutls_hmac (hmac, octets, length);
}

static void
digest_text (gnutls_hmac_hd_t hmac, const char *text)
{
  digest_octets (hmac, text, text != NULL ? strlen (text) : 0);
}

static void
digest_secret (gnutls_hmac_hd_t hmac, WaxSecret *secret)
{
  if (secret != NULL)
    digest_octets (hmac, wax_secret_peek (secret), wax_secret_get_length (secret));
  else
    digest_text (hmac, NULL);
}

static void
digest_certificate (gnutls_hmac_hd_t hmac, GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  if (certificate != NULL)
    g_object_get (certificate, "certificate", &der, NULL);
  digest_octets (hmac, der != NULL ? der->data : NULL, der != NULL ? der->len : 0);
}

/* What the account remembers of its server changes with each connection, and does
 * not make another one of it. */
static void
digest_account (gnutls_hmac_hd_t hmac, WaxAccount *account)
{
  g_autoptr (WaxAccount) copy = wax_account_copy (account);
  g_autoptr (JsonNode) settings = NULL;
  g_autofree char *text = NULL;
  g_autofree char *server = NULL;
  const char *const *pins = wax_account_get_pins (account);

  g_object_set (copy, "extensions", NULL, "strongest-mechanism", NULL, NULL);
  settings = wax_account_settings_to_json (copy);
  text = json_to_string (settings, FALSE);
  server = g_strdup_printf ("%u %d", wax_account_get_port (account), (int) wax_account_get_mode (account));
  digest_text (hmac, wax_account_get_host (account));
  digest_text (hmac, server);
  digest_text (hmac, wax_account_get_user (account));
  digest_text (hmac, wax_account_get_mechanism (account));
  digest_text (hmac, wax_account_get_ca_pem (account));
  digest_text (hmac, wax_account_get_minimum_tls (account));
  for (; pins != NULL && *pins != NULL; pins++)
    digest_text (hmac, *pins);
  digest_text (hmac, text);
}

/* (transfer full) */
static char *
pool_digest (WaxTransportPool *self, const WaxTransportSettings *settings)
{
  gnutls_hmac_hd_t hmac;
  guint8 digest[32];

  if (gnutls_hmac_init (&hmac, GNUTLS_MAC_SHA256, self->key, sizeof self->key) != GNUTLS_E_SUCCESS)
    g_error ("HMAC-SHA-256 is not available");
  digest_account (hmac, settings->account);
  digest_text (hmac, settings->ca_file);
  digest_text (hmac, settings->client_name);
  digest_secret (hmac, settings->password);
  digest_secret (hmac, settings->token);
  digest_secret (hmac, settings->proxy_password);
  digest_certificate (hmac, settings->client_certificate);
  gnutls_hmac_deinit (hmac, digest);

  return g_base64_encode (digest, sizeof digest);
}

/* ---- the pool ---- */

WaxTransportPool *
wax_transport_pool_new (void)
{
  WaxTransportPool *self = g_new0 (WaxTransportPool, 1);

  g_mutex_init (&self->mutex);
  self->idle = g_ptr_array_new_with_free_func (entry_close);
  self->taken = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
  self->epochs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->slept_us = slept_us ();
  self->idle_limit_us = WAX_TRANSPORT_POOL_IDLE_S * G_USEC_PER_SEC;
  if (gnutls_rnd (GNUTLS_RND_RANDOM, self->key, sizeof self->key) != GNUTLS_E_SUCCESS)
    g_error ("The random numbers of this computer cannot be used");

  return self;
}

void
wax_transport_pool_free (WaxTransportPool *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->idle);
  g_hash_table_unref (self->taken);
  g_hash_table_unref (self->epochs);
  g_mutex_clear (&self->mutex);
  explicit_bzero (self->key, sizeof self->key);
  g_free (self);
}

static guint
pool_epoch (WaxTransportPool *self, const char *account_id)
{
  return self->epoch + GPOINTER_TO_UINT (g_hash_table_lookup (self->epochs, account_id));
}

/* Moves those that cannot be used any more to @gone. Under the lock. */
static void
pool_weed (WaxTransportPool *self, GPtrArray *gone)
{
  gint64 slept = slept_us ();
  gboolean asleep = slept - self->slept_us > AWAKE_US;

  self->slept_us = slept;
  for (guint i = self->idle->len; i-- > 0;)
    {
      Entry *entry = g_ptr_array_index (self->idle, i);

      if (asleep || !wax_transport_is_open (entry->transport)
          || wax_transport_get_idle_us (entry->transport) >= self->idle_limit_us)
        g_ptr_array_add (gone, g_ptr_array_steal_index (self->idle, i));
    }
}

/* The one that waits the shortest; the others get their chance to end. -1: none */
static int
pool_find (WaxTransportPool *self, const char *digest)
{
  for (guint i = self->idle->len; i-- > 0;)
    {
      Entry *entry = g_ptr_array_index (self->idle, i);

      if (strcmp (entry->digest, digest) == 0)
        return (int) i;
    }

  return -1;
}

WaxTransport *
wax_transport_pool_take (WaxTransportPool *self, const WaxTransportSettings *settings)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (entry_close);
  g_autofree char *digest = NULL;
  WaxTransport *transport;
  Entry *entry;
  int found;

  g_return_val_if_fail (self != NULL && settings != NULL, NULL);
  g_return_val_if_fail (settings->before_final == NULL, NULL);

  digest = pool_digest (self, settings);
  g_mutex_lock (&self->mutex);
  pool_weed (self, gone);
  found = pool_find (self, digest);
  if (found >= 0)
    entry = g_ptr_array_steal_index (self->idle, (guint) found);
  else
    {
      entry = g_new0 (Entry, 1);
      entry->transport = wax_transport_new (settings);
      entry->account_id = g_strdup (wax_account_get_id (settings->account));
      entry->digest = g_steal_pointer (&digest);
    }
  entry->epoch = pool_epoch (self, entry->account_id);
  transport = g_object_ref (entry->transport);
  g_hash_table_insert (self->taken, transport, entry);
  g_mutex_unlock (&self->mutex);

  return transport;
}

static guint
pool_count (WaxTransportPool *self, const char *account_id)
{
  guint count = 0;

  for (guint i = 0; i < self->idle->len; i++)
    count += strcmp (((Entry *) g_ptr_array_index (self->idle, i))->account_id, account_id) == 0;

  return count;
}

void
wax_transport_pool_give (WaxTransportPool *self, WaxTransport *transport)
{
  Entry *entry = NULL;

  g_return_if_fail (self != NULL && WAX_IS_TRANSPORT (transport));

  wax_transport_set_before_final (transport, NULL, NULL);
  g_mutex_lock (&self->mutex);
  if (g_hash_table_steal_extended (self->taken, transport, NULL, (gpointer *) &entry)
      && wax_transport_is_open (transport) && entry->epoch == pool_epoch (self, entry->account_id)
      && pool_count (self, entry->account_id) < WAX_TRANSPORT_POOL_EACH)
    g_ptr_array_add (self->idle, g_steal_pointer (&entry));
  g_mutex_unlock (&self->mutex);
  if (entry != NULL)
    entry_close (entry);
  g_object_unref (transport);
}

gboolean
wax_transport_pool_is_warm (WaxTransportPool *self, const WaxTransportSettings *settings)
{
  g_autofree char *digest = NULL;
  gboolean warm;
  int found;

  g_return_val_if_fail (self != NULL && settings != NULL, FALSE);

  digest = pool_digest (self, settings);
  g_mutex_lock (&self->mutex);
  found = pool_find (self, digest);
  warm = found >= 0
         && wax_transport_is_open (((Entry *) g_ptr_array_index (self->idle, (guint) found))->transport);
  g_mutex_unlock (&self->mutex);

  return warm;
}

void
wax_transport_pool_drop (WaxTransportPool *self, const char *account_id)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (entry_close);

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  if (account_id == NULL)
    self->epoch++;
  else
    g_hash_table_insert (
        self->epochs, g_strdup (account_id),
        GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->epochs, account_id)) + 1));
  for (guint i = self->idle->len; i-- > 0;)
    if (account_id == NULL
        || strcmp (((Entry *) g_ptr_array_index (self->idle, i))->account_id, account_id) == 0)
      g_ptr_array_add (gone, g_ptr_array_steal_index (self->idle, i));
  g_mutex_unlock (&self->mutex);
}

gint64
wax_transport_pool_sweep (WaxTransportPool *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (entry_close);
  gint64 next = -1;

  g_return_val_if_fail (self != NULL, -1);

  g_mutex_lock (&self->mutex);
  pool_weed (self, gone);
  for (guint i = 0; i < self->idle->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->idle, i);
      gint64 left = MAX (self->idle_limit_us - wax_transport_get_idle_us (entry->transport), 0);

      next = next < 0 ? left : MIN (next, left);
    }
  g_mutex_unlock (&self->mutex);

  return next;
}

void
wax_transport_pool_set_idle_limit (WaxTransportPool *self, guint seconds)
{
  g_return_if_fail (self != NULL);

  self->idle_limit_us = seconds * (gint64) G_USEC_PER_SEC;
}
