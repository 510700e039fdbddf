/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The examples of the RFCs, octet for octet, through the client as it is. The library
 * has no way to give it a nonce, so this program takes the place of the library's two
 * functions that draw and write it (the dynamic linker prefers the program's): all
 * else is the library's own. DIGEST-MD5's examples are of other services than SMTP,
 * whose name is in the digest: there the test's own arithmetic is first proved by the
 * example, and then proves the client. */

#include "sasl-client.h"

#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

/* ---- the nonce ---- */

static const char *next_nonce; /* as the example has it */
static guint nonces_drawn;
static char drawn[64];
static size_t drawn_length;

int
gsasl_nonce (char *data, size_t length)
{
  g_assert_nonnull (next_nonce);
  g_assert_cmpuint (length, <=, sizeof drawn);
  for (size_t i = 0; i < length; i++)
    drawn[i] = (char) (i + 1);
  memcpy (data, drawn, length);
  drawn_length = length;
  nonces_drawn++;

  return GSASL_OK;
}

int
gsasl_base64_to (const char *in, size_t length, char **out, size_t *out_length)
{
  gboolean is_nonce = length > 0 && length == drawn_length && memcmp (in, drawn, length) == 0;
  g_autofree char *text = is_nonce ? g_strdup (next_nonce) : g_base64_encode ((const guint8 *) in, length);

  *out = strdup (text);
  if (out_length != NULL)
    *out_length = strlen (text);

  return GSASL_OK;
}

/* ---- helpers ---- */

static WaxSaslClient *
client_of (const char *mechanism, const char *user, const char *password, const char *nonce)
{
  g_autoptr (WaxSecret) secret = wax_secret_new_string (password);
  const WaxSaslCredentials credentials = { .user = user, .password = secret };
  g_autoptr (GError) error = NULL;
  WaxSaslClient *client;

  next_nonce = nonce;
  nonces_drawn = 0;
  client = wax_sasl_client_new (mechanism, &credentials, "elwood.innosoft.com", 465, NULL, &error);
  g_assert_no_error (error);

  return client;
}

static char *
step (WaxSaslClient *client, const char *challenge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxSecret)
      response = wax_sasl_client_step (client, (const guint8 *) challenge, strlen (challenge), NULL, &error);

  g_assert_no_error (error);

  return g_strndup (wax_secret_peek (response), wax_secret_get_length (response));
}

/* ---- SCRAM ---- */

static const struct
{
  const char *mechanism;
  const char *nonce;
  const char *lines[4]; /* client, server, client, server */
} scram[] = {
  /* RFC 5802 section 5. */
  { "SCRAM-SHA-1",
    "fyko+d2lbbFgONRv9qkxdawL",
    { "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
      "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" } },
  /* RFC 7677 section 3. */
  { "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    { "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" } },
};

static void
test_scram (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scram); i++)
    {
      g_autoptr (WaxSaslClient) client = client_of (scram[i].mechanism, "user", "pencil", scram[i].nonce);
      g_autofree char *first = step (client, "");
      g_autofree char *final = step (client, scram[i].lines[1]);
      g_autofree char *last = NULL;

      g_assert_cmpuint (nonces_drawn, ==, 1);
      g_assert_cmpstr (first, ==, scram[i].lines[0]);
      g_assert_cmpstr (final, ==, scram[i].lines[2]);
      g_assert_false (wax_sasl_client_is_done (client));
      last = step (client, scram[i].lines[3]);
      g_assert_cmpstr (last, ==, "");
      g_assert_true (wax_sasl_client_is_done (client));
    }
}

/* ---- DIGEST-MD5 (RFC 2831 section 2.1.2.1) ---- */

static void
md5 (GByteArray *data, guint8 out[16])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  gsize length = 16;

  g_checksum_update (sum, data->data, data->len);
  g_checksum_get_digest (sum, out, &length);
}

static char *
md5_hex (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* @a2: `AUTHENTICATE:` and the digest-uri, or `:` and that for the server. */
static char *
digest_response (const char *user,
                 const char *realm,
                 const char *password,
                 const char *nonce,
                 const char *cnonce,
                 const char *a2)
{
  g_autofree char *secret = g_strdup_printf ("%s:%s:%s", user, realm, password);
  g_autofree char *nonces = g_strdup_printf (":%s:%s", nonce, cnonce);
  g_autoptr (GByteArray) a1 = g_byte_array_new ();
  g_autofree char *ha1 = NULL;
  g_autofree char *ha2 = md5_hex (a2);
  g_autofree char *all = NULL;
  guint8 inner[16];

  g_byte_array_append (a1, (const guint8 *) secret, (guint) strlen (secret));
  md5 (a1, inner);
  g_byte_array_set_size (a1, 0);
  g_byte_array_append (a1, inner, sizeof inner);
  g_byte_array_append (a1, (const guint8 *) nonces, (guint) strlen (nonces));
  ha1 = g_compute_checksum_for_data (G_CHECKSUM_MD5, a1->data, a1->len);
  all = g_strdup_printf ("%s:%s:00000001:%s:auth:%s", ha1, nonce, cnonce, ha2);

  return md5_hex (all);
}

#define REALM "elwood.innosoft.com"

/* RFC 2831 section 4. */
static void
test_digest_arithmetic (void)
{
  g_autofree char *response = digest_response ("chris", REALM, "secret", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk",
                                               "AUTHENTICATE:imap/" REALM);
  g_autofree char *proof = digest_response ("chris", REALM, "secret", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk",
                                            ":imap/" REALM);

  g_assert_cmpstr (response, ==, "d388dad90d4bbd760a152321f2143af7");
  g_assert_cmpstr (proof, ==, "ea40f60335c427b5527b84dbabcdfffd");
}

static void
test_digest_md5 (void)
{
  const char *challenge = "realm=\"" REALM "\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\",algorithm=md5-sess,"
                          "charset=utf-8";
  g_autoptr (WaxSaslClient) client = client_of ("DIGEST-MD5", "chris", "secret", "OA6MHXh6VqTrRk");
  g_autofree char *response = step (client, challenge);
  g_autofree char *digest = digest_response ("chris", REALM, "secret", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk",
                                             "AUTHENTICATE:smtp/" REALM);
  g_autofree char *proof = digest_response ("chris", REALM, "secret", "OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk",
                                            ":smtp/" REALM);
  g_autofree char *expected = g_strdup_printf ("response=%s", digest);
  g_autofree char *last = g_strdup_printf ("rspauth=%s", proof);
  g_autofree char *answer = NULL;

  g_test_message ("%s", response);
  g_assert_false (wax_sasl_client_speaks_first (client));
  g_assert_cmpuint (nonces_drawn, ==, 1);
  g_assert_nonnull (strstr (response, "username=\"chris\""));
  g_assert_nonnull (strstr (response, "cnonce=\"OA6MHXh6VqTrRk\""));
  g_assert_nonnull (strstr (response, "digest-uri=\"smtp/" REALM "\""));
  g_assert_nonnull (strstr (response, expected));
  g_assert_false (wax_sasl_client_is_done (client));
  answer = step (client, last);
  g_assert_cmpstr (answer, ==, "");
  g_assert_true (wax_sasl_client_is_done (client));
}

/* The server must prove itself too. */
static void
test_digest_md5_wrong_proof (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("DIGEST-MD5", "chris", "secret", "OA6MHXh6VqTrRk");
  g_autofree char *response = step (client, "realm=\"" REALM "\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\","
                                            "algorithm=md5-sess,charset=utf-8");
  const char *wrong = "rspauth=ea40f60335c427b5527b84dbabcdfffd";
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_sasl_client_step (client, (const guint8 *) wrong, strlen (wrong), NULL, &error));
  g_assert_error (error, WAX_SASL_ERROR, WAX_SASL_ERROR_CHALLENGE);
  g_assert_false (wax_sasl_client_is_done (client));
}

/* ---- CRAM-MD5 ---- */

/* RFC 2195 section 2. */
static void
test_cram_md5 (void)
{
  g_autoptr (WaxSaslClient) client = client_of ("CRAM-MD5", "tim", "tanstaaftanstaaf", NULL);
  g_autofree char *response = step (client, "<1896.697170952@postoffice.reston.mci.net>");

  g_assert_false (wax_sasl_client_speaks_first (client));
  g_assert_cmpstr (response, ==, "tim b913a602c7eda7a495b4e6e7334d3890");
  g_assert_true (wax_sasl_client_is_done (client));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/vectors/scram-of-rfc-5802-and-7677", test_scram);
  g_test_add_func ("/auth/vectors/digest-md5-arithmetic-of-rfc-2831", test_digest_arithmetic);
  g_test_add_func ("/auth/vectors/digest-md5", test_digest_md5);
  g_test_add_func ("/auth/vectors/digest-md5-wrong-proof", test_digest_md5_wrong_proof);
  g_test_add_func ("/auth/vectors/cram-md5-of-rfc-2195", test_cram_md5);

  return g_test_run ();
}
