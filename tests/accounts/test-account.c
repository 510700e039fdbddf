/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account-store.h"

#include <string.h>

#include "temp-folder.h"

#define OTHER_PIN "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define PIN       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static WaxAccount *
good_account (void)
{
  WaxAccount *account = wax_account_new ();

  g_object_set (account, "address", "ada@example.org", "host", "mail.example.org", "user", "ada", NULL);
  return account;
}

static void
test_validate_names_the_field (void)
{
  static const struct
  {
    const char *property;
    const char *value;
    const char *word;
  } cases[] = {
    { "address", "", "Address" },
    { "address", "nobody", "Address" },
    { "address", "a@b c", "Address" },
    { "address", "a@example.org, b@example.org", "Address" },
    { "host", "", "Server" },
    { "host", "no host", "Server" },
    { "host", "mail..example.org", "Server" },
    { "user", "a\nb", "User name" },
    { "label", "a\rb", "Label" },
    { "name",
      "a\x01"
      "b",
      "Name" },
    { "minimum-tls", "TLS1.1", "Minimum TLS" },
    { "mechanism", "plain", "Sign-in method" },
    { "ca-pem", "not a certificate", "Certificate authority" },
    { "revocation", "firm", "Revocation" },
    { "dane", "yes", "TLSA records" },
    { "client-cert", "me.pem", "Client certificate" },
    { "client-cert", "pkcs11:token=t;object=o?pin-value=1234", "Client certificate" },
    { "client-cert", "PKCS11:token=t?pin%2Dsource=/etc/pin", "Client certificate" },
    { "client-key", "/etc/me.key", "Key of the client certificate" },
    { "exceptions", "[{}]", "Exceptions" },
    { "exceptions", "[{\"allow\":\"version\",\"since\":1,\"until\":1}]", "Exceptions" },
    { "exceptions", "[{\"allow\":\"version\",\"since\":1,\"until\":99999999}]", "Exceptions" },
    { "exceptions",
      "[{\"allow\":\"cipher\",\"value\":\"TLS_RSA_WITH_AES_128_CBC_SHA\",\"since\":1,\"until\":9}]",
      "Exceptions" },
    { "exceptions", "[{\"allow\":\"untrusted\",\"value\":\"aa\",\"since\":1,\"until\":9}]", "Exceptions" },
    { "exceptions", "[{\"allow\":\"plaintext\",\"since\":1,\"until\":9}]", "Exceptions" },
    { "proxy", "socks4://proxy.example:1080", "Proxy" },
    { "proxy", "socks5://user:word@proxy.example:1080", "Proxy" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAccount) account = good_account ();
      g_autoptr (GError) error = NULL;

      g_assert_true (wax_account_validate (account, NULL));
      g_object_set (account, cases[i].property, cases[i].value, NULL);
      g_assert_false (wax_account_validate (account, &error));
      g_assert_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, cases[i].word));
    }
}

static void
test_keeps_pins_in_reserve (void)
{
  static const struct
  {
    const char *pin, *backup;
    gint64 renew;
    const char *word; /* NULL: fine */
  } cases[] = {
    { PIN, OTHER_PIN, 1900000000, NULL },
    { PIN, "sha256:" OTHER_PIN, 0, NULL },
    { PIN, NULL, 0, NULL },
    { PIN, "sha256:" PIN, 0, "Backup pin" },
    { PIN, "abc", 0, "Backup pin" },
    { NULL, OTHER_PIN, 0, "Backup pin" },
    { NULL, NULL, 1900000000, "Renewal of the pins" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAccount) account = good_account ();
      const char *pins[] = { cases[i].pin, NULL }, *backup[] = { cases[i].backup, NULL };
      g_autoptr (GError) error = NULL;

      g_object_set (account, "pins", pins, "backup-pins", backup, "pins-renew", cases[i].renew, NULL);
      wax_account_normalize (account);
      g_assert_cmpint (wax_account_validate (account, &error), ==, cases[i].word == NULL);
      if (cases[i].word != NULL)
        g_assert_true (g_str_has_prefix (error->message, cases[i].word));
    }
}

static void
test_plaintext_is_for_loopback (void)
{
  static const struct
  {
    const char *host;
    gboolean allowed;
  } cases[] = {
    { "127.0.0.1", TRUE },         { "::1", TRUE },        { "localhost", TRUE },
    { "mail.example.org", FALSE }, { "192.0.2.1", FALSE }, { "localhost.example.org", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAccount) account = good_account ();

      g_object_set (account, "host", cases[i].host, "mode", WAX_TLS_MODE_PLAINTEXT_LOOPBACK, NULL);
      g_assert_cmpint (wax_account_validate (account, NULL), ==, cases[i].allowed);
    }
}

static void
test_pins_are_digests (void)
{
  g_autoptr (WaxAccount) account = good_account ();
  const char *const good[] = { "sha256:" PIN, NULL };
  const char *const bad[] = { PIN, "abc", NULL };

  g_object_set (account, "pins", good, NULL);
  wax_account_normalize (account);
  g_assert_true (wax_account_validate (account, NULL));
  g_assert_cmpstr (wax_account_get_pins (account)[0], ==, PIN);
  g_object_set (account, "pins", bad, NULL);
  g_assert_false (wax_account_validate (account, NULL));
}

static void
test_further_servers (void)
{
  static const struct
  {
    const char *url;
    const char *proxy;
    gboolean srv;
    WaxTlsMode mode;
    const char *word; /* NULL: all is well */
  } cases[] = {
    { "smtps://two.example.org", "none", FALSE, WAX_TLS_MODE_IMPLICIT, NULL },
    { "smtp+srv://example.org", NULL, TRUE, WAX_TLS_MODE_STARTTLS, NULL },
    { "smtps://two.example.org", "socks5://proxy.example:1080", FALSE, WAX_TLS_MODE_IMPLICIT, NULL },
    { "smtps://ada@two.example.org", NULL, FALSE, WAX_TLS_MODE_IMPLICIT, "Further servers" },
    { "two.example.org", NULL, FALSE, WAX_TLS_MODE_IMPLICIT, "Further servers" },
    { "smtps+srv://example.org", "socks5://proxy.example:1080", FALSE, WAX_TLS_MODE_IMPLICIT, "Proxy" },
    { NULL, "http://proxy.example:3128", TRUE, WAX_TLS_MODE_IMPLICIT, "Proxy" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAccount) account = good_account ();
      const char *const urls[] = { cases[i].url, NULL };
      g_autoptr (GError) error = NULL;

      g_object_set (account, "fallbacks", urls, "proxy", cases[i].proxy, "srv", cases[i].srv, "mode",
                    (int) cases[i].mode, NULL);
      g_assert_cmpint (wax_account_validate (account, &error), ==, cases[i].word == NULL);
      g_assert_true (cases[i].word == NULL || g_str_has_prefix (error->message, cases[i].word));
    }
}

static void
test_local_accounts_go_nowhere_else (void)
{
  static const struct
  {
    const char *property;
    const char *word;
  } cases[] = {
    { "fallbacks", "Further servers" },
    { "proxy", "Proxy" },
    { "srv", "Server" },
  };
  const char *const urls[] = { "smtps://two.example.org", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxAccount) account = good_account ();
      g_autoptr (GError) error = NULL;

      g_object_set (account, "host", "localhost", "mode", WAX_TLS_MODE_PLAINTEXT_LOOPBACK, NULL);
      g_assert_true (wax_account_validate (account, NULL));
      if (i == 0)
        g_object_set (account, "fallbacks", urls, NULL);
      else if (i == 1)
        g_object_set (account, "proxy", "socks5://proxy.example:1080", NULL);
      else
        g_object_set (account, "srv", TRUE, NULL);
      g_assert_false (wax_account_validate (account, &error));
      g_assert_true (g_str_has_prefix (error->message, cases[i].word));
    }
}

static gboolean
save (WaxStore *store, WaxAccount *account, GError **error)
{
  g_assert_true (wax_store_begin (store, NULL));
  if (!wax_account_store_save (store, account, error))
    {
      wax_store_rollback (store);
      return FALSE;
    }
  return wax_store_commit (store, error);
}

static void
test_store (void)
{
  g_autofree char *folder = temp_folder_new ();
  g_autofree char *path = g_build_filename (folder, "waxseal.db", NULL);
  g_autoptr (WaxSecret) key = wax_secret_new_random (32);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxStore) store = wax_store_open (path, key, TRUE, &error);
  g_autoptr (WaxAccount) first = good_account ();
  g_autoptr (WaxAccount) second = good_account ();
  g_autoptr (WaxAccount) found = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const char *const pins[] = { PIN, NULL };

  g_assert_no_error (error);
  g_object_set (first, "host", "Bücher.example", "mode", WAX_TLS_MODE_STARTTLS, "port", 587, "pins", pins,
                NULL);
  g_assert_true (save (store, first, &error));
  g_assert_false (save (store, second, &error));
  g_assert_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_EXISTS);
  g_clear_error (&error);
  g_object_set (second, "label", "Second", NULL);
  g_assert_true (save (store, second, &error));

  found = wax_account_store_find (store, wax_account_get_id (first), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wax_account_get_host (found), ==, "xn--bcher-kva.example");
  g_assert_cmpuint (wax_account_get_port (found), ==, 587);
  g_assert_cmpint (wax_account_get_mode (found), ==, WAX_TLS_MODE_STARTTLS);
  g_assert_cmpstr (wax_account_get_label (found), ==, "ada@example.org");
  g_assert_cmpstr (wax_account_get_minimum_tls (found), ==, "TLS1.2");
  g_assert_cmpstr (wax_account_get_pins (found)[0], ==, PIN);
  g_clear_object (&found);

  found = wax_account_store_find (store, "Second", &error);
  g_assert_cmpstr (wax_account_get_id (found), ==, wax_account_get_id (second));
  list = wax_account_store_list (store, &error);
  g_assert_cmpuint (list->len, ==, 2);

  g_assert_true (wax_store_begin (store, NULL));
  g_assert_true (wax_account_store_remove (store, wax_account_get_id (first), NULL));
  g_assert_false (wax_account_store_remove (store, wax_account_get_id (first), &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (wax_store_commit (store, NULL));
  g_assert_null (wax_account_store_find (store, "nobody", &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "nobody"));

  wax_store_close (store);
  temp_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/accounts/account/validate-names-the-field", test_validate_names_the_field);
  g_test_add_func ("/accounts/account/keeps-pins-in-reserve", test_keeps_pins_in_reserve);
  g_test_add_func ("/accounts/account/plaintext-is-for-loopback", test_plaintext_is_for_loopback);
  g_test_add_func ("/accounts/account/pins-are-digests", test_pins_are_digests);
  g_test_add_func ("/accounts/account/further-servers", test_further_servers);
  g_test_add_func ("/accounts/account/local-accounts-go-nowhere-else", test_local_accounts_go_nowhere_else);
  g_test_add_func ("/accounts/account-store/round-trip", test_store);
  return g_test_run ();
}
