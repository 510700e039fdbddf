/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The SASL client, and SCRAM with its bindings against a server of the test's own whose
 * arithmetic is first proved by the example of RFC 7677. */

#include "sasl-client.h"

#include <string.h>

/* ---- SCRAM-SHA-256 by the book (RFC 5802 section 3) ---- */

#define DIGEST 32

static void
hmac (const guint8 *key, gsize key_length, const char *text, gsize length, guint8 out[DIGEST])
{
  g_autoptr (GHmac) state = g_hmac_new (G_CHECKSUM_SHA256, key, key_length);
  gsize size = DIGEST;

  g_hmac_update (state, (const guchar *) text, (gssize) length);
  g_hmac_get_digest (state, out, &size);
}

static void
hash (const guint8 *data, gsize length, guint8 out[DIGEST])
{
  g_autoptr (GChecksum) state = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = DIGEST;

  g_checksum_update (state, data, (gssize) length);
  g_checksum_get_digest (state, out, &size);
}

/* Hi(): PBKDF2 with one block. */
static void
salt_password (const char *password, const guint8 *salt, gsize salt_length, guint rounds, guint8 out[DIGEST])
{
  g_autofree guint8 *first = g_malloc (salt_length + 4);
  guint8 u[DIGEST];

  memcpy (first, salt, salt_length);
  memcpy (first + salt_length, "\0\0\0\1", 4);
  hmac ((const guint8 *) password, strlen (password), (const char *) first, salt_length + 4, u);
  memcpy (out, u, DIGEST);
  for (guint i = 1; i < rounds; i++)
    {
      guint8 next[DIGEST];

      hmac ((const guint8 *) password, strlen (password), (const char *) u, DIGEST, next);
      memcpy (u, next, DIGEST);
      for (gsize k = 0; k < DIGEST; k++)
        out[k] ^= u[k];
    }
}

/* The proof and the server's signature, both in base64, for an exchange. */
static void
scram_values (const char *password,
              const char *salt64,
              guint rounds,
              const char *auth_message,
              char **proof,
              char **signature)
{
  gsize salt_length;
  g_autofree guint8 *salt = g_base64_decode (salt64, &salt_length);
  guint8 salted[DIGEST], client_key[DIGEST], stored_key[DIGEST], server_key[DIGEST], value[DIGEST];

  salt_password (password, salt, salt_length, rounds, salted);
  hmac (salted, DIGEST, "Client Key", 10, client_key);
  hash (client_key, DIGEST, stored_key);
  hmac (stored_key, DIGEST, auth_message, strlen (auth_message), value);
  for (gsize i = 0; i < DIGEST; i++)
    value[i] ^= client_key[i];
  *proof = g_base64_encode (value, DIGEST);
  hmac (salted, DIGEST, "Server Key", 10, server_key);
  hmac (server_key, DIGEST, auth_message, strlen (auth_message), value);
  *signature = g_base64_encode (value, DIGEST);
}

/* RFC 7677 section 3. */
static void
test_scram_arithmetic (void)
{
  g_autofree char *proof = NULL;
  g_autofree char *signature = NULL;

  scram_values ("pencil", "W22ZaJ0SNY7soEsUEjb6gQ==", 4096,
                "n=user,r=rOprNGfwEbeRWgbNEkqO,"
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                &proof, &signature);
  g_assert_cmpstr (proof, ==, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  g_assert_cmpstr (signature, ==, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

/* ---- helpers ---- */

static WaxSaslClient *
client_of (const char *mechanism, const WaxSaslBindings *bindings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret) password = wax_secret_new_string ("pencil");
  const WaxSaslCredentials credentials = { .user = "user", .password = password };
  WaxSaslClient *client = wax_sasl_client_new (mechanism, &credentials, "smtp.example.org", 465, bindings,
                                               &error);

  g_assert_no_error (error);
  g_assert_nonnull (client);

  return client;
}

static char *
step (WaxSaslClient *client, const char *challenge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret)
      response = wax_sasl_client_step (client, (const guint8 *) challenge, strlen (challenge), NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (response);

  return g_strndup (wax_secret_peek (response), wax_secret_get_length (response));
}

/* Plays SCRAM-SHA-256 up to the server's last message, which it returns. */
static char *
play_scram (WaxSaslClient *client, const char *header, GBytes *binding)
{
  const char *salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
  g_autofree char *first = step (client, "");
  const char *bare = first + strlen (header);
  g_autofree char *server_first = NULL;
  g_autofree char *final = NULL;
  g_autofree char *channel = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *message = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *nonce = NULL;
  g_autoptr (GByteArray) input = g_byte_array_new ();

  g_assert_true (g_str_has_prefix (first, header));
  g_assert_true (g_str_has_prefix (bare, "n=user,r="));
  nonce = g_strdup_printf ("%sserver", bare + strlen ("n=user,r="));
  server_first = g_strdup_printf ("r=%s,s=%s,i=4096", nonce, salt);
  final = step (client, server_first);
  g_assert_false (wax_sasl_client_is_done (client));

  g_byte_array_append (input, (const guint8 *) header, (guint) strlen (header));
  if (binding != NULL)
    g_byte_array_append (input, g_bytes_get_data (binding, NULL), (guint) g_bytes_get_size (binding));
  channel = g_base64_encode (input->data, input->len);

  message = g_strdup_printf ("%s,%s,c=%s,r=%s", bare, server_first, channel, nonce);
  scram_values ("pencil", salt, 4096, message, &proof, &signature);
  expected = g_strdup_printf ("c=%s,r=%s,p=%s", channel, nonce, proof);
  g_assert_cmpstr (final, ==, expected);

  return g_strdup_printf ("v=%s", signature);
}

/* ---- SCRAM ---- */

static void
test_scram_proves_both_sides (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", NULL);
  g_autofree char *server_final = NULL;
  g_autofree char *last = NULL;

  g_assert_true (wax_sasl_client_speaks_first (client));
  server_final = play_scram (client, "n,,", NULL);
  last = step (client, server_final);
  g_assert_cmpstr (last, ==, "");
  g_assert_true (wax_sasl_client_is_done (client));
  g_assert_null (wax_sasl_client_get_binding (client));
}

static void
test_scram_refuses_wrong_signature (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", NULL);
  g_autofree char *server_final = play_scram (client, "n,,", NULL);
  g_autoptr (GError) error = NULL;

  server_final[5] = server_final[5] == 'A' ? 'B' : 'A';
  g_assert_null (
      wax_sasl_client_step (client, (const guint8 *) server_final, strlen (server_final), NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  g_assert_false (wax_sasl_client_is_done (client));
}

static void
test_scram_plus_binds (void)
{
  g_autoptr (GBytes) exporter = g_bytes_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (GBytes) unique = g_bytes_new ("finished-12b", 12);
  struct
  {
    WaxSaslBindings bindings;
    const char *header;
    const char *name;
    GBytes *octets;
  } cases[] = {
    { { exporter, NULL }, "p=tls-exporter,,", "tls-exporter", exporter },
    { { NULL, unique }, "p=tls-unique,,", "tls-unique", unique },
    { { exporter, unique }, "p=tls-exporter,,", "tls-exporter", exporter },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256-PLUS", &cases[i].bindings);
      g_autofree char *server_final = play_scram (client, cases[i].header, cases[i].octets);
      g_autofree char *last = step (client, server_final);

      g_assert_true (wax_sasl_client_is_done (client));
      g_assert_cmpstr (wax_sasl_client_get_binding (client), ==, cases[i].name);
    }
}

/* A plain SCRAM works where bindings are at hand: they must not reach the library. */
static void
test_scram_without_plus_ignores_bindings (void)
{
  g_autoptr (GBytes) exporter = g_bytes_new ("0123456789abcdef0123456789abcdef", 32);
  WaxSaslBindings bindings = { exporter, NULL };
  g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", &bindings);
  g_autofree char *server_final = play_scram (client, "n,,", NULL);
  g_autofree char *last = step (client, server_final);

  g_assert_true (wax_sasl_client_is_done (client));
  g_assert_null (wax_sasl_client_get_binding (client));
}

static void
test_scram_refuses_challenges (void)
{
  static const char *const bad[] = {
    "",
    "nonsense",
    "r=notmine,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "e=other-error",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", NULL);
      g_autofree char *first = step (client, "");
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_sasl_client_step (client, (const guint8 *) bad[i], strlen (bad[i]), NULL, &error));
      g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
    }
}

/* A count that would keep the processor busy for hours ends at once. */
static void
test_scram_refuses_costly_challenge (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", NULL);
  g_autofree char *first = step (client, "");
  g_autofree char *challenge = g_strdup_printf ("r=%sx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4294967295",
                                                strstr (first, "r=") + 2);
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_sasl_client_step (client, (const guint8 *) challenge, strlen (challenge), NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
}

/* The library reads on behind a NUL: what hides there is not believed either. */
static void
test_scram_refuses_hidden_count (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("SCRAM-SHA-256", NULL);
  g_autofree char *first = step (client, "");
  g_autofree char *challenge = g_strdup_printf ("r=%sx|y,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000000000",
                                                strstr (first, "r=") + 2);
  gsize length = strlen (challenge);
  g_autoptr (GError) error = NULL;

  *strchr (challenge, '|') = '\0';
  g_assert_null (wax_sasl_client_step (client, (const guint8 *) challenge, length, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
}

/* ---- the others ---- */

static void
test_plain (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("PLAIN", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret) response = wax_sasl_client_step (client, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (wax_sasl_client_speaks_first (client));
  g_assert_cmpmem (wax_secret_peek (response), wax_secret_get_length (response), "\0user\0pencil", 12);
  g_assert_true (wax_sasl_client_is_done (client));
  g_assert_null (wax_sasl_client_step (client, (const guint8 *) "more", 4, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
}

static void
test_login (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("LOGIN", NULL);
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  g_assert_false (wax_sasl_client_speaks_first (client));
  user = step (client, "Username:");
  g_assert_cmpstr (user, ==, "user");
  g_assert_false (wax_sasl_client_is_done (client));
  password = step (client, "Password:");
  g_assert_cmpstr (password, ==, "pencil");
  g_assert_true (wax_sasl_client_is_done (client));
}

static void
test_refuses_large_challenge (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("CRAM-MD5", NULL);
  g_autofree guint8 *challenge = g_malloc0 (9217);
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_sasl_client_step (client, challenge, 9217, NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
}

static void
test_refuses_unusable_credentials (void)
{
  static const struct
  {
    const char *user;
    const char *password;
    gsize length;
  } cases[] = {
    { NULL, "pencil", 6 }, { "", "pencil", 6 },       { "us\xff", "pencil", 6 },
    { "user", "", 0 },     { "user", "pen\0cil", 7 }, { "user", "pen\xff", 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxSecret) password = wax_secret_new (cases[i].password, cases[i].length);
      g_autoptr (GError) error = NULL;

      const WaxSaslCredentials credentials = { .user = cases[i].user, .password = password };

      g_assert_null (wax_sasl_client_new ("PLAIN", &credentials, "host", 465, NULL, &error));
      g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CREDENTIALS);
      g_assert_null (strstr (error->message, "pen"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/sasl/scram/arithmetic-of-rfc-7677", test_scram_arithmetic);
  g_test_add_func ("/auth/sasl/scram/proves-both-sides", test_scram_proves_both_sides);
  g_test_add_func ("/auth/sasl/scram/refuses-wrong-signature", test_scram_refuses_wrong_signature);
  g_test_add_func ("/auth/sasl/scram/plus-binds", test_scram_plus_binds);
  g_test_add_func ("/auth/sasl/scram/without-plus-ignores-bindings",
                   test_scram_without_plus_ignores_bindings);
  g_test_add_func ("/auth/sasl/scram/refuses-challenges", test_scram_refuses_challenges);
  g_test_add_func ("/auth/sasl/scram/refuses-costly-challenge", test_scram_refuses_costly_challenge);
  g_test_add_func ("/auth/sasl/scram/refuses-hidden-count", test_scram_refuses_hidden_count);
  g_test_add_func ("/auth/sasl/plain", test_plain);
  g_test_add_func ("/auth/sasl/login", test_login);
  g_test_add_func ("/auth/sasl/refuses-large-challenge", test_refuses_large_challenge);
  g_test_add_func ("/auth/sasl/refuses-unusable-credentials", test_refuses_unusable_credentials);

  return g_test_run ();
}
