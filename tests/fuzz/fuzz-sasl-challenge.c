/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server says during a sign-in, to each mechanism: the first octet names it, and
 * each line is a challenge, in which `%` is the client's nonce, so that what is behind
 * it is reached too. It ends in a refusal or in the mechanism's own end; nothing has
 * NULs or control characters in words that are shown, and no SCRAM is satisfied by
 * chance. GSSAPI, which needs a ticket to begin, is not among them. */

#include "fuzz-target.h"

#include "sasl-client.h"

#include <string.h>

#define PASSWORD "pencil of the fuzzer"
#define TOKEN    "ya29.token-of-the-fuzzer"
#define ROUNDS   10

static const char *const mechanisms[] = {
  "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "DIGEST-MD5",  "CRAM-MD5", "PLAIN", "LOGIN",
  "EXTERNAL",           "XOAUTH2",     "OAUTHBEARER",
};

static WaxSaslClient *
client_of (const char *mechanism)
{
  g_autoptr (WaxSecret) password = wax_secret_new_string (PASSWORD);
  g_autoptr (WaxSecret) token = wax_secret_new_string (TOKEN);
  g_autoptr (GBytes) exporter = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  const WaxSaslBindings bindings = { exporter, NULL };
  const WaxSaslCredentials credentials = {
    .user = "user", .password = password, .token = token, .has_client_certificate = TRUE
  };
  WaxSaslClient *client = wax_sasl_client_new (mechanism, &credentials, "localhost", 465, &bindings, NULL);

  g_assert_nonnull (client);

  return client;
}

/* Many rounds of hashing are slow, and no news. */
static gboolean
is_slow (GString *challenge)
{
  for (const char *i = strstr (challenge->str, "i="); i != NULL; i = strstr (i + 2, "i="))
    if (strspn (i + 2, " +0123456789") > 3 && strspn (i + 2, " +0123456789") < 8)
      return TRUE;

  return FALSE;
}

static void
assert_words (WaxSaslClient *client, const GError *error)
{
  const char *const texts[] = { error != NULL ? error->message : "", wax_sasl_client_get_refusal (client) };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i] == NULL)
        continue;
      g_assert_true (g_utf8_validate (texts[i], -1, NULL));
      g_assert_null (strstr (texts[i], PASSWORD));
      g_assert_null (strstr (texts[i], TOKEN));
      for (const char *c = texts[i]; *c != '\0'; c++)
        g_assert_false (g_ascii_iscntrl (*c));
    }
}

/* One challenge; whether the exchange goes on. */
static gboolean
answer (WaxSaslClient *client, GString *challenge, GString *nonce)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret)
      response = wax_sasl_client_step (client, (const guint8 *) challenge->str, challenge->len, NULL, &error);

  g_assert_true ((response == NULL) == (error != NULL));
  assert_words (client, error);
  if (response == NULL)
    {
      g_assert_false (wax_sasl_client_is_done (client));
      return FALSE;
    }
  if (nonce->len == 0 && strstr (wax_secret_peek (response), "r=") != NULL)
    g_string_assign (nonce, strstr (wax_secret_peek (response), "r=") + 2);

  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *mechanism;
  g_autoptr (WaxSaslClient) client = NULL;
  g_autoptr (GString) nonce = g_string_new (NULL);
  const char *at = (const char *) data + 1;
  const char *end = (const char *) data + size;
  gboolean goes_on = TRUE;

  if (size == 0)
    return 0;
  mechanism = mechanisms[data[0] % G_N_ELEMENTS (mechanisms)];
  client = client_of (mechanism);
  if (wax_sasl_client_speaks_first (client))
    {
      g_autoptr (GString) nothing = g_string_new (NULL);

      g_assert_true (answer (client, nothing, nonce));
    }

  for (int round = 0; goes_on && at < end && round < ROUNDS; round++)
    {
      const char *line = memchr (at, '\n', (size_t) (end - at));
      gsize length = (gsize) ((line != NULL ? line : end) - at);
      g_autoptr (GString) challenge = g_string_new_len (at, (gssize) length);

      g_string_replace (challenge, "%", nonce->str, 0);
      goes_on = !is_slow (challenge) && answer (client, challenge, nonce);
      at += length + 1;
    }
  if (g_str_has_prefix (mechanism, "SCRAM-"))
    g_assert_false (wax_sasl_client_is_done (client));

  return 0;
}
