/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a server may do to somebody who fetches something, and what comes of it. */

#include "web-fetch.h"

#include <stdio.h>
#include <string.h>

#include "test-http-server.h"

#define LIMIT 1000

static void
say (GOutputStream *out, const char *text)
{
  g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL);
}

static void
redirect (GOutputStream *out, int status, const char *location)
{
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 3\r\n\r\nno!", status, location);

  say (out, head);
}

static void
wait_for_end (WaxTestHttpServer *server)
{
  GPollFD fd;

  g_assert_true (g_cancellable_make_pollfd (server->stop, &fd));
  g_poll (&fd, 1, -1);
  g_cancellable_release_fd (server->stop);
}

/* The path says what is answered. */
static void
answer (WaxTestHttpServer *server,
        const char *method,
        const char *path,
        GBytes *body,
        GOutputStream *out,
        gpointer data)
{
  GCancellable *on_request = data;
  g_autofree char *many = g_strnfill (LIMIT + 1, 'x');
  int n = 0;

  if (g_str_equal (path, "/good"))
    wax_test_http_answer (out, 200, "text/plain; charset=utf-8", "good", 4);
  else if (g_str_equal (path, "/%0D%0AX:%20y"))
    wax_test_http_answer (out, 200, "text/plain", "one line", 8);
  else if (g_str_equal (path, "/empty"))
    wax_test_http_answer (out, 200, "text/plain", "", 0);
  else if (g_str_equal (path, "/echo"))
    wax_test_http_answer (out, 200, "text/plain", g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  else if (g_str_equal (path, "/exact"))
    wax_test_http_answer (out, 200, "text/plain", many, LIMIT);
  else if (g_str_equal (path, "/large"))
    wax_test_http_answer (out, 200, "text/plain", many, LIMIT + 1);
  else if (g_str_equal (path, "/gone"))
    wax_test_http_answer (out, 404, "text/plain", "gone", 4);
  else if (g_str_equal (path, "/empty-204"))
    say (out, "HTTP/1.1 204 Nothing\r\n\r\n");
  else if (g_str_equal (path, "/endless"))
    {
      say (out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (g_output_stream_write_all (out, "400\r\n", 5, NULL, server->stop, NULL)
             && g_output_stream_write_all (out, many, 0x3e8, NULL, server->stop, NULL)
             && g_output_stream_write_all (out, "xxxxxxxxxxxxxxxxxxxxxxxx\r\n", 26, NULL, server->stop, NULL))
        ;
    }
  else if (g_str_equal (path, "/endless-head"))
    {
      say (out, "HTTP/1.1 200 OK\r\n");
      while (g_output_stream_write_all (out, "X-Filler: x\r\n", 13, NULL, server->stop, NULL))
        ;
    }
  else if (g_str_equal (path, "/short"))
    say (out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  else if (g_str_equal (path, "/garbage"))
    say (out, "220 mail.example.org ESMTP\r\n");
  else if (g_str_equal (path, "/gzip"))
    say (out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw");
  else if (g_str_equal (path, "/cookie"))
    say (out, "HTTP/1.1 302 Elsewhere\r\nSet-Cookie: a=b\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/once"))
    redirect (out, 301, "/good");
  else if (g_str_equal (path, "/again"))
    redirect (out, 308, "/echo");
  else if (g_str_equal (path, "/nowhere"))
    say (out, "HTTP/1.1 302 Elsewhere\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/to-file"))
    redirect (out, 302, "file:///etc/hostname");
  else if (g_str_equal (path, "/to-user"))
    redirect (out, 302, "http://me:secret@127.0.0.1/");
  else if (g_str_equal (path, "/sign-in"))
    say (out, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
  else if (sscanf (path, "/hops/%d", &n) == 1 && n > 0)
    {
      g_autofree char *next = n > 1 ? g_strdup_printf ("/hops/%d", n - 1) : g_strdup ("/good");

      redirect (out, 302, next);
    }
  else if (g_str_equal (path, "/silent"))
    {
      g_cancellable_cancel (on_request);
      wait_for_end (server);
    }
  else if (g_str_equal (path, "/half"))
    {
      say (out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of");
      g_cancellable_cancel (on_request);
      wait_for_end (server);
    }
  else if (g_str_equal (path, "/drip"))
    {
      /* An octet a time, for as long as somebody reads: no read ever times out. */
      say (out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      while (!g_cancellable_is_cancelled (server->stop)
             && g_output_stream_write_all (out, "x", 1, NULL, server->stop, NULL))
        g_usleep (20000);
    }
  else
    g_assert_not_reached ();
}

static GBytes *
fetch (WaxTestHttpServer *server,
       const char *path,
       WaxWebRequest request,
       GCancellable *cancellable,
       GError **error)
{
  g_autofree char *url = wax_test_http_server_url (server, path);
  GBytes *body;

  request.url = url;
  request.limit = request.limit > 0 ? request.limit : LIMIT;
  body = wax_web_fetch (&request, cancellable, error);
  if (body == NULL && error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_nonnull (strstr ((*error)->message, "127.0.0.1"));

  return body;
}

static void
assert_body (WaxTestHttpServer *server, const char *path, WaxWebRequest request, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = fetch (server, path, request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected, strlen (expected));
}

static void
assert_refused (WaxTestHttpServer *server, const char *path, WaxWebRequest request, WaxWebError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = fetch (server, path, request, NULL, &error);

  g_assert_null (body);
  g_assert_error (error, WAX_WEB_ERROR, (int) code);
}

static void
test_body (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);
  g_autoptr (GBytes) post = g_bytes_new_static ("a\0b", 3);
  g_autoptr (GBytes) echoed = NULL;
  g_autoptr (GBytes) exact = NULL;
  g_autofree char *head = NULL;

  assert_body (server, "/good", (WaxWebRequest) { 0 }, "good");
  assert_body (server, "/good", (WaxWebRequest) { .accept = "text/plain" }, "good");
  assert_body (server, "/good", (WaxWebRequest) { .accept = "Text/Plain" }, "good");
  assert_body (server, "/empty", (WaxWebRequest) { 0 }, "");
  exact = fetch (server, "/exact", (WaxWebRequest) { 0 }, NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (exact), ==, LIMIT);

  echoed = fetch (server, "/echo", (WaxWebRequest) { .post = post, .post_type = "application/x" }, NULL,
                  NULL);
  g_assert_true (g_bytes_equal (echoed, post));
  head = wax_test_http_server_head (server);
  g_assert_true (g_str_has_prefix (head, "POST /echo HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, "Content-Type: application/x\r\n"));
}

static void
test_limits (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);

  assert_refused (server, "/large", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_TOO_LARGE);
  assert_refused (server, "/endless", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_TOO_LARGE);
  assert_refused (server, "/endless-head", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_CONNECT);
  assert_refused (server, "/short", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_CONNECT);
  assert_refused (server, "/garbage", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_CONNECT);
  assert_refused (server, "/gone", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_STATUS);
  assert_refused (server, "/empty-204", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_STATUS);
  assert_refused (server, "/good", (WaxWebRequest) { .accept = "text/html" }, WAX_WEB_ERROR_TYPE);
  /* Nothing is unpacked: a small answer stays small. */
  assert_body (server, "/gzip", (WaxWebRequest) { 0 }, "raw");
}

static void
test_redirects (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);
  g_autoptr (GBytes) post = g_bytes_new_static ("body", 4);

  assert_refused (server, "/once", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_REDIRECT);
  g_assert_cmpuint (wax_test_http_server_requests (server), ==, 1);
  assert_body (server, "/once", (WaxWebRequest) { .redirects = 1 }, "good");
  assert_body (server, "/hops/3", (WaxWebRequest) { .redirects = 3 }, "good");
  wax_test_http_server_requests (server);
  assert_refused (server, "/hops/4", (WaxWebRequest) { .redirects = 3 }, WAX_WEB_ERROR_REDIRECT);
  g_assert_cmpuint (wax_test_http_server_requests (server), ==, 4);
  assert_refused (server, "/hops/1000", (WaxWebRequest) { .redirects = G_MAXUINT }, WAX_WEB_ERROR_REDIRECT);
  assert_refused (server, "/nowhere", (WaxWebRequest) { .redirects = 1 }, WAX_WEB_ERROR_REDIRECT);
  assert_refused (server, "/to-file", (WaxWebRequest) { .redirects = 1 }, WAX_WEB_ERROR_ADDRESS);
  assert_refused (server, "/to-user", (WaxWebRequest) { .redirects = 1 }, WAX_WEB_ERROR_ADDRESS);

  assert_body (server, "/again", (WaxWebRequest) { .post = post, .post_type = "text/plain", .redirects = 1 },
               "body");
  assert_refused (server, "/once",
                  (WaxWebRequest) { .post = post, .post_type = "text/plain", .redirects = 1 },
                  WAX_WEB_ERROR_REDIRECT);
}

static void
test_tells_nothing (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);
  g_autofree char *head = NULL;
  g_autofree char *lower = NULL;

  assert_body (server, "/cookie", (WaxWebRequest) { .redirects = 1 }, "good");
  head = wax_test_http_server_head (server);
  lower = g_ascii_strdown (head, -1);
  for (guint i = 0; i < 4; i++)
    {
      const char *field = ((const char *[]) {
          "cookie:", "referer:", "authorization:", "accept-encoding:" })[i];

      g_assert_null (strstr (lower, field));
    }
  wax_test_http_server_requests (server);
  assert_refused (server, "/sign-in", (WaxWebRequest) { 0 }, WAX_WEB_ERROR_STATUS);
  g_assert_cmpuint (wax_test_http_server_requests (server), ==, 1);
}

static void
test_addresses (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);
  const char *refused[] = {
    "",
    "x",
    "http://",
    "/good",
    "file:///etc/hostname",
    "ftp://127.0.0.1/",
    "http://me@127.0.0.1/",
    "http://me:secret@127.0.0.1/",
    "http://127.0.0.1:99999/",

    "data:text/plain,x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wax_web_fetch (&(WaxWebRequest) { .url = refused[i], .limit = LIMIT }, NULL, &error));
      g_assert_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_ADDRESS);
      g_assert_null (strstr (error->message, "secret"));
    }
  assert_refused (server, "/good", (WaxWebRequest) { .https_only = TRUE }, WAX_WEB_ERROR_ADDRESS);
  g_assert_cmpuint (wax_test_http_server_requests (server), ==, 0);
  /* A line's end in an address ends no line of the request. */
  assert_body (server, "/\r\nX: y", (WaxWebRequest) { 0 }, "one line");
}

static void
test_no_server (void)
{
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, NULL);
  g_autofree char *url = wax_test_http_server_url (server, "/good");
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&server, wax_test_http_server_free);
  g_assert_null (wax_web_fetch (&(WaxWebRequest) { .url = url, .limit = LIMIT }, NULL, &error));
  g_assert_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_CONNECT);
}

static void
test_timeout (void)
{
  g_autoptr (GCancellable) ignored = g_cancellable_new ();
  g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, ignored);

  assert_refused (server, "/silent", (WaxWebRequest) { .timeout_s = 1 }, WAX_WEB_ERROR_TIMED_OUT);
  assert_refused (server, "/half", (WaxWebRequest) { .timeout_s = 1 }, WAX_WEB_ERROR_TIMED_OUT);
  assert_refused (server, "/drip", (WaxWebRequest) { .timeout_s = 1, .limit = 1000000 },
                  WAX_WEB_ERROR_TIMED_OUT);
}

/* Were it not for the cancellable, these would wait for ever. */
static void
test_cancel (void)
{
  const char *paths[] = { "/silent", "/half" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (WaxTestHttpServer) server = wax_test_http_server_new (answer, cancellable);
      g_autoptr (GError) error = NULL;

      g_assert_null (fetch (server, paths[i], (WaxWebRequest) { .timeout_s = 3000 }, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);

      wax_test_http_server_requests (server);
      g_assert_null (fetch (server, "/good", (WaxWebRequest) { 0 }, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (wax_test_http_server_requests (server), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("no_proxy", "*", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web/fetch/body", test_body);
  g_test_add_func ("/web/fetch/limits", test_limits);
  g_test_add_func ("/web/fetch/redirects", test_redirects);
  g_test_add_func ("/web/fetch/tells-nothing", test_tells_nothing);
  g_test_add_func ("/web/fetch/addresses", test_addresses);
  g_test_add_func ("/web/fetch/no-server", test_no_server);
  g_test_add_func ("/web/fetch/timeout", test_timeout);
  g_test_add_func ("/web/fetch/cancel", test_cancel);

  return g_test_run ();
}
