/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The sign-in of an account that has signed in by its Kerberos ticket before, at a
 * server that offers no more than PLAIN: prints the error, or by what it signed in. The
 * ticket is the environment's, the server a practice host. */

#include "practice-host.h"
#include "transport.h"

int
main (void)
{
  const WaxPracticeOptions options = { .mechanisms = "PLAIN" };
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxPracticeHost) host = wax_practice_host_start (&options, &error);
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSecret) password = wax_secret_new_string ("practice");
  WaxTransportSettings settings = { .account = account, .password = password };
  g_autoptr (WaxTransport) transport = NULL;
  g_autoptr (WaxSendResult) result = NULL;

  g_assert_no_error (error);
  settings.ca_file = wax_practice_host_get_ca_file (host);
  g_object_set (account, "address", "a@example.org", "host", "localhost", "port",
                (guint) wax_practice_host_get_implicit_port (host), "mode", WAX_TLS_MODE_IMPLICIT, "user",
                "practice", "strongest-mechanism", "GSSAPI", NULL);
  transport = wax_transport_new (&settings);
  result = wax_transport_open (transport, NULL);
  g_print ("%s\n", result->error != NULL ? result->error->message : result->report->auth_mechanism);

  return 0;
}
