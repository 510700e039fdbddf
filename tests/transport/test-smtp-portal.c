/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Networks that answer for the server until somebody has signed in. */

#include "net.h"
#include "rig.h"

#include <string.h>

/* ---- what the system says of the network ---- */

static GNetworkConnectivity connectivity = G_NETWORK_CONNECTIVITY_FULL;

typedef struct
{
  GObject parent_instance;
} NetMonitor;

typedef struct
{
  GObjectClass parent_class;
} NetMonitorClass;

static GType net_monitor_get_type (void);
static void net_monitor_iface_init (GNetworkMonitorInterface *iface);
static void net_monitor_initable_init (GInitableIface *iface);
G_DEFINE_TYPE_WITH_CODE (NetMonitor,
                         net_monitor,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, net_monitor_initable_init)
                             G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, net_monitor_iface_init))

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static void
net_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONNECTIVITY)
    g_value_set_enum (value, connectivity);
  else
    g_value_set_boolean (value, id == PROP_AVAILABLE);
}

static void
net_monitor_class_init (NetMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = net_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
net_monitor_init (NetMonitor *self)
{
}

static void
net_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
net_monitor_initable_init (GInitableIface *iface)
{
  iface->init = initable_init;
}

/* ---- the tests ---- */

#define PAGE "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n"

static WaxSendResult *
send_to (guint16 port, WaxTlsMode mode)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  WaxTransportSettings settings = {
    .account = account,
    .connect_timeout_s = 30,
    .command_timeout_s = 30,
    .silence_timeout_s = 1,
  };
  g_autoptr (WaxTransport) transport = NULL;

  g_object_set (account, "address", "a@example.org", "host", "127.0.0.1", "port", (guint) port, "mode",
                (int) mode, NULL);
  transport = wax_transport_new (&settings);

  return wax_transport_open (transport, NULL);
}

static void
test_http_in_place_of_mail (void)
{
  static const struct
  {
    NetWords words;
    WaxTlsMode mode;
    gboolean portal;
  } cases[] = {
    { { PAGE, FALSE }, WAX_TLS_MODE_STARTTLS, TRUE },
    { { PAGE, FALSE }, WAX_TLS_MODE_PLAINTEXT_LOOPBACK, TRUE },
    { { PAGE, TRUE }, WAX_TLS_MODE_STARTTLS, TRUE },
    { { PAGE, TRUE }, WAX_TLS_MODE_IMPLICIT, TRUE },
    { { PAGE, FALSE }, WAX_TLS_MODE_IMPLICIT, TRUE },
    { { "HTTP, did you say?\r\n", FALSE }, WAX_TLS_MODE_STARTTLS, FALSE },
    { { "SSH-2.0-Other\r\n", TRUE }, WAX_TLS_MODE_IMPLICIT, FALSE },
  };

  connectivity = G_NETWORK_CONNECTIVITY_FULL;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NetPeer) peer = net_peer_new (&cases[i].words);
      g_autoptr (WaxSendResult) result = send_to (net_peer_get_port (peer), cases[i].mode);

      g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, result->error->message);
      if (!cases[i].portal)
        {
          g_assert_false (g_error_matches (result->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PORTAL));
          continue;
        }
      rig_assert_failed (result, WAX_SEND_DEFERRED, WAX_TRANSPORT_ERROR_PORTAL,
                         cases[i].mode == WAX_TLS_MODE_IMPLICIT ? WAX_STEP_TLS : WAX_STEP_GREETING, 75);
      g_assert_nonnull (strstr (result->hint, "sign-in in the browser first"));
    }
}

/* A refused certificate stays refused; there is only more to say. */
static void
test_certificate_of_a_portal (void)
{
  static const WaxPracticeCert certificates[] = {
    WAX_PRACTICE_CERT_UNKNOWN_CA,
    WAX_PRACTICE_CERT_WRONG_NAME,
    WAX_PRACTICE_CERT_EXPIRED,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (certificates); i++)
    for (int known = 0; known <= 1; known++)
      {
        const WaxPracticeOptions options = { .certificate = certificates[i] };
        g_autoptr (Rig) rig = rig_new (&options, WAX_TLS_MODE_IMPLICIT);
        g_autoptr (WaxSendResult) result = NULL;

        connectivity = known ? G_NETWORK_CONNECTIVITY_PORTAL : G_NETWORK_CONNECTIVITY_FULL;
        result = rig_send (rig, NULL);

        g_assert_cmpint (result->state, ==, WAX_SEND_BLOCKED);
        g_assert_cmpstr (g_quark_to_string (result->error->domain), ==, "wax_tls_error");
        g_assert_false (result->report->verified);
        g_assert_cmpint (strstr (result->hint, "sign-in in the browser first") != NULL, ==, known);
        rig_assert_unsaid (rig, "EHLO");
      }
}

/* An alert (handshake_failure) in place of a certificate. */
static void
test_alert_of_a_portal (void)
{
  static const NetWords alert = { "\x15\x03\x03\x00\x02\x02\x28", TRUE, 7 };

  for (int known = 0; known <= 1; known++)
    {
      g_autoptr (NetPeer) peer = net_peer_new (&alert);
      g_autoptr (WaxSendResult) result = NULL;

      connectivity = known ? G_NETWORK_CONNECTIVITY_PORTAL : G_NETWORK_CONNECTIVITY_FULL;
      result = send_to (net_peer_get_port (peer), WAX_TLS_MODE_IMPLICIT);
      g_assert_cmpint (g_error_matches (result->error, WAX_TRANSPORT_ERROR, WAX_TRANSPORT_ERROR_PORTAL), ==,
                       known);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "waxseal-test", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_type_ensure (G_TYPE_NETWORK_MONITOR);
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, net_monitor_get_type (),
                                  "waxseal-test", 1000);
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (g_network_monitor_get_default (), net_monitor_get_type ()));
  g_test_add_func ("/smtp/portal/http-in-place-of-mail", test_http_in_place_of_mail);
  g_test_add_func ("/smtp/portal/certificate", test_certificate_of_a_portal);
  g_test_add_func ("/smtp/portal/alert", test_alert_of_a_portal);

  return g_test_run ();
}
