/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which names may be asked for. The resolver library would take more (escapes,
 * any octet): nothing that we ask for has them, and what they do in a message to
 * the user or a log is better not found out. */

#include "dns-name.h"

#include <string.h>

#include "dns-resolver.h"

#define NAME_LIMIT  253
#define LABEL_LIMIT 63

static gboolean
refuse (const char *name, const char *why, GError **error)
{
  g_autofree char *shown = g_str_to_ascii (name, "C");

  shown[MIN (strlen (shown), NAME_LIMIT)] = '\0';
  g_strcanon (shown, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.:", '?');
  g_set_error (error, WAX_DNS_ERROR, WAX_DNS_ERROR_NAME,
               "“%s” is not a name that the DNS can be asked for: %s", shown, why);

  return FALSE;
}

static gboolean
check_label (const char *label, const char *name, GError **error)
{
  gsize length = strlen (label);

  if (length == 0)
    return refuse (name, "a label is empty", error);
  if (length > LABEL_LIMIT)
    return refuse (name, "a label has more than 63 octets", error);
  if (strspn (label, G_CSET_a_2_z G_CSET_DIGITS "-_") != length)
    return refuse (name, "only letters, digits, hyphens and underscores are allowed", error);

  return TRUE;
}

char *
wax_dns_name_check (const char *name, GError **error)
{
  g_autofree char *lower = NULL;
  g_auto (GStrv) labels = NULL;
  gsize length;

  g_return_val_if_fail (name != NULL, NULL);

  if (strcmp (name, ".") == 0)
    return g_strdup (".");

  length = strlen (name);
  if (length > 0 && name[length - 1] == '.')
    length--;
  if (length > NAME_LIMIT)
    {
      refuse (name, "it has more than 253 octets", error);
      return NULL;
    }

  lower = g_ascii_strdown (name, (gssize) length);
  if (*lower == '\0')
    {
      refuse (name, "it is empty", error);
      return NULL;
    }
  labels = g_strsplit (lower, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++)
    if (!check_label (labels[i], name, error))
      return NULL;

  return g_steal_pointer (&lower);
}

gboolean
wax_dns_name_is_in (const char *name, const char *zone)
{
  gsize length = strlen (name), suffix = strlen (zone);

  if (strcmp (zone, ".") == 0 || strcmp (name, zone) == 0)
    return TRUE;

  return length > suffix && name[length - suffix - 1] == '.' && strcmp (name + length - suffix, zone) == 0;
}
