/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Client certificates from every kind of place: each is shown to a server that
 * demands it, and each thing that can be wrong has its sentence. The token is one of
 * SoftHSM's, in a folder of this test's own. */

#include "client-identity.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>
#include <string.h>

#include "temp-folder.h"
#include "tls-guard.h"
#include "tls-server.h"

#define HOST   "smtp.example.org"
#define DAY    (24 * 3600)
#define PIN    "4711"
#define SO_PIN "08154711"
#define WORD   "correct horse"

static WaxTestCertificate *root, *server_leaf, *mine, *other;
static char *folder;

static void
check (int code)
{
  if (code < 0)
    g_error ("GnuTLS refused: %s", gnutls_strerror (code));
}

static char *
write_file (const char *name, const char *data, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);

  return path;
}

static char *
write_parts (const char *name, const char *a, const char *b)
{
  g_autofree char *text = g_strconcat (a, b, NULL);

  return write_file (name, text, -1);
}

static gnutls_x509_privkey_t
import_key (const WaxTestCertificate *certificate)
{
  gnutls_datum_t datum = { (unsigned char *) certificate->key_pem, (unsigned) strlen (certificate->key_pem) };
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0));

  return key;
}

static gnutls_x509_crt_t
import_certificate (const WaxTestCertificate *certificate)
{
  gnutls_datum_t datum = { (unsigned char *) certificate->cert_pem,
                           (unsigned) strlen (certificate->cert_pem) };
  gnutls_x509_crt_t crt;

  check (gnutls_x509_crt_init (&crt));
  check (gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_PEM));

  return crt;
}

static char *
encrypted_key (const WaxTestCertificate *certificate)
{
  gnutls_x509_privkey_t key = import_key (certificate);
  gnutls_datum_t out = { NULL, 0 };
  char *pem;

  check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, WORD, GNUTLS_PKCS_PBES2_AES_256, &out));
  pem = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  gnutls_x509_privkey_deinit (key);

  return pem;
}

static char *
write_pkcs12 (const char *name, const WaxTestCertificate *certificate, const char *password)
{
  gnutls_x509_privkey_t key = import_key (certificate);
  gnutls_x509_crt_t crt = import_certificate (certificate);
  gnutls_pkcs12_t p12;
  gnutls_pkcs12_bag_t certificates, keys;
  gnutls_datum_t datum = { NULL, 0 };
  guint8 id[20];
  size_t size = sizeof id;
  char *path;

  check (gnutls_x509_crt_get_key_id (crt, 0, id, &size));
  datum.data = id;
  datum.size = (unsigned) size;
  check (gnutls_pkcs12_init (&p12));
  check (gnutls_pkcs12_bag_init (&certificates));
  check (gnutls_pkcs12_bag_set_crt (certificates, crt));
  check (gnutls_pkcs12_bag_set_key_id (certificates, 0, &datum));
  check (gnutls_pkcs12_bag_encrypt (certificates, password, GNUTLS_PKCS_PBES2_AES_256));
  check (gnutls_pkcs12_set_bag (p12, certificates));
  check (gnutls_pkcs12_bag_init (&keys));
  {
    gnutls_datum_t der = { NULL, 0 };

    check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_DER, password, GNUTLS_PKCS_PBES2_AES_256,
                                              &der));
    check (gnutls_pkcs12_bag_set_data (keys, GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, &der));
    gnutls_free (der.data);
  }
  check (gnutls_pkcs12_bag_set_key_id (keys, 0, &datum));
  check (gnutls_pkcs12_set_bag (p12, keys));
  check (gnutls_pkcs12_generate_mac2 (p12, GNUTLS_MAC_SHA256, password));
  check (gnutls_pkcs12_export2 (p12, GNUTLS_X509_FMT_DER, &datum));
  path = write_file (name, (const char *) datum.data, datum.size);
  gnutls_free (datum.data);
  gnutls_pkcs12_bag_deinit (certificates);
  gnutls_pkcs12_bag_deinit (keys);
  gnutls_pkcs12_deinit (p12);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);

  return path;
}

/* ---- what is right is shown ---- */

static void
assert_is_shown (const char *certificate, const char *key, const char *password)
{
  static const char *const versions[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2" };
  g_autoptr (WaxSecret) secret = password != NULL ? wax_secret_new_string (password) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) identity = wax_client_identity_load (certificate, key, secret, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (TlsServer) server = tls_server_start (TLS_SERVER_SPEAKS_TLS, server_leaf, versions[i], NULL);
      g_autoptr (GIOStream) base = NULL;
      g_autoptr (GTlsConnection) tls = NULL;
      g_autoptr (WaxConnectionReport) report = wax_connection_report_new ();
      WaxTlsSettings settings = {
        .hostname = HOST, .ca_pem = root->cert_pem, .client_certificate = identity, .timeout_s = 30
      };
      char buffer[5];

      server->clients = root;
      base = tls_server_dial (server);
      tls = wax_tls_guard_secure (base, &settings, report, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (tls)), buffer, 5,
                                              NULL, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (report->client_cert, ==, "CN=Me");
      g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
      tls_server_stop (server);
      g_assert_cmpstr (server->client, ==, "CN=Me");
    }
}

static void
assert_refused (const char *certificate,
                const char *key,
                const char *password,
                WaxClientIdentityError code,
                const char *words)
{
  g_autoptr (WaxSecret) secret = password != NULL ? wax_secret_new_string (password) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_client_identity_load (certificate, key, secret, &error));
  g_assert_error (error, WAX_CLIENT_IDENTITY_ERROR, (int) code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” has no “%s”", error->message, words);
  if (password != NULL)
    g_assert_null (strstr (error->message, password));
}

static void
test_pem (void)
{
  g_autofree char *encrypted = encrypted_key (mine);
  g_autofree char *one = write_parts ("one.pem", mine->cert_pem, mine->key_pem);
  g_autofree char *chain = write_file ("chain.pem", mine->cert_pem, -1);
  g_autofree char *key = write_file ("key.pem", mine->key_pem, -1);
  g_autofree char *locked = write_parts ("locked.pem", mine->cert_pem, encrypted);
  g_autofree char *locked_key = write_file ("locked-key.pem", encrypted, -1);

  assert_is_shown (one, NULL, NULL);
  assert_is_shown (chain, key, NULL);
  assert_is_shown (locked, NULL, WORD);
  assert_is_shown (chain, locked_key, WORD);
}

static void
test_pkcs12 (void)
{
  g_autofree char *path = write_pkcs12 ("me.p12", mine, WORD);
  g_autofree char *open = write_pkcs12 ("open.p12", mine, "");

  assert_is_shown (path, NULL, WORD);
  assert_is_shown (open, NULL, NULL);
}

static void
test_each_fault_has_its_sentence (void)
{
  g_autoptr (WaxTestCertificate) expired = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Old", .issuer = root, .from_s = -10 * DAY, .to_s = -DAY });
  g_autofree char *encrypted = encrypted_key (mine);
  g_autofree char *missing = g_build_filename (folder, "nothing.pem", NULL);
  g_autofree char *junk = write_file ("junk", "no certificate", -1);
  g_autofree char *empty = write_file ("empty", "", -1);
  g_autofree char *no_key = write_file ("no-key.pem", mine->cert_pem, -1);
  g_autofree char *no_certificate = write_file ("no-certificate.pem", mine->key_pem, -1);
  g_autofree char *other_key = write_file ("other-key.pem", other->key_pem, -1);
  g_autofree char *mixed = write_parts ("mixed.pem", mine->cert_pem, other->key_pem);
  g_autofree char *old = write_parts ("old.pem", expired->cert_pem, expired->key_pem);
  g_autofree char *locked = write_parts ("locked.pem", mine->cert_pem, encrypted);
  g_autofree char *p12 = write_pkcs12 ("me.p12", mine, WORD);
  g_autofree char *large = g_strnfill (1024 * 1024 + 1, 'x');
  g_autofree char *too_large = write_file ("large", large, -1);

  assert_refused (missing, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND, "cannot be read");
  assert_refused (folder, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND, "cannot be read");
  assert_refused (junk, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "PEM or PKCS #12");
  assert_refused (empty, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "PEM or PKCS #12");
  assert_refused (too_large, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "larger than the 1 MiB");
  assert_refused (no_key, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "no private key");
  assert_refused (no_certificate, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "no certificate");
  assert_refused (no_key, other_key, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                  "is not that of the certificate");
  assert_refused (mixed, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "is not that of the certificate");
  assert_refused (old, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_EXPIRED, "expired on");
  assert_refused (locked, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_PASSWORD, "password is needed");
  assert_refused (locked, NULL, "wrong", WAX_CLIENT_IDENTITY_ERROR_PASSWORD, "does not open");
  assert_refused (p12, NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_PASSWORD, "password is needed");
  assert_refused (p12, NULL, "wrong", WAX_CLIENT_IDENTITY_ERROR_PASSWORD, "does not open");
}

/* ---- a token ---- */

static int
give_pin_cb (void *data,
             int attempt,
             const char *url,
             const char *label,
             unsigned flags,
             char *pin,
             size_t max)
{
  g_strlcpy (pin, (flags & GNUTLS_PIN_SO) != 0 ? SO_PIN : PIN, max);

  return 0;
}

/* GnuTLS does not see a token before it has a name. */
static gboolean
name_token (void)
{
  const char *argv[] = { "softhsm2-util", "--init-token", "--free", "--label", "waxtest",
                         "--so-pin",      SO_PIN,         "--pin",  PIN,       NULL };
  g_autoptr (GSubprocess) tool = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);

  return tool != NULL && g_subprocess_wait_check (tool, NULL, NULL);
}

/* Makes the token, with the certificate and its key, and the key of another. */
static gboolean
make_token (void)
{
  static const guint8 id_data[] = { 1 }, other_data[] = { 2 };
  gnutls_datum_t id = { (unsigned char *) id_data, 1 }, other_id = { (unsigned char *) other_data, 1 };
  gnutls_x509_privkey_t key, other_key;
  gnutls_x509_crt_t crt;

  if (!name_token ())
    return FALSE;
  gnutls_pkcs11_set_pin_function (give_pin_cb, NULL);
  key = import_key (mine);
  other_key = import_key (other);
  crt = import_certificate (mine);
  check (gnutls_pkcs11_copy_x509_crt2 ("pkcs11:token=waxtest", crt, "me", &id, GNUTLS_PKCS11_OBJ_FLAG_LOGIN));
  check (gnutls_pkcs11_copy_x509_privkey2 (
      "pkcs11:token=waxtest", key, "me", &id, GNUTLS_KEY_DIGITAL_SIGNATURE,
      GNUTLS_PKCS11_OBJ_FLAG_LOGIN | GNUTLS_PKCS11_OBJ_FLAG_MARK_SENSITIVE));
  check (gnutls_pkcs11_copy_x509_privkey2 (
      "pkcs11:token=waxtest", other_key, "other", &other_id, GNUTLS_KEY_DIGITAL_SIGNATURE,
      GNUTLS_PKCS11_OBJ_FLAG_LOGIN | GNUTLS_PKCS11_OBJ_FLAG_MARK_SENSITIVE));
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  gnutls_x509_privkey_deinit (other_key);
  gnutls_pkcs11_set_pin_function (NULL, NULL);

  return TRUE;
}

static void
test_token (void)
{
  if (!make_token ())
    {
      g_test_skip ("SoftHSM is not installed");
      return;
    }
  assert_is_shown ("pkcs11:token=waxtest;object=me;type=cert", NULL, PIN);
  assert_is_shown ("pkcs11:token=waxtest;object=me", "pkcs11:token=waxtest;object=me;type=private", PIN);

  assert_refused ("pkcs11:token=waxtest;object=nobody", NULL, PIN, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND,
                  "There is no certificate");
  assert_refused ("pkcs11:token=nowhere;object=me", NULL, PIN, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND,
                  "There is no certificate");
  assert_refused ("pkcs11:token=waxtest;object=me", "pkcs11:token=waxtest;object=other;type=private", PIN,
                  WAX_CLIENT_IDENTITY_ERROR_INVALID, "is not that of the certificate");
  assert_refused ("pkcs11:token=waxtest;object=me", "/etc/key.pem", PIN, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                  "must be on a token too");
  assert_refused ("pkcs11:token=waxtest;object=me?pin-value=" PIN, NULL, NULL,
                  WAX_CLIENT_IDENTITY_ERROR_INVALID, "no PIN in it");
  assert_refused ("pkcs11:token=waxtest;object=me", "pkcs11:token=waxtest;object=me?pin-source=/etc/pin",
                  NULL, WAX_CLIENT_IDENTITY_ERROR_INVALID, "no PIN in it");
}

static void
test_token_pin (void)
{
  assert_refused ("pkcs11:token=waxtest;object=me", NULL, NULL, WAX_CLIENT_IDENTITY_ERROR_PASSWORD,
                  "wants its PIN");
  assert_refused ("pkcs11:token=waxtest;object=me", NULL, "9999", WAX_CLIENT_IDENTITY_ERROR_PASSWORD,
                  "does not open the token");
}

/* SoftHSM's settings count from the start of the process. */
static void
prepare_token_folder (void)
{
  g_autofree char *tokens = g_build_filename (folder, "tokens", NULL);
  g_autofree char *text = g_strdup_printf (
      "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);
  g_autofree char *path = write_file ("softhsm2.conf", text, -1);

  g_assert_cmpint (g_mkdir (tokens, 0700), ==, 0);
  g_setenv ("SOFTHSM2_CONF", path, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = temp_folder_new ();
  prepare_token_folder ();
  root = wax_test_certificate_new (&(WaxTestCertificateSpec) { .common_name = "Test Root", .is_ca = TRUE });
  server_leaf = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "leaf", .names = HOST, .issuer = root });
  mine = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Me", .issuer = root, .usage = "1.3.6.1.5.5.7.3.2" });
  other = wax_test_certificate_new (
      &(WaxTestCertificateSpec) { .common_name = "Other", .issuer = root, .usage = "1.3.6.1.5.5.7.3.2" });
  g_test_add_func ("/tls/client-identity/pem", test_pem);
  g_test_add_func ("/tls/client-identity/pkcs12", test_pkcs12);
  g_test_add_func ("/tls/client-identity/each-fault-has-its-sentence", test_each_fault_has_its_sentence);
  g_test_add_func ("/tls/client-identity/token", test_token);
  g_test_add_func ("/tls/client-identity/token-pin", test_token_pin);
  status = g_test_run ();
  wax_test_certificate_free (root);
  wax_test_certificate_free (server_leaf);
  wax_test_certificate_free (mine);
  wax_test_certificate_free (other);
  temp_folder_remove (folder);

  return status;
}
