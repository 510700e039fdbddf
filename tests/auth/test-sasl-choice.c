/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which mechanism is chosen, for each kind of credential, and that less than before
 * is refused. */

#include "sasl-client.h"

#include <string.h>

#define PLUS "SCRAM-SHA-256-PLUS"

typedef struct
{
  const char *offered;
  const char *wanted;
  const char *remembered;
  const char *has; /* password, token, certificate (capital: not asked for), kerberos ticket, binding; and
                      unsecured */
  const char *chosen;
  WaxSaslError code;
  const char *words; /* in the reason or the error */
} Case;

static void
check (const Case *c)
{
  g_auto (GStrv) offered = *c->offered != '\0' ? g_strsplit (c->offered, " ", -1) : g_new0 (char *, 1);
  g_autoptr (WaxSecret) password = wax_secret_new_string ("pencil");
  g_autoptr (WaxSecret) token = wax_secret_new_string ("t0ken");
  g_autoptr (GBytes) exporter = g_bytes_new ("x", 1);
  const WaxSaslBindings bound = { exporter, NULL };
  const WaxSaslCredentials credentials = {
    .user = "user",
    .password = strchr (c->has, 'p') != NULL ? password : NULL,
    .token = strchr (c->has, 't') != NULL ? token : NULL,
    .has_client_certificate = strchr (c->has, 'c') != NULL,
    .keeps_client_certificate = strchr (c->has, 'C') != NULL,
    .has_ticket = strchr (c->has, 'k') != NULL,
  };
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *chosen = wax_sasl_choose ((const char *const *) offered, c->wanted, c->remembered,
                                             &credentials, strchr (c->has, 'b') != NULL ? &bound : NULL,
                                             strchr (c->has, 'u') == NULL, &reason, &error);

  g_test_message ("%s, has %s: %s", c->offered, c->has, chosen != NULL ? reason : error->message);
  g_assert_cmpstr (chosen, ==, c->chosen);
  if (chosen == NULL)
    g_assert_error (error, WAX_SASL_ERROR, (int) c->code);
  else
    g_assert_nonnull (reason);
  if (c->words != NULL)
    g_assert_nonnull (strstr (chosen != NULL ? reason : error->message, c->words));
}

static void
test_password (void)
{
  static const Case cases[] = {
    { "PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256 " PLUS, NULL, NULL, "pb", PLUS, 0, NULL },
    { "PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256 " PLUS, NULL, NULL, "p", "SCRAM-SHA-256", 0,
      PLUS " was passed over, since this connection has no channel binding" },
    { "SCRAM-SHA-256 SCRAM-SHA-1-PLUS", NULL, NULL, "pb", "SCRAM-SHA-1-PLUS", 0, NULL },
    { "login plain", NULL, NULL, "p", "PLAIN", 0, NULL },
    { "LOGIN", NULL, NULL, "p", "LOGIN", 0, NULL },
    { "PLAIN CRAM-MD5 DIGEST-MD5", NULL, NULL, "p", "DIGEST-MD5", 0, NULL },
    { "CRAM-MD5 PLAIN", NULL, NULL, "pu", "CRAM-MD5", 0, NULL },
    { "PLAIN LOGIN", NULL, NULL, "pu", NULL, WAX_SASL_ERROR_NO_MECHANISM, "not verified" },
    { "NTLM", NULL, NULL, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM, "it offers NTLM" },
    { "", NULL, NULL, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM, "it offers nothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_other_credentials (void)
{
  static const Case cases[] = {
    { "PLAIN XOAUTH2 OAUTHBEARER", NULL, NULL, "t", "OAUTHBEARER", 0, NULL },
    { "PLAIN XOAUTH2", NULL, NULL, "t", "XOAUTH2", 0, NULL },
    { "PLAIN XOAUTH2", NULL, NULL, "p", "PLAIN", 0, "XOAUTH2 was passed over, since there is no token" },
    { "PLAIN SCRAM-SHA-256", NULL, NULL, "t", NULL, WAX_SASL_ERROR_NO_MECHANISM, "there is no password" },
    { "OAUTHBEARER XOAUTH2", NULL, NULL, "tu", NULL, WAX_SASL_ERROR_NO_MECHANISM, "send the token" },
    { "EXTERNAL PLAIN", NULL, NULL, "c", "EXTERNAL", 0, NULL },
    { "EXTERNAL PLAIN", NULL, NULL, "p", "PLAIN", 0, "there is no client certificate" },
    { "GSSAPI EXTERNAL", NULL, NULL, "kc", "GSSAPI", 0, NULL },
    { "GSSAPI PLAIN", NULL, NULL, "p", "PLAIN", 0, "there is no Kerberos ticket" },
    { "GSSAPI SCRAM-SHA-1", NULL, NULL, "pk", "SCRAM-SHA-1", 0, NULL },
    { "GSSAPI PLAIN XOAUTH2", NULL, NULL, "ptk", "GSSAPI", 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_wanted (void)
{
  static const Case cases[] = {
    { "PLAIN SCRAM-SHA-256", "plain", NULL, "p", "PLAIN", 0, "what the account asks for" },
    { "PLAIN", "SCRAM-SHA-256", NULL, "p", NULL, WAX_SASL_ERROR_NOT_OFFERED, NULL },
    { "PLAIN", "PLAIN", NULL, "pu", NULL, WAX_SASL_ERROR_NO_MECHANISM, NULL },
    { PLUS, PLUS, NULL, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM, "no channel binding" },
    { "PLAIN", "ROT13", NULL, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM, NULL },
    { "EXTERNAL", "EXTERNAL", NULL, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM,
      "there is no client certificate" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_downgrade (void)
{
  static const Case cases[] = {
    /* As strong as before, or stronger. */
    { "PLAIN " PLUS, NULL, PLUS, "pb", PLUS, 0, NULL },
    { "PLAIN SCRAM-SHA-256", NULL, "PLAIN", "p", "SCRAM-SHA-256", 0, NULL },
    { "PLAIN", NULL, "X-UNKNOWN", "p", "PLAIN", 0, NULL },
    /* The server offers less. */
    { "PLAIN LOGIN", NULL, "SCRAM-SHA-256", "p", NULL, WAX_SASL_ERROR_DOWNGRADE,
      "has signed in by SCRAM-SHA-256 before, and now the server no longer offers it: what is left is PLAIN, "
      "which is weaker (the server offers PLAIN, LOGIN)" },
    { "SCRAM-SHA-256 PLAIN", NULL, PLUS, "pb", NULL, WAX_SASL_ERROR_DOWNGRADE, NULL },
    { "XOAUTH2", NULL, "oauthbearer", "t", NULL, WAX_SASL_ERROR_DOWNGRADE, NULL },
    { "XOAUTH2 PLAIN", NULL, "SCRAM-SHA-1", "pt", NULL, WAX_SASL_ERROR_DOWNGRADE, NULL },
    { "LOGIN", NULL, "PLAIN", "p", NULL, WAX_SASL_ERROR_DOWNGRADE, NULL },
    /* The binding fell away. */
    { "SCRAM-SHA-256 " PLUS, NULL, PLUS, "p", NULL, WAX_SASL_ERROR_DOWNGRADE,
      "now this connection has no channel binding" },
    /* The server does not ask for the certificate any more. */
    { "EXTERNAL PLAIN", NULL, "EXTERNAL", "pC", NULL, WAX_SASL_ERROR_DOWNGRADE,
      "now the server did not ask for the client certificate" },
    { "PLAIN", NULL, "EXTERNAL", "pC", NULL, WAX_SASL_ERROR_DOWNGRADE, "the server no longer offers it" },
    { "PLAIN", NULL, "EXTERNAL", "p", "PLAIN", 0, "there is no client certificate any more" },
    { "EXTERNAL SCRAM-SHA-256", NULL, "EXTERNAL", "pC", "SCRAM-SHA-256", 0, NULL },
    /* The user signs in by something else now. */
    { "PLAIN XOAUTH2", NULL, PLUS, "t", "XOAUTH2", 0, "there is no password any more" },
    { "PLAIN", NULL, "GSSAPI", "p", "PLAIN", 0, "there is no Kerberos ticket any more" },
    /* The user asks for it. */
    { "PLAIN", "PLAIN", "SCRAM-SHA-256", "p", "PLAIN", 0,
      "the account has signed in by SCRAM-SHA-256 before, which is stronger" },
    /* Nothing at all is left: there is nothing that could be accepted. */
    { "NTLM", NULL, PLUS, "p", NULL, WAX_SASL_ERROR_NO_MECHANISM, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_strength (void)
{
  static const char *const order[] = {
    PLUS,          "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "GSSAPI", "EXTERNAL",
    "OAUTHBEARER", "xoauth2",          "DIGEST-MD5",    "CRAM-MD5",    "PLAIN",  "login",
  };

  for (gsize i = 1; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpint (wax_sasl_strength (order[i - 1]), >, wax_sasl_strength (order[i]));
  g_assert_cmpint (wax_sasl_strength ("LOGIN"), >, 0);
  g_assert_cmpint (wax_sasl_strength ("NTLM"), ==, 0);
  g_assert_cmpint (wax_sasl_strength (NULL), ==, 0);
}

static void
test_needs_password (void)
{
  static const char *const without[] = { "GSSAPI", "external", "OAUTHBEARER", "XOAUTH2" };
  static const char *const with[] = { PLUS, "plain", "DIGEST-MD5", "X-UNKNOWN", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (without); i++)
    g_assert_false (wax_sasl_needs_password (without[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (with); i++)
    g_assert_true (wax_sasl_needs_password (with[i]));
}

static void
test_strongest (void)
{
  g_assert_cmpstr (wax_sasl_strongest (NULL, "PLAIN"), ==, "PLAIN");
  g_assert_cmpstr (wax_sasl_strongest ("PLAIN", "SCRAM-SHA-1"), ==, "SCRAM-SHA-1");
  g_assert_cmpstr (wax_sasl_strongest ("SCRAM-SHA-1", "PLAIN"), ==, "SCRAM-SHA-1");
  g_assert_cmpstr (wax_sasl_strongest ("SCRAM-SHA-1", "XOAUTH2"), ==, "XOAUTH2");
  g_assert_cmpstr (wax_sasl_strongest ("SCRAM-SHA-1", NULL), ==, "SCRAM-SHA-1");
  g_assert_null (wax_sasl_strongest (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/choice/password", test_password);
  g_test_add_func ("/auth/choice/other-credentials", test_other_credentials);
  g_test_add_func ("/auth/choice/wanted", test_wanted);
  g_test_add_func ("/auth/choice/less-than-before", test_downgrade);
  g_test_add_func ("/auth/choice/strength", test_strength);
  g_test_add_func ("/auth/choice/needs-password", test_needs_password);
  g_test_add_func ("/auth/choice/what-is-remembered", test_strongest);

  return g_test_run ();
}
