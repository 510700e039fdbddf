/* SPDX-License-Identifier: GPL-3.0-or-later */

/* fingerprint: digests as people compare them. */

#include "fingerprint.h"

#include <string.h>

#include "hex.h"

#define DIGEST_LENGTH 32

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

char *
wax_fingerprint_read (const char *text)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  guint8 digest[DIGEST_LENGTH];

  if (g_ascii_strncasecmp (text, "sha256:", strlen ("sha256:")) == 0)
    text += strlen ("sha256:");
  for (; *text != '\0'; text++)
    if (!g_ascii_isspace (*text) && *text != ':')
      g_string_append_c (hex, g_ascii_tolower (*text));

  return wax_hex_decode (hex->str, digest, sizeof digest) ? g_strdup (hex->str) : NULL;
}
