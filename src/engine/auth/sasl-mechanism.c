/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The mechanisms, as one table, strongest first: those that prove a password to a
 * server that must prove itself too, bound to the TLS connection or not; a Kerberos
 * ticket, which does the same but says nothing of this connection; the key of a client
 * certificate, which TLS has proved; a token, which is shown but is of no use after
 * its hour; what shows a digest of the password; what shows the password.
 *
 * DIGEST-MD5 and CRAM-MD5 are historic (RFC 6331): who listens can guess the password
 * at leisure, and the server must keep it, or as good as it. They stand above PLAIN
 * all the same. Inside TLS nobody listens, so the guessing is left to the server, to
 * which PLAIN gives the password outright. */

#include "sasl-mechanism.h"

#define BOUND    "it proves the password without sending it, and is bound to this TLS connection"
#define PROVED   "it proves the password without sending it"
#define IN_TLS   ", inside the verified TLS connection"
#define BY_TOKEN "it shows the server a token that ends by itself"

static const WaxSaslMechanism mechanisms[] = {
  { "SCRAM-SHA-256-PLUS", &wax_sasl_library, WAX_SASL_BY_PASSWORD, TRUE, FALSE, TRUE, TRUE, BOUND },
  { "SCRAM-SHA-1-PLUS", &wax_sasl_library, WAX_SASL_BY_PASSWORD, TRUE, FALSE, TRUE, TRUE, BOUND },
  { "SCRAM-SHA-256", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, FALSE, TRUE, TRUE, PROVED },
  { "SCRAM-SHA-1", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, FALSE, TRUE, TRUE, PROVED },
  { "GSSAPI", &wax_sasl_library, WAX_SASL_BY_TICKET, FALSE, FALSE, TRUE, TRUE,
    "it proves a Kerberos ticket, and no password is used" },
  { "EXTERNAL", &wax_sasl_external, WAX_SASL_BY_CERTIFICATE, FALSE, FALSE, TRUE, FALSE,
    "TLS has proved the key of the client certificate, and no password is used" },
  { "OAUTHBEARER", &wax_sasl_bearer, WAX_SASL_BY_TOKEN, FALSE, TRUE, TRUE, FALSE, BY_TOKEN IN_TLS },
  { "XOAUTH2", &wax_sasl_bearer, WAX_SASL_BY_TOKEN, FALSE, TRUE, TRUE, FALSE, BY_TOKEN IN_TLS },
  { "DIGEST-MD5", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, FALSE, FALSE, FALSE,
    "it does not send the password, but is historic: the server can guess at it" },
  { "CRAM-MD5", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, FALSE, FALSE, FALSE,
    "it does not send the password, but does not prove the server, which can guess at it" },
  { "PLAIN", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, TRUE, TRUE, FALSE,
    "it sends the password to the server" IN_TLS },
  { "LOGIN", &wax_sasl_library, WAX_SASL_BY_PASSWORD, FALSE, TRUE, FALSE, FALSE,
    "it sends the password to the server" IN_TLS },
};

const WaxSaslMechanism *
wax_sasl_mechanisms (gsize *count)
{
  *count = G_N_ELEMENTS (mechanisms);

  return mechanisms;
}

const WaxSaslMechanism *
wax_sasl_mechanism_find (const char *name)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (mechanisms); i++)
    if (g_ascii_strcasecmp (mechanisms[i].name, name) == 0)
      return &mechanisms[i];

  return NULL;
}

int
wax_sasl_strength (const char *mechanism)
{
  const WaxSaslMechanism *found = wax_sasl_mechanism_find (mechanism);

  return found != NULL ? (int) (mechanisms + G_N_ELEMENTS (mechanisms) - found) : 0;
}

const char *
wax_sasl_proof_in_words (WaxSaslProof proof)
{
  switch (proof)
    {
    case WAX_SASL_BY_TOKEN:
      return "token";
    case WAX_SASL_BY_CERTIFICATE:
      return "client certificate";
    case WAX_SASL_BY_TICKET:
      return "Kerberos ticket";
    case WAX_SASL_BY_PASSWORD:
    default:
      return "password";
    }
}

gboolean
wax_sasl_has_proof (const WaxSaslCredentials *credentials, WaxSaslProof proof)
{
  switch (proof)
    {
    case WAX_SASL_BY_TOKEN:
      return credentials->token != NULL;
    case WAX_SASL_BY_CERTIFICATE:
      return credentials->has_client_certificate;
    case WAX_SASL_BY_TICKET:
      return credentials->has_ticket;
    case WAX_SASL_BY_PASSWORD:
    default:
      return credentials->password != NULL;
    }
}

gboolean
wax_sasl_has_binding (const WaxSaslBindings *bindings)
{
  return bindings != NULL && (bindings->tls_exporter != NULL || bindings->tls_unique != NULL);
}

gboolean
wax_sasl_needs_password (const char *mechanism)
{
  const WaxSaslMechanism *found = wax_sasl_mechanism_find (mechanism);

  return found == NULL || found->proof == WAX_SASL_BY_PASSWORD;
}

const char *
wax_sasl_strongest (const char *remembered, const char *used)
{
  const WaxSaslMechanism *before = wax_sasl_mechanism_find (remembered);
  const WaxSaslMechanism *now = wax_sasl_mechanism_find (used);

  if (before == NULL || now == NULL)
    return now != NULL ? now->name : remembered;

  return now->proof != before->proof || now < before ? now->name : before->name;
}
