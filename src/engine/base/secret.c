/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Secrets live in pages of their own: locked, outside core dumps, unmapped after
 * they were overwritten. A page for each secret costs 4 KiB and buys that no
 * secret shares a page with anything that may be swapped or dumped. */

#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

struct _WaxSecret
{
  gatomicrefcount refs;
  gsize length;
  gsize mapped;
  char *data; /* mapped octets, the last one a NUL */
};

G_DEFINE_BOXED_TYPE (WaxSecret, wax_secret, wax_secret_ref, wax_secret_unref)

static WaxSecret *
secret_alloc (gsize length)
{
  WaxSecret *self = g_new0 (WaxSecret, 1);
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  g_atomic_ref_count_init (&self->refs);
  self->length = length;
  self->mapped = (length + 1 + page - 1) / page * page;
  self->data = mmap (NULL, self->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->data == MAP_FAILED)
    g_error ("out of memory for a secret of %" G_GSIZE_FORMAT " octets", length);

  /* A small RLIMIT_MEMLOCK makes this fail: the secret is then only unswappable
   * as far as the system has no swap, which is no reason to lose the message. */
  (void) mlock (self->data, self->mapped);
  (void) madvise (self->data, self->mapped, MADV_DONTDUMP);

  return self;
}

WaxSecret *
wax_secret_new (gconstpointer data, gsize length)
{
  WaxSecret *self = secret_alloc (length);

  if (length > 0)
    memcpy (self->data, data, length);

  return self;
}

WaxSecret *
wax_secret_new_string (const char *string)
{
  g_return_val_if_fail (string != NULL, NULL);

  return wax_secret_new (string, strlen (string));
}

WaxSecret *
wax_secret_new_take (char *string)
{
  WaxSecret *self = wax_secret_new_string (string);

  wax_secret_wipe_string (string);

  return self;
}

WaxSecret *
wax_secret_new_random (gsize length)
{
  WaxSecret *self = secret_alloc (length);
  gsize done = 0;

  while (done < length)
    {
      gssize n = getrandom (self->data + done, length - done, 0);

      if (n < 0)
        g_error ("the kernel gives no random numbers");
      done += (gsize) n;
    }

  return self;
}

WaxSecret *
wax_secret_ref (WaxSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
wax_secret_unref (WaxSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  explicit_bzero (self->data, self->mapped);
  munmap (self->data, self->mapped);
  g_free (self);
}

const char *
wax_secret_peek (WaxSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->data;
}

gsize
wax_secret_get_length (WaxSecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

gboolean
wax_secret_equal (WaxSecret *a, WaxSecret *b)
{
  guint8 difference = 0;

  if (a->length != b->length)
    return FALSE;
  for (gsize i = 0; i < a->length; i++)
    difference |= (guint8) a->data[i] ^ (guint8) b->data[i];

  return difference == 0;
}

WaxSecret *
wax_secret_to_hex (WaxSecret *self)
{
  static const char digits[] = "0123456789abcdef";
  WaxSecret *hex = secret_alloc (self->length * 2);

  for (gsize i = 0; i < self->length; i++)
    {
      guint8 octet = (guint8) self->data[i];

      hex->data[2 * i] = digits[octet >> 4];
      hex->data[2 * i + 1] = digits[octet & 15];
    }

  return hex;
}

WaxSecret *
wax_secret_from_hex (WaxSecret *self)
{
  g_autoptr (WaxSecret) raw = NULL;

  if (self->length % 2 != 0)
    return NULL;

  raw = secret_alloc (self->length / 2);
  for (gsize i = 0; i < raw->length; i++)
    {
      int high = g_ascii_xdigit_value (self->data[2 * i]);
      int low = g_ascii_xdigit_value (self->data[2 * i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      raw->data[i] = (char) (high << 4 | low);
    }

  return g_steal_pointer (&raw);
}

WaxSecret *
wax_secret_wrap (WaxSecret *self, const char *prefix, const char *suffix)
{
  gsize before = strlen (prefix);
  gsize after = strlen (suffix);
  WaxSecret *wrapped = secret_alloc (before + self->length + after);

  memcpy (wrapped->data, prefix, before);
  memcpy (wrapped->data + before, self->data, self->length);
  memcpy (wrapped->data + before + self->length, suffix, after);

  return wrapped;
}

WaxSecret *
wax_secret_concat (WaxSecret *a, WaxSecret *b)
{
  WaxSecret *both = secret_alloc (a->length + b->length);

  memcpy (both->data, a->data, a->length);
  memcpy (both->data + a->length, b->data, b->length);

  return both;
}

void
wax_secret_wipe_string (char *string)
{
  if (string == NULL)
    return;

  explicit_bzero (string, strlen (string));
  g_free (string);
}
