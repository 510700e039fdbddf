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
  { "ATRN", N_ ("Can change roles, for servers on a dialled line") },
  { "AUTH", N_ ("Ways to sign in") },
  { "BINARYMIME", N_ ("Takes attachments as they are, without making them larger") },
  { "BURL", N_ ("Can fetch parts of a message from a mailbox") },
  { "CHUNKING", N_ ("Takes a message in pieces of known size") },
  { "DELIVERBY", N_ ("Can be told by when a message must be delivered") },
  { "DSN", N_ ("Can report whether a message was delivered") },
  { "ENHANCEDSTATUSCODES", N_ ("Gives exact reasons when it refuses something") },
  { "ETRN", N_ ("Can be asked to deliver what it keeps for another server") },
  { "EXPN", N_ ("Can tell who is on a mailing list") },
  { "FUTURERELEASE", N_ ("Can keep a message and send it later") },
  { "HELP", N_ ("Answers a request for help") },
  { "LIMITS", N_ ("Tells how much it takes at once") },
  { "MT-PRIORITY", N_ ("Can pass urgent messages on before others") },
  { "NO-SOLICITING", N_ ("Wants no advertising") },
  { "PIPELINING", N_ ("Takes several commands at once, which is quicker") },
  { "REQUIRETLS", N_ ("Can require TLS on the whole way") },
  { "RRVS", N_ ("Can check that an address still belongs to the same person") },
  { "SIZE", N_ ("Tells the largest message that it takes") },
  { "SMTPUTF8", N_ ("Takes addresses in all scripts") },
  { "STARTTLS", N_ ("Can change over to TLS") },
  { "SUBMITTER", N_ ("Takes the name of who is responsible for a message") },
  { "VRFY", N_ ("Can tell whether an address exists") },
  { "XCLIENT", N_ ("Takes facts about a client from a trusted proxy") },
};

/* `RCPTMAX=100 MAILMAX=50`: the limits of RFC 9422 in words. (transfer full) (nullable) */
static char *
limits_words (const char *arguments)
{
  static const struct
  {
    const char *name, *words;
  } limits[] = {
    /* Translators: %s is a number */
    { "RCPTMAX=", N_ ("up to %s recipients of one message") },
    /* Translators: %s is a number */
    { "MAILMAX=", N_ ("up to %s messages over one connection") },
    /* Translators: %s is a number */
    { "RCPTDOMAINMAX=", N_ ("recipients in up to %s domains") },
  };
  g_auto (GStrv) parts = g_strsplit (arguments, " ", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  for (char **part = parts; *part != NULL; part++)
    for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
      {
        gsize length = strlen (limits[i].name);
        g_autoptr (GString) phrase = NULL;
        guint64 number;

        if (g_ascii_strncasecmp (*part, limits[i].name, length) != 0
            || !g_ascii_string_to_unsigned (*part + length, 10, 1, G_MAXINT32, &number, NULL))
          continue;
        if (words->len > 0)
          /* Translators: what stands between the parts of a line */
          g_string_append (words, _ (", "));
        phrase = g_string_new (_ (limits[i].words));
        g_string_replace (phrase, "%s", *part + length, 1);
        g_string_append (words, phrase->str);
      }

  /* Translators: %s is a list of limits of a mail server */
  return words->len > 0 ? g_strdup_printf (_ ("Takes %s"), words->str) : NULL;
}

/* (transfer full) (nullable) */
static char *
size_words (const char *argument)
{
  g_autofree char *amount = NULL;
  guint64 size;

  if (!g_ascii_string_to_unsigned (argument, 10, 1, G_MAXINT64, &size, NULL))
    return NULL;
  amount = g_format_size (size);

  /* Translators: %s is a size, such as 35 MB */
  return g_strdup_printf (_ ("Takes messages of up to %s"), amount);
}

/* (transfer full) (nullable) What the arguments of a keyword say. */
static char *
argument_words (const char *keyword, const char *arguments)
{
  if (strcmp (keyword, "SIZE") == 0)
    return size_words (arguments);
  if (strcmp (keyword, "LIMITS") == 0)
    return limits_words (arguments);

  return NULL;
}

char *
wax_capability_words (const char *line)
{
  gsize length = strcspn (line, " =");

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    {
      g_autofree char *exact = NULL;

      if (strlen (capabilities[i].keyword) != length
          || g_ascii_strncasecmp (capabilities[i].keyword, line, length) != 0)
        continue;
      if (line[length] == ' ')
        exact = argument_words (capabilities[i].keyword, line + length + 1);

      return exact != NULL ? g_steal_pointer (&exact) : g_strdup (_ (capabilities[i].words));
    }
  return NULL;
}
