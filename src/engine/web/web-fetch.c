/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One request by libsoup, and nothing that outlives it: a session of its own,
 * without cookies, cache, decoders or a second try. Redirects are followed here
 * and not by libsoup, so that each target is looked at as the first address was.
 *
 * The request is made by libsoup's blocking calls, on a thread of its own, while
 * the caller's thread watches the clock and the cancellable. The asynchronous
 * calls would need no thread; but in libsoup 3.6 one that is cancelled while it
 * waits for the answer's head frees its queue item twice. */

#include "web-fetch.h"

#include <libsoup/soup.h>
#include <string.h>

#define DEFAULT_TIMEOUT_S 10
#define MAX_TIMEOUT_S     3600
#define MAX_REDIRECTS     10
#define MAX_URL           4096
#define PIECE             (64 * 1024)

typedef struct
{
  const WaxWebRequest *request;
  GUri *uri;          /* where it is asked now */
  GCancellable *stop; /* the request's own: the caller's, or the timer, cancels it */
  guint timeout_s;
  gboolean timed_out; /* set before @stop is cancelled, read after */

  SoupSession *session;
  GInputStream *stream;

  GMainContext *watch; /* the caller's */
  gboolean done;
  GBytes *body;
  GError *error;
} Fetch;

/* Why the operation failed, in the words of this room. */
static void
fetch_explain (Fetch *self, GError *cause, GError **error)
{
  g_autofree char *shown = g_uri_to_string (self->uri);

  if (self->timed_out)
    g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_TIMED_OUT, "%s did not answer within %u seconds", shown,
                 self->timeout_s);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The request to %s was cancelled", shown);
  else
    g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_CONNECT, "%s could not be fetched: %s", shown,
                 cause->message);
}

/* ---- addresses ---- */

static gboolean
scheme_is_allowed (const WaxWebRequest *request, GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);

  return g_str_equal (scheme, "https") || (!request->https_only && g_str_equal (scheme, "http"));
}

/* @uri is what was parsed of @text, or NULL. */
static gboolean
check_address (const WaxWebRequest *request, GUri *uri, const char *text, GError **error)
{
  g_autofree char *shown = NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || strlen (text) > MAX_URL)
    {
      shown = g_utf8_make_valid (text, MIN (strlen (text), 200));
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_ADDRESS, "“%s” is not an address on the web", shown);
      return FALSE;
    }
  shown = g_uri_to_string_partial (uri, G_URI_HIDE_PASSWORD);
  if (!scheme_is_allowed (request, uri))
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_ADDRESS, "%s is not an %s address", shown,
                   request->https_only ? "https" : "http or https");
      return FALSE;
    }
  if (g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_ADDRESS,
                   "%s has a user name in it, which is never sent", shown);
      return FALSE;
    }

  return TRUE;
}

static GUri *
parse_address (const WaxWebRequest *request, GUri *base, const char *text, GError **error)
{
  g_autoptr (GUri) uri = base != NULL ? g_uri_parse_relative (base, text, SOUP_HTTP_URI_FLAGS, NULL)
                                      : g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);

  return check_address (request, uri, text, error) ? g_steal_pointer (&uri) : NULL;
}

/* ---- the answer ---- */

static gboolean
is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND
         || status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT
         || status == SOUP_STATUS_PERMANENT_REDIRECT;
}

/* Where the answer points to. A body goes again only where the server asks for the
 * same request elsewhere. */
static gboolean
follow_redirect (Fetch *self, SoupMessage *message, guint followed, GError **error)
{
  const WaxWebRequest *request = self->request;
  guint status = soup_message_get_status (message);
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                       "Location");
  gboolean same_request = request->post == NULL || status == SOUP_STATUS_TEMPORARY_REDIRECT
                          || status == SOUP_STATUS_PERMANENT_REDIRECT;
  const char *reason = NULL;
  g_autofree char *shown = g_uri_to_string (self->uri);
  GUri *next;

  if (request->redirects == 0)
    reason = "no redirect is followed here";
  else if (followed >= MIN (request->redirects, MAX_REDIRECTS))
    reason = "so did too many before it";
  else if (location == NULL)
    reason = "does not say where to";
  else if (!same_request)
    reason = "what was asked is not to be asked there";
  if (reason != NULL)
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_REDIRECT, "%s points elsewhere, and %s", shown,
                   reason);
      return FALSE;
    }
  next = parse_address (request, self->uri, location, error);
  if (next == NULL)
    {
      g_prefix_error (error, "%s points elsewhere: ", shown);
      return FALSE;
    }
  g_uri_unref (self->uri);
  self->uri = next;

  return TRUE;
}

static gboolean
check_answer (Fetch *self, SoupMessage *message, GError **error)
{
  const WaxWebRequest *request = self->request;
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autofree char *shown = g_uri_to_string (self->uri);

  if (status != SOUP_STATUS_OK)
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_STATUS, "%s answered with the HTTP status %u (%s)",
                   shown, status, soup_status_get_phrase (status));
      return FALSE;
    }
  if (request->accept != NULL && (type == NULL || g_ascii_strcasecmp (type, request->accept) != 0))
    {
      g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_TYPE, "%s answered with something else than %s", shown,
                   request->accept);
      return FALSE;
    }

  return TRUE;
}

static GBytes *
too_large (Fetch *self, GError **error)
{
  g_autofree char *shown = g_uri_to_string (self->uri);

  g_set_error (error, WAX_WEB_ERROR, WAX_WEB_ERROR_TOO_LARGE,
               "%s answered with more than the %" G_GSIZE_FORMAT " octets that are taken", shown,
               self->request->limit);

  return NULL;
}

static GBytes *
fetch_body (Fetch *self, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  gsize limit = self->request->limit;
  g_autoptr (GByteArray) body = g_byte_array_new ();

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && (guint64) soup_message_headers_get_content_length (headers) > limit)
    return too_large (self, error);
  for (;;)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (GBytes) piece = g_input_stream_read_bytes (self->stream, PIECE, self->stop, &cause);

      if (piece == NULL)
        {
          fetch_explain (self, cause, error);
          return NULL;
        }
      if (g_bytes_get_size (piece) == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&body));
      if (g_bytes_get_size (piece) > limit - body->len)
        return too_large (self, error);
      g_byte_array_append (body, g_bytes_get_data (piece, NULL), (guint) g_bytes_get_size (piece));
    }
}

/* ---- the request ---- */

static SoupMessage *
fetch_message (Fetch *self)
{
  const WaxWebRequest *request = self->request;
  SoupMessage *message = soup_message_new_from_uri (request->post != NULL ? "POST" : "GET", self->uri);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE
                                       | SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_set_force_http1 (message, TRUE);
  if (request->post != NULL)
    soup_message_set_request_body_from_bytes (message, request->post_type, request->post);
  if (request->accept != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Accept", request->accept);

  return message;
}

static gboolean
fetch_send (Fetch *self, SoupMessage *message, GError **error)
{
  g_autoptr (GError) cause = NULL;

  g_clear_object (&self->stream);
  self->stream = soup_session_send (self->session, message, self->stop, &cause);
  if (self->stream != NULL)
    return TRUE;
  fetch_explain (self, cause, error);

  return FALSE;
}

static GBytes *
fetch_follow (Fetch *self, GError **error)
{
  for (guint followed = 0;; followed++)
    {
      g_autoptr (SoupMessage) message = fetch_message (self);

      if (!fetch_send (self, message, error))
        return NULL;
      if (!is_redirect (soup_message_get_status (message)))
        return check_answer (self, message, error) ? fetch_body (self, message, error) : NULL;
      if (!follow_redirect (self, message, followed, error))
        return NULL;
    }
}

/* ---- two threads ---- */

static gboolean
done_cb (gpointer user_data)
{
  Fetch *self = user_data;

  self->done = TRUE;

  return G_SOURCE_REMOVE;
}

static gpointer
fetch_thread (gpointer user_data)
{
  Fetch *self = user_data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  self->session = soup_session_new_with_options ("max-conns", 1, "user-agent", "Waxseal", NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  self->body = fetch_follow (self, &self->error);
  g_clear_object (&self->stream);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_context_invoke (self->watch, done_cb, self);

  return NULL;
}

static gboolean
deadline_cb (gpointer user_data)
{
  Fetch *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Fetch *self = user_data;

  g_cancellable_cancel (self->stop);

  return G_SOURCE_REMOVE;
}

static void
fetch_watch (Fetch *self, GCancellable *cancellable)
{
  g_autoptr (GSource) timer = g_timeout_source_new (MIN (self->timeout_s, MAX_TIMEOUT_S) * 1000);
  g_autoptr (GSource) source = NULL;

  g_source_set_callback (timer, deadline_cb, self, NULL);
  g_source_attach (timer, self->watch);
  if (cancellable != NULL)
    {
      source = g_cancellable_source_new (cancellable);
      g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), self, NULL);
      g_source_attach (source, self->watch);
    }
  while (!self->done)
    g_main_context_iteration (self->watch, TRUE);
}

GBytes *
wax_web_fetch (const WaxWebRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) watch = g_main_context_new ();
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Fetch self = { .request = request, .watch = watch, .stop = stop };
  GThread *thread;

  g_return_val_if_fail (request->url != NULL, NULL);
  g_return_val_if_fail (request->limit > 0 && request->limit <= G_MAXUINT / 2, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self.uri = parse_address (request, NULL, request->url, error);
  if (self.uri == NULL)
    return NULL;

  self.timeout_s = request->timeout_s > 0 ? request->timeout_s : DEFAULT_TIMEOUT_S;
  thread = g_thread_new ("web-fetch", fetch_thread, &self);
  fetch_watch (&self, cancellable);
  g_thread_join (thread);
  g_uri_unref (self.uri);
  if (self.error != NULL)
    g_propagate_error (error, self.error);

  return self.body;
}
