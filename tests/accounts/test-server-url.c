/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-url.h"

#include <string.h>

static void
test_reads (void)
{
  static const struct
  {
    const char *text;
    WaxTlsMode mode;
    const char *host;
    guint16 port;
    const char *user;
    const char *spelled; /* if another */
  } cases[] = {
    { "smtps://mail.example.org", WAX_TLS_MODE_IMPLICIT, "mail.example.org", 465, NULL },
    { "SMTP://Mail.Example.ORG./", WAX_TLS_MODE_STARTTLS, "mail.example.org", 587, NULL,
      "smtp://mail.example.org" },
    { "smtps://ada@mail.example.org:2465", WAX_TLS_MODE_IMPLICIT, "mail.example.org", 2465, "ada" },
    { "smtps://ada%40example.org@mail.example.org", WAX_TLS_MODE_IMPLICIT, "mail.example.org", 465,
      "ada@example.org" },
    { "smtps://ada@example.org@mail.example.org", WAX_TLS_MODE_IMPLICIT, "mail.example.org", 465,
      "ada@example.org", "smtps://ada%40example.org@mail.example.org" },
    { "smtp://a%3Ab@host", WAX_TLS_MODE_STARTTLS, "host", 587, "a:b" },
    { "smtp://[2001:DB8::1]:25", WAX_TLS_MODE_STARTTLS, "2001:db8::1", 25, NULL, "smtp://[2001:db8::1]:25" },
    { "smtp://127.0.0.1:65535", WAX_TLS_MODE_STARTTLS, "127.0.0.1", 65535, NULL },
    { "smtps://bücher.example", WAX_TLS_MODE_IMPLICIT, "xn--bcher-kva.example", 465, NULL,
      "smtps://xn--bcher-kva.example" },
    { "smtps+srv://ada@Example.org", WAX_TLS_MODE_IMPLICIT, "example.org", 465, "ada",
      "smtps+srv://ada@example.org" },
    { "smtp+srv://example.org", WAX_TLS_MODE_STARTTLS, "example.org", 587, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WaxServerUrl) url = wax_server_url_parse (cases[i].text, &error);
      g_autofree char *text = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_no_error (error);
      g_assert_cmpint (url->mode, ==, cases[i].mode);
      g_assert_cmpint (url->srv, ==, strstr (cases[i].text, "+srv:") != NULL);
      g_assert_cmpstr (url->host, ==, cases[i].host);
      g_assert_cmpuint (url->port, ==, cases[i].port);
      g_assert_cmpstr (url->user, ==, cases[i].user);
      text = wax_server_url_to_string (url);
      g_assert_cmpstr (text, ==, cases[i].spelled != NULL ? cases[i].spelled : cases[i].text);
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
    { "", WAX_SERVER_URL_ERROR_SCHEME },
    { "mail.example.org", WAX_SERVER_URL_ERROR_SCHEME },
    { "https://mail.example.org", WAX_SERVER_URL_ERROR_SCHEME },
    { "smtps://", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://:465", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host:0", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host:65536", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host:", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host:46x", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host:+465", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host/path", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host?x", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://ho st", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://host\r\n", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://us%0Aer@host", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://us%00er@host", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://@host", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://[::1", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://[127.0.0.1]", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps://2001:db8::1", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps+srv://example.org:465", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps+srv://127.0.0.1", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps+srv://[::1]", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps+srv://", WAX_SERVER_URL_ERROR_SYNTAX },
    { "smtps+txt://example.org", WAX_SERVER_URL_ERROR_SCHEME },
    { "smtps+srv://user:secret@example.org", WAX_SERVER_URL_ERROR_PASSWORD },
    { "smtps://user:secret@host", WAX_SERVER_URL_ERROR_PASSWORD },
    { "smtps://user:@host", WAX_SERVER_URL_ERROR_PASSWORD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_null (wax_server_url_parse (cases[i].text, &error));
      g_assert_error (error, WAX_SERVER_URL_ERROR, (int) cases[i].code);
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/accounts/server-url/reads", test_reads);
  g_test_add_func ("/accounts/server-url/refuses-and-never-repeats-a-password", test_refuses);
  return g_test_run ();
}
