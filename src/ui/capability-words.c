/* SPDX-License-Identifier: GPL-3.0-or-later */

/* capability-words: what the keywords of a mail server mean. */

#include "capability-words.h"

#include <string.h>

#include <glib/gi18n.h>

static const struct
{
  const char *keyword, *words;
} capabilities[] = {
  { "8BITMIME", N_ ("Takes text that is not English as it is") },
  { "AUTH", N_ ("Ways to sign in") },
  { "BINARYMIME", N_ ("Takes attachments as they are") },
  { "CHUNKING", N_ ("Takes a message in pieces of known size") },
  { "DSN", N_ ("Can report whether a message was delivered") },
  { "ENHANCEDSTATUSCODES", N_ ("Gives exact reasons when it refuses something") },
  { "HELP", N_ ("Answers a request for help") },
  { "LIMITS", N_ ("Tells how much it takes at once") },
  { "PIPELINING", N_ ("Takes several commands at once, which is quicker") },
  { "REQUIRETLS", N_ ("Can require TLS on the whole way") },
  { "SIZE", N_ ("Tells the largest message that it takes") },
  { "SMTPUTF8", N_ ("Takes addresses in all scripts") },
  { "STARTTLS", N_ ("Can change over to TLS") },
  { "VRFY", N_ ("Can tell whether an address exists") },
};

char *
wax_capability_words (const char *line)
{
  gsize length = strcspn (line, " =");

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    {
      guint64 size;

      if (strlen (capabilities[i].keyword) != length
          || g_ascii_strncasecmp (capabilities[i].keyword, line, length) != 0)
        continue;
      if (strcmp (capabilities[i].keyword, "SIZE") == 0 && line[length] == ' '
          && g_ascii_string_to_unsigned (line + length + 1, 10, 1, G_MAXINT64, &size, NULL))
        {
          g_autofree char *amount = g_format_size (size);

          /* Translators: %s is a size, such as 35 MB */
          return g_strdup_printf (_ ("Takes messages of up to %s"), amount);
        }
      return g_strdup (_ (capabilities[i].words));
    }
  return NULL;
}
