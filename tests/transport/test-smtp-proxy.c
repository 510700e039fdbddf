/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Through real proxies: microsocks and tinyproxy. */

#include "net.h"
#include "rig.h"
#include "smtp-route.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "temp-folder.h"

/* ---- a proxy ---- */

typedef struct
{
  GSubprocess *process;
  char *folder;
  char *log;
  guint16 port;
} Proxy;

static gboolean
answers (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

static void
proxy_free (Proxy *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_free (self->log);
  temp_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Proxy, proxy_free)

/* The port may be taken before the proxy has it: then it ends, and there is another. */
static gboolean
proxy_run (Proxy *self, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GError) error = NULL;

  /* It may ask a DNS that is not there: not for long. */
  g_subprocess_launcher_setenv (launcher, "RES_OPTIONS", "attempts:1 timeout:1", TRUE);
  g_subprocess_launcher_set_stdout_file_path (launcher, self->log);
  self->process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  while (!answers (self->port))
    {
      if (g_subprocess_get_identifier (self->process) == NULL)
        {
          g_clear_object (&self->process);
          return FALSE;
        }
      g_usleep (20000);
      /* Lets GSubprocess notice an end. */
      g_main_context_iteration (NULL, FALSE);
    }

  return TRUE;
}

static Proxy *
proxy_new (void)
{
  Proxy *self = g_new0 (Proxy, 1);

  self->folder = temp_folder_new ();
  self->log = g_build_filename (self->folder, "log", NULL);

  return self;
}

static Proxy *
microsocks (const char *user, const char *password)
{
  Proxy *self = proxy_new ();

  do
    {
      g_autofree char *port = NULL;
      const char *arguments[] = { "microsocks", "-i", "127.0.0.1", "-p", NULL, NULL, NULL, NULL, NULL, NULL };

      self->port = net_closed_port ();
      port = g_strdup_printf ("%u", self->port);
      arguments[4] = port;
      if (user != NULL)
        {
          arguments[5] = "-u";
          arguments[6] = user;
          arguments[7] = "-P";
          arguments[8] = password;
        }
      if (proxy_run (self, arguments))
        return self;
    }
  while (TRUE);
}

/* @connect_port: the only one that CONNECT may go to */
static Proxy *
tinyproxy (guint connect_port, const char *user, const char *password)
{
  Proxy *self = proxy_new ();
  g_autofree char *path = g_build_filename (self->folder, "tinyproxy.conf", NULL);
  const char *const arguments[] = { "tinyproxy", "-d", "-c", path, NULL };

  do
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      self->port = net_closed_port ();
      g_string_printf (text, "Port %u\nListen 127.0.0.1\nTimeout 60\nLogLevel Connect\nConnectPort %u\n",
                       self->port, connect_port);
      if (user != NULL)
        g_string_append_printf (text, "BasicAuth %s %s\n", user, password);
      g_file_set_contents (path, text->str, -1, &error);
      g_assert_no_error (error);
      if (proxy_run (self, arguments))
        return self;
    }
  while (TRUE);
}

/* Each of them writes down whom it was asked for. */
static void
assert_asked_by_name (Proxy *self, const char *name, guint port)
{
  g_autofree char *wanted = g_strdup_printf ("%s:%u", name, port);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  do
    {
      g_clear_pointer (&text, g_free);
      g_file_get_contents (self->log, &text, NULL, &error);
      g_assert_no_error (error);
      g_usleep (20000);
    }
  while (strstr (text, wanted) == NULL);
}

/* ---- the account ---- */

static Rig *
rig_through (const char *scheme, const char *user, guint16 port, const char *password)
{
  Rig *rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *url = g_strdup_printf ("%s://%s%s127.0.0.1:%u", scheme, user != NULL ? user : "",
                                          user != NULL ? "@" : "", port);

  net_resolver_clear ();
  wax_smtp_route_forget ();
  g_object_set (rig->account, "host", "localhost", "proxy", url, NULL);
  if (password != NULL)
    rig->settings.proxy_password = wax_secret_new_string (password);

  return rig;
}

static void
assert_went_through (WaxSendResult *result, const char *scheme, guint16 port)
{
  g_autofree char *via = g_strdup_printf ("%s://127.0.0.1:%u", scheme, port);
  g_autofree char *summary = wax_connection_report_summary (result->report);
  g_autoptr (JsonNode) json = wax_connection_report_to_json (result->report);
  g_autofree char *text = json_to_string (json, FALSE);

  rig_assert_sent (result);
  g_assert_cmpstr (result->report->via, ==, via);
  g_assert_null (result->report->address);
  g_assert_true (result->report->verified);
  g_assert_nonnull (strstr (summary, via));
  g_assert_null (strstr (text, "proxyuser"));
  g_assert_null (strstr (text, "open sesame"));
  g_assert_cmpuint (net_resolver_count (NULL), ==, 0);
}

static void
test_socks (void)
{
  g_autoptr (Proxy) proxy = microsocks (NULL, NULL);
  g_autoptr (Rig) rig = rig_through ("socks5", NULL, proxy->port, NULL);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  assert_went_through (result, "socks5", proxy->port);
  assert_asked_by_name (proxy, "localhost", wax_account_get_port (rig->account));
  /* Our own address is not for who is behind a proxy. */
  g_assert_cmpuint (rig_count_said (rig, "EHLO [127.0.0.1]"), ==, 1);
}

static void
test_socks_starttls (void)
{
  g_autoptr (Proxy) proxy = microsocks (NULL, NULL);
  g_autoptr (Rig) rig = rig_through ("socks5", NULL, proxy->port, NULL);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "mode", WAX_TLS_MODE_STARTTLS, "port",
                (guint) wax_practice_host_get_starttls_port (rig->host), NULL);
  result = rig_send (rig, NULL);
  assert_went_through (result, "socks5", proxy->port);
}

static void
test_socks_with_user (void)
{
  g_autoptr (Proxy) proxy = microsocks ("proxyuser", "open sesame");
  static const struct
  {
    const char *user, *password, *words;
  } cases[] = {
    { "proxyuser", "open sesame", NULL },
    { "proxyuser", "wrong", "does not take this user name and password" },
    { NULL, NULL, "wants a user name and a password" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = rig_through ("socks5", cases[i].user, proxy->port, cases[i].password);
      g_autoptr (WaxSecret) password = rig->settings.proxy_password;
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      if (cases[i].words == NULL)
        {
          assert_went_through (result, "socks5", proxy->port);
          continue;
        }
      rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_PROXY, WAX_STEP_CONNECT, 78);
      g_assert_true (g_str_has_prefix (result->error->message, "The proxy socks5://127.0.0.1:"));
      g_assert_nonnull (strstr (result->error->message, cases[i].words));
      g_assert_null (strstr (result->error->message, "wrong"));
    }
}

static void
test_http (void)
{
  g_autoptr (Rig) plain = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  guint port = wax_account_get_port (plain->account);
  g_autoptr (Proxy) proxy = tinyproxy (port, NULL, NULL);
  g_autoptr (Rig) rig = rig_through ("http", NULL, proxy->port, NULL);
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "port", port, NULL);
  rig->settings.ca_file = wax_practice_host_get_ca_file (plain->host);
  result = rig_send (rig, NULL);
  assert_went_through (result, "http", proxy->port);
  assert_asked_by_name (proxy, "localhost", port);
}

static void
test_http_with_user (void)
{
  g_autoptr (Rig) plain = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  guint port = wax_account_get_port (plain->account);
  g_autoptr (Proxy) proxy = tinyproxy (port, "proxyuser", "open-sesame");
  static const struct
  {
    const char *user, *password, *words;
  } cases[] = {
    { "proxyuser", "open-sesame", NULL },
    { "proxyuser", "wrong", "does not take this user name and password" },
    { NULL, NULL, "wants a user name and a password" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = rig_through ("http", cases[i].user, proxy->port, cases[i].password);
      g_autoptr (WaxSecret) password = rig->settings.proxy_password;
      g_autoptr (WaxSendResult) result = NULL;

      g_object_set (rig->account, "port", port, NULL);
      rig->settings.ca_file = wax_practice_host_get_ca_file (plain->host);
      result = rig_send (rig, NULL);
      if (cases[i].words == NULL)
        {
          assert_went_through (result, "http", proxy->port);
          continue;
        }
      rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_PROXY, WAX_STEP_CONNECT, 78);
      g_assert_nonnull (strstr (result->error->message, cases[i].words));
    }
}

static void
test_connect_not_allowed (void)
{
  g_autoptr (Proxy) proxy = tinyproxy (1, NULL, NULL);
  g_autoptr (Rig) rig = rig_through ("http", NULL, proxy->port, NULL);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_PROXY, WAX_STEP_CONNECT, 78);
  g_assert_nonnull (strstr (result->error->message, "and does not allow it"));
  rig_assert_unsaid (rig, "EHLO");
}

/* What is not there behind the proxy may be there another way; what the proxy
 * forbids may not. */
static void
test_behind_the_proxy_nobody_is_there (void)
{
  g_autoptr (Proxy) proxy = microsocks (NULL, NULL);
  g_autoptr (Rig) rig = rig_through ("socks5", NULL, proxy->port, NULL);
  g_autoptr (WaxSendResult) closed = NULL;
  g_autoptr (WaxSendResult) unknown = NULL;

  g_object_set (rig->account, "port", (guint) net_closed_port (), NULL);
  closed = rig_send (rig, NULL);
  rig_assert_failed (closed, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
  g_assert_nonnull (strstr (closed->error->message, "could not connect to localhost"));

  g_clear_object (&rig->transport);
  g_object_set (rig->account, "host", "only-here.invalid", NULL);
  net_resolver_add ("only-here.invalid", "127.0.0.1");
  unknown = rig_send (rig, NULL);
  rig_assert_failed (unknown, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
  g_assert_nonnull (strstr (unknown->error->message, "The proxy"));
  g_assert_cmpuint (net_resolver_count (NULL), ==, 0);
}

static void
test_proxy_is_not_there (void)
{
  static const char *const schemes[] = { "socks5", "http" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (Rig) rig = rig_through (schemes[i], NULL, net_closed_port (), NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
      g_assert_true (g_str_has_prefix (result->error->message, "The proxy "));
      g_assert_nonnull (strstr (result->error->message, "could not be reached"));
      rig_assert_unsaid (rig, "EHLO");
    }
}

static void
test_proxy_that_is_none (void)
{
  static const NetWords words = { "220 mail.example ESMTP\r\n\r\n", FALSE, 0 };
  static const char *const schemes[] = { "socks5", "http" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (NetPeer) peer = net_peer_new (&words);
      g_autoptr (Rig) rig = rig_through (schemes[i], NULL, net_peer_get_port (peer), NULL);
      g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
      g_assert_true (g_str_has_prefix (result->error->message, "The proxy "));
    }
}

/* The name of the server stands in a line that the proxy reads. */
static void
test_name_that_is_none_does_not_reach_the_proxy (void)
{
  static const NetWords silence = { NULL, TRUE, 0 };
  static const char *const names[] = { "mail.example\r\nX-Injected: yes", "mail example", "",
                                       "mail.example/" };
  static const char *const schemes[] = { "socks5", "http" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
      {
        g_autoptr (NetPeer) peer = net_peer_new (&silence);
        g_autoptr (Rig) rig = rig_through (schemes[i], NULL, net_peer_get_port (peer), NULL);
        g_autoptr (WaxSendResult) result = NULL;

        g_object_set (rig->account, "host", names[j], NULL);
        rig->settings.connect_timeout_s = 1;
        result = rig_send (rig, NULL);
        g_assert_error (result->error, WAX_ACCOUNT_ERROR, WAX_ACCOUNT_ERROR_INVALID);
        g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
        g_assert_cmpuint (net_peer_get_visits (peer), ==, 0);
      }
}

static void
test_silent_proxy_times_out (void)
{
  static const NetWords silence = { NULL, FALSE, 0 };
  static const char *const schemes[] = { "socks5", "http" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (NetPeer) peer = net_peer_new (&silence);
      g_autoptr (Rig) rig = rig_through (schemes[i], NULL, net_peer_get_port (peer), NULL);
      g_autoptr (WaxSendResult) result = NULL;

      rig->settings.connect_timeout_s = 1;
      result = rig_send (rig, NULL);
      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
      g_assert_nonnull (strstr (result->error->message, "The proxy"));
      g_assert_nonnull (strstr (result->error->message, "within 1 seconds"));
    }
}

/* Plain text does not leave this machine, even where an account was told to. */
static void
test_plain_text_has_no_proxy (void)
{
  const WaxPracticeOptions options = { .plaintext_port = TRUE };
  g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_PLAINTEXT_LOOPBACK);
  g_autofree char *url = g_strdup_printf ("socks5://127.0.0.1:%u", net_closed_port ());
  g_autoptr (WaxSendResult) result = NULL;

  g_object_set (rig->account, "proxy", url, NULL);
  result = rig_send (rig, NULL);
  rig_assert_sent (result);
  g_assert_null (result->report->via);
}

/* ---- the system's settings ---- */

typedef struct
{
  GObject parent_instance;
} NetProxies;

typedef struct
{
  GObjectClass parent_class;
} NetProxiesClass;

static GType net_proxies_get_type (void);
static void net_proxies_iface_init (GProxyResolverInterface *iface);
G_DEFINE_TYPE_WITH_CODE (NetProxies,
                         net_proxies,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, net_proxies_iface_init))

static char *system_proxies; /* separated by spaces */
static char *system_asked;

static void
net_proxies_class_init (NetProxiesClass *klass)
{
}

static void
net_proxies_init (NetProxies *self)
{
}

static gboolean
is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
strings_free (gpointer strings)
{
  g_strfreev (strings);
}

static void
lookup_async (GProxyResolver *resolver,
              const char *uri,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  g_set_str (&system_asked, uri);
  g_task_return_pointer (task, g_strsplit (system_proxies, " ", -1), strings_free);
}

static GStrv
lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
net_proxies_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = is_supported;
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
}

/* localhost is never asked about; the name in the SRV record is. */
static Rig *
rig_of_system (const char *proxies)
{
  Rig *rig = rig_new (NULL, WAX_TLS_MODE_IMPLICIT);
  g_autofree char *target = g_strdup_printf ("0 0 %u mail.example", wax_account_get_port (rig->account));

  net_resolver_clear ();
  wax_smtp_route_forget ();
  net_resolver_add_service ("_submissions._tcp.localhost", target);
  net_resolver_add ("mail.example", "127.0.0.1");
  g_object_set (rig->account, "host", "localhost", "srv", TRUE, NULL);
  g_set_str (&system_proxies, proxies);
  g_clear_pointer (&system_asked, g_free);

  return rig;
}

static void
test_system_says_direct (void)
{
  g_autoptr (Rig) rig = rig_of_system ("direct://");
  g_autofree char *uri = g_strdup_printf ("smtps://mail.example:%u", wax_account_get_port (rig->account));
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_sent (result);
  g_assert_cmpstr (system_asked, ==, uri);
  g_assert_null (result->report->via);
  g_assert_cmpstr (result->report->address, ==, "127.0.0.1");
}

static void
test_system_list_goes_on (void)
{
  g_autofree char *proxies = g_strdup_printf ("https://127.0.0.1:%u socks5://127.0.0.1:%u direct://",
                                              net_closed_port (), net_closed_port ());
  g_autoptr (Rig) rig = rig_of_system (proxies);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_sent (result);
  g_assert_null (result->report->via);
}

static void
test_system_proxy_is_used (void)
{
  g_autoptr (Proxy) proxy = microsocks ("proxyuser", "open sesame");
  g_autofree char *proxies = g_strdup_printf ("socks5://proxyuser:open%%20sesame@127.0.0.1:%u direct://",
                                              proxy->port);
  g_autoptr (Rig) rig = rig_of_system (proxies);
  g_autofree char *via = g_strdup_printf ("socks5://127.0.0.1:%u", proxy->port);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  /* The proxy does not know the name, and no way leads past it. */
  rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_CONNECT, WAX_STEP_CONNECT, 69);
  g_assert_nonnull (strstr (result->error->message, "could not connect to mail.example"));
  g_assert_cmpstr (result->report->via, ==, via);
  g_assert_null (strstr (result->error->message, "sesame"));
  g_assert_cmpuint (net_resolver_count ("mail.example"), ==, 0);
}

static void
test_system_is_not_asked (void)
{
  g_autofree char *proxies = g_strdup_printf ("socks5://127.0.0.1:%u", net_closed_port ());
  static const struct
  {
    const char *host;
    const char *proxy;
    gboolean srv;
  } cases[] = { { "localhost", NULL, FALSE }, { "127.0.0.1", NULL, FALSE }, { "localhost", "none", TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = rig_of_system (proxies);
      g_autoptr (WaxSendResult) result = NULL;

      g_object_set (rig->account, "host", cases[i].host, "srv", cases[i].srv, "proxy", cases[i].proxy, NULL);
      result = rig_send (rig, NULL);
      rig_assert_sent (result);
      g_assert_null (system_asked);
    }
}

static void
test_system_proxy_of_no_use (void)
{
  g_autofree char *proxies = g_strdup_printf ("https://127.0.0.1:%u", net_closed_port ());
  g_autoptr (Rig) rig = rig_of_system (proxies);
  g_autoptr (WaxSendResult) result = rig_send (rig, NULL);

  rig_assert_failed (result, WAX_SEND_BLOCKED, WAX_TRANSPORT_ERROR_PROXY, WAX_STEP_CONNECT, 78);
  rig_assert_unsaid (rig, "EHLO");
}

int
main (int argc, char **argv)
{
  int code;

  g_setenv ("GIO_USE_PROXY_RESOLVER", "waxseal-test", TRUE);
  g_test_init (&argc, &argv, NULL);
  net_resolver_install ();
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, net_proxies_get_type (),
                                  "waxseal-test", 1000);
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (g_proxy_resolver_get_default (), net_proxies_get_type ()));

  g_test_add_func ("/smtp/proxy/socks", test_socks);
  g_test_add_func ("/smtp/proxy/socks-starttls", test_socks_starttls);
  g_test_add_func ("/smtp/proxy/socks-with-user", test_socks_with_user);
  g_test_add_func ("/smtp/proxy/http", test_http);
  g_test_add_func ("/smtp/proxy/http-with-user", test_http_with_user);
  g_test_add_func ("/smtp/proxy/connect-not-allowed", test_connect_not_allowed);
  g_test_add_func ("/smtp/proxy/behind-it-nobody-is-there", test_behind_the_proxy_nobody_is_there);
  g_test_add_func ("/smtp/proxy/is-not-there", test_proxy_is_not_there);
  g_test_add_func ("/smtp/proxy/is-none", test_proxy_that_is_none);
  g_test_add_func ("/smtp/proxy/name-that-is-none", test_name_that_is_none_does_not_reach_the_proxy);
  g_test_add_func ("/smtp/proxy/silent", test_silent_proxy_times_out);
  g_test_add_func ("/smtp/proxy/plain-text-has-none", test_plain_text_has_no_proxy);
  g_test_add_func ("/smtp/proxy/system/direct", test_system_says_direct);
  g_test_add_func ("/smtp/proxy/system/list-goes-on", test_system_list_goes_on);
  g_test_add_func ("/smtp/proxy/system/is-used", test_system_proxy_is_used);
  g_test_add_func ("/smtp/proxy/system/is-not-asked", test_system_is_not_asked);
  g_test_add_func ("/smtp/proxy/system/of-no-use", test_system_proxy_of_no_use);
  code = g_test_run ();
  net_resolver_uninstall ();
  g_clear_pointer (&system_proxies, g_free);
  g_clear_pointer (&system_asked, g_free);

  return code;
}
