/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is left of the limits that a server states. */

#include "smtp-limits.h"

#include <string.h>

static GHashTable *
domains_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static char *
domain_of (const char *recipient)
{
  const char *at = strrchr (recipient, '@');

  return g_ascii_strdown (at != NULL ? at + 1 : recipient, -1);
}

void
wax_smtp_limits_clear (WaxSmtpLimits *self)
{
  g_clear_pointer (&self->domains, g_hash_table_unref);
  self->messages = 0;
}

void
wax_smtp_limits_spend (WaxSmtpLimits *self, GStrv recipients)
{
  self->messages++;
  if (self->domains == NULL)
    self->domains = domains_new ();
  for (gsize i = 0; recipients[i] != NULL; i++)
    g_hash_table_add (self->domains, domain_of (recipients[i]));
}

/* The same, by domains alone. */
static guint
room_of_domains (WaxSmtpLimits *self, guint limit, const char *const *recipients)
{
  g_autoptr (GHashTable) fresh = domains_new ();
  guint used = self->domains != NULL ? g_hash_table_size (self->domains) : 0;
  guint room = 0;

  for (; recipients[room] != NULL; room++)
    {
      g_autofree char *domain = domain_of (recipients[room]);

      if (self->domains != NULL && g_hash_table_contains (self->domains, domain))
        continue;
      g_hash_table_add (fresh, g_steal_pointer (&domain));
      if (used + g_hash_table_size (fresh) > limit)
        break;
    }

  return room;
}

guint
wax_smtp_limits_get_room (WaxSmtpLimits *self,
                          const WaxSmtpCapabilities *capabilities,
                          const char *const *recipients)
{
  guint room = g_strv_length ((GStrv) recipients);

  if (capabilities->mail_max > 0 && self->messages >= capabilities->mail_max)
    return 0;
  if (capabilities->rcpt_max > 0)
    room = MIN (room, capabilities->rcpt_max);
  if (capabilities->rcpt_domain_max > 0)
    room = MIN (room, room_of_domains (self, capabilities->rcpt_domain_max, recipients));

  return room;
}
