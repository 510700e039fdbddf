/* SPDX-License-Identifier: GPL-3.0-or-later */

/* fingerprint: digests as people compare them. */

#include "fingerprint.h"

char *
wax_fingerprint_words (const char *hex)
{
  GString *words = g_string_new (NULL);

  for (gsize i = 0; hex != NULL && hex[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (words, ' ');
      g_string_append_c (words, g_ascii_toupper (hex[i]));
    }
  return g_string_free (words, FALSE);
}
