/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proxy-url.h"

#include "server-url.h"

#include <string.h>

static void
test_reads (void)
{
  static const struct
  {
    const char *text, *scheme, *host;
    guint16 port;
    const char *user, *shown;
  } cases[] = {
    { "socks5://127.0.0.1:1080", "socks5", "127.0.0.1", 1080, NULL, "socks5://127.0.0.1:1080" },
    { "SOCKS5://Proxy.Example.:9050/", "socks5", "proxy.example", 9050, NULL, "socks5://proxy.example:9050" },
    { "http://ada%40home@[::1]:3128", "http", "::1", 3128, "ada@home", "http://[::1]:3128" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxProxyUrl) url = wax_proxy_url_parse (cases[i].text, &error);
      g_autofree char *shown = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_no_error (error);
      g_assert_cmpstr (url->scheme, ==, cases[i].scheme);
      g_assert_cmpstr (url->host, ==, cases[i].host);
      g_assert_cmpuint (url->port, ==, cases[i].port);
      g_assert_cmpstr (url->user, ==, cases[i].user);
      shown = wax_proxy_url_shown (url->scheme, url->host, url->port);
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    WaxServerUrlError code;
  } cases[] = {
    { "", WAX_SERVER_URL_ERROR_SYNTAX },
    { "proxy.example:1080", WAX_SERVER_URL_ERROR_SYNTAX },
    { "https://proxy.example:443", WAX_SERVER_URL_ERROR_SCHEME },
    { "socks4://proxy.example:1080", WAX_SERVER_URL_ERROR_SCHEME },
    { "socks5://proxy.example", WAX_SERVER_URL_ERROR_SYNTAX },
    { "socks5://proxy.example:0", WAX_SERVER_URL_ERROR_SYNTAX },
    { "socks5://:1080", WAX_SERVER_URL_ERROR_SYNTAX },
    { "socks5://@proxy.example:1080", WAX_SERVER_URL_ERROR_SYNTAX },
    { "socks5://us%0Aer@proxy.example:1080", WAX_SERVER_URL_ERROR_SYNTAX },
    { "http://proxy.example:3128/path", WAX_SERVER_URL_ERROR_SYNTAX },
    { "http://proxy.example:3128?x", WAX_SERVER_URL_ERROR_SYNTAX },
    { "http://proxy.example:3128#x", WAX_SERVER_URL_ERROR_SYNTAX },
    { "http://pro\r\nxy:3128", WAX_SERVER_URL_ERROR_SYNTAX },
    { "socks5://user:secret@proxy.example:1080", WAX_SERVER_URL_ERROR_PASSWORD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxProxyUrl) url = wax_proxy_url_parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_null (url);
      g_assert_error (error, WAX_SERVER_URL_ERROR, (int) cases[i].code);
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/accounts/proxy-url/reads", test_reads);
  g_test_add_func ("/accounts/proxy-url/refuses", test_refuses);

  return g_test_run ();
}
