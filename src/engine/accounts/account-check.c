/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether an account can be used, and if not which of its fields is at fault and
 * how: the message begins with the name of the field, as faces show it. */

#include "account-private.h"

#include <string.h>

#include "client-identity.h"
#include "hex.h"
#include "proxy-url.h"

#define MAX_FALLBACKS 8

static gboolean
refuse (GError **error, const char *field, const char *what)
{
  g_set_error (error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID, "%s: %s", field, what);
  return FALSE;
}

static gboolean
is_line (const char *text)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 1000)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

static gboolean
check_lines (WaxAccount *self, GError **error)
{
  const struct
  {
    const char *field;
    const char *value;
  } lines[] = {
    { "Label", self->label },
    { "Name", self->name },
    { "Address", self->address },
    { "User name", self->user },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (!is_line (lines[i].value))
      return refuse (error, lines[i].field, "it must be one line of text");

  return TRUE;
}

static gboolean
check_server (WaxAccount *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *host = wax_host_normalize (self->host, &reason);

  if (host == NULL)
    return refuse (error, "Server", reason->message);
  if (self->port < 1 || self->port > 65535)
    return refuse (error, "Port", "it must be a number from 1 to 65535");
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

      if (address == NULL ? strcmp (host, "localhost") != 0 : !g_inet_address_get_is_loopback (address))
        return refuse (error, "Server",
                       "without TLS only an address of this machine itself (127.0.0.1) may be used");
    }

  return TRUE;
}

/* An IP address has no SRV records, and a plaintext account no business in the DNS. */
static gboolean
check_srv (WaxAccount *self, GError **error)
{
  if (!self->srv)
    return TRUE;
  if (g_hostname_is_ip_address (self->host))
    return refuse (error, "Server", "the DNS tells the servers of a domain, and this is an IP address");
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Server", "without TLS no server is looked up in the DNS");

  return TRUE;
}

static gboolean
check_fallbacks (WaxAccount *self, GError **error)
{
  if (self->fallbacks == NULL)
    return TRUE;
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Further servers", "an account without TLS has only the one on this machine");
  if (g_strv_length (self->fallbacks) > MAX_FALLBACKS)
    return refuse (error, "Further servers", "there may be no more than eight");
  for (char **url = self->fallbacks; *url != NULL; url++)
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (WaxServerUrl) server = wax_server_url_parse (*url, &reason);

      if (server == NULL)
        return refuse (error, "Further servers", reason->message);
      if (server->user != NULL)
        return refuse (error, "Further servers", "the user is that of the account: leave it out of the URL");
    }

  return TRUE;
}

static gboolean
asks_dns (WaxAccount *self)
{
  for (char **url = self->fallbacks; url != NULL && *url != NULL; url++)
    if (strstr (*url, "+srv:") != NULL)
      return TRUE;

  return self->srv;
}

static gboolean
check_proxy (WaxAccount *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (WaxProxyUrl) proxy = NULL;

  if (self->proxy == NULL || strcmp (self->proxy, "none") == 0)
    return TRUE;
  if (self->mode == WAX_TLS_MODE_PLAINTEXT_LOOPBACK)
    return refuse (error, "Proxy", "without TLS nothing leaves this machine");
  if (asks_dns (self))
    return refuse (
        error, "Proxy",
        "the servers of a domain are looked up without the proxy, which would show where mail goes: "
        "name the server itself");
  proxy = wax_proxy_url_parse (self->proxy, &reason);

  return proxy != NULL || refuse (error, "Proxy", reason->message);
}

static gboolean
check_pins (WaxAccount *self, GError **error)
{
  const struct
  {
    const char *field;
    GStrv pins;
  } lists[] = { { "Pin", self->pins }, { "Backup pin", self->backup_pins } };
  guint8 digest[32];

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (char **pin = lists[i].pins; pin != NULL && *pin != NULL; pin++)
      if (!wax_hex_decode (*pin, digest, sizeof digest))
        return refuse (error, lists[i].field,
                       "each must be the SHA-256 of a public key, 64 hexadecimal digits");
  if (self->backup_pins != NULL && self->pins == NULL)
    return refuse (error, "Backup pin", "it is kept in reserve for a pin, and there is none");
  for (char **pin = self->backup_pins; pin != NULL && *pin != NULL; pin++)
    if (g_strv_contains ((const char *const *) self->pins, *pin))
      return refuse (error, "Backup pin", "it must be another key than the one that is pinned");
  if (self->pins_renew != 0 && self->pins == NULL)
    return refuse (error, "Renewal of the pins", "there is no pin to renew");

  return TRUE;
}

static gboolean
check_demands (WaxAccount *self, GError **error)
{
  const struct
  {
    const char *field;
    const char *word;
  } demands[] = { { "Revocation", self->revocation }, { "TLSA records", self->dane } };
  WaxDemand demand;

  for (gsize i = 0; i < G_N_ELEMENTS (demands); i++)
    if (demands[i].word != NULL && !wax_demand_from_string (demands[i].word, &demand))
      return refuse (error, demands[i].field, "it must be off, soft or hard");

  return TRUE;
}

static gboolean
is_token (const char *place)
{
  return g_ascii_strncasecmp (place, "pkcs11:", strlen ("pkcs11:")) == 0;
}

static gboolean
check_client_certificate (WaxAccount *self, GError **error)
{
  const struct
  {
    const char *field;
    const char *place;
  } places[] = { { "Client certificate", self->client_cert },
                 { "Key of the client certificate", self->client_key } };

  if (self->client_key != NULL && self->client_cert == NULL)
    return refuse (error, "Key of the client certificate", "there is no certificate that it belongs to");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const char *place = places[i].place;

      if (place == NULL)
        continue;
      if (!is_line (place))
        return refuse (error, places[i].field, "it must be one line of text");
      if (is_token (place) && !wax_client_identity_uri_is_safe (place))
        return refuse (error, places[i].field,
                       "a PKCS #11 URI must have no PIN in it, nor say where to find one");
      if (!is_token (place) && !g_path_is_absolute (place))
        return refuse (error, places[i].field, "it must be the whole path of a file, or a pkcs11: URI");
    }

  return TRUE;
}

static gboolean
check_exceptions (WaxAccount *self, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GPtrArray) exceptions = wax_tls_exceptions_from_text (self->exceptions, &reason);

  return exceptions != NULL || refuse (error, "Exceptions", reason->message);
}

static gboolean
check_protection (WaxAccount *self, GError **error)
{
  const char *minimum = wax_account_get_minimum_tls (self);

  if (strcmp (minimum, "TLS1.2") != 0 && strcmp (minimum, "TLS1.3") != 0)
    return refuse (error, "Minimum TLS", "it must be TLS1.2 or TLS1.3");
  if (self->mechanism != NULL
      && (strlen (self->mechanism) > 20
          || strspn (self->mechanism, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen (self->mechanism)))
    return refuse (error, "Sign-in method", "it must be the name of a SASL mechanism, such as SCRAM-SHA-256");
  if (self->ca_pem != NULL)
    {
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (self->ca_pem, -1, NULL);

      if (certificate == NULL)
        return refuse (error, "Certificate authority", "there is no certificate in PEM form in it");
    }

  return TRUE;
}

/* The room `message` reads addresses in full; it stands beside this one, so here
 * only the form is looked at. */
static gboolean
check_address (WaxAccount *self, GError **error)
{
  const char *at = self->address != NULL ? strrchr (self->address, '@') : NULL;
  g_autofree char *domain = NULL;

  if (self->address == NULL)
    return refuse (error, "Address", "it is missing");
  if (at == NULL || at == self->address || strpbrk (self->address, " \t<>,;") != NULL)
    return refuse (error, "Address", "it must be one mail address, such as name@example.org");
  if (at[1] == '[')
    return TRUE;
  domain = wax_host_normalize (at + 1, NULL);
  if (domain == NULL)
    return refuse (error, "Address", "what follows the “@” is not a domain name");

  return TRUE;
}

gboolean
wax_account_validate (WaxAccount *self, GError **error)
{
  g_return_val_if_fail (WAX_IS_ACCOUNT (self), FALSE);

  return check_lines (self, error) && check_address (self, error) && check_server (self, error)
         && check_srv (self, error) && check_fallbacks (self, error) && check_proxy (self, error)
         && check_protection (self, error) && check_pins (self, error) && check_demands (self, error)
         && check_client_certificate (self, error) && check_exceptions (self, error);
}
