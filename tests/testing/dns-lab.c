/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "dns-lab.h"

#include <signal.h>
#include <string.h>

#include "temp-folder.h"

#define ATTEMPTS 10

typedef struct
{
  char *name;
  DnsLabZone kind;
  char *records;
} Zone;

struct _DnsLab
{
  char *folder;
  GPtrArray *zones;
  char *anchor;
  char *server;
  char *address; /* (nullable) with port 53 */
  GSubprocess *nsd;
  GPtrArray *others; /* servers beside it */
};

static const char *const programs[] = { "nsd", "unbound", "ldns-keygen", "ldns-signzone" };

static char *
find_program (const char *name)
{
  static const char *const folders[] = { "/usr/sbin", "/sbin" };
  char *path = g_find_program_in_path (name);

  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (folders); i++)
    {
      path = g_build_filename (folders[i], name, NULL);
      if (!g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        g_clear_pointer (&path, g_free);
    }

  return path;
}

const char *
dns_lab_missing (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = find_program (programs[i]);

      if (path == NULL)
        return "NSD, Unbound or the ldns programs are not installed";
    }

  return NULL;
}

static void
zone_free (gpointer data)
{
  Zone *zone = data;

  g_free (zone->name);
  g_free (zone->records);
  g_free (zone);
}

DnsLab *
dns_lab_new (void)
{
  DnsLab *self = g_new0 (DnsLab, 1);

  self->folder = temp_folder_new ();
  self->zones = g_ptr_array_new_with_free_func (zone_free);
  self->others = g_ptr_array_new_with_free_func (g_object_unref);

  return self;
}

static void
stop (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
}

void
dns_lab_stop (DnsLab *self)
{
  if (self->nsd != NULL)
    stop (self->nsd);
  g_clear_object (&self->nsd);
}

void
dns_lab_free (DnsLab *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->others->len; i++)
    stop (g_ptr_array_index (self->others, i));
  dns_lab_stop (self);
  temp_folder_remove (self->folder);
  g_ptr_array_unref (self->others);
  g_ptr_array_unref (self->zones);
  g_free (self->anchor);
  g_free (self->server);
  g_free (self->address);
  g_free (self->folder);
  g_free (self);
}

void
dns_lab_add (DnsLab *self, const char *name, DnsLabZone kind, const char *records)
{
  Zone *zone = g_new0 (Zone, 1);

  zone->name = g_strdup (name);
  zone->kind = kind;
  zone->records = g_strdup (records);
  g_ptr_array_add (self->zones, zone);
}

const char *
dns_lab_get_anchor (DnsLab *self)
{
  return self->anchor;
}

const char *
dns_lab_get_server (DnsLab *self)
{
  return self->server;
}

const char *
dns_lab_get_address (DnsLab *self)
{
  return self->address;
}

const char *
dns_lab_get_folder (DnsLab *self)
{
  return self->folder;
}

/* ---- zones ---- */

static void
write_file (DnsLab *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
read_file (DnsLab *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* (transfer full) What it printed. */
static char *
run (DnsLab *self, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_subprocess_launcher_set_cwd (launcher, self->folder);
  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("%s: %s", arguments[0], output);

  return output;
}

/* (transfer full) The key's file name without its ending. */
static char *
make_key (DnsLab *self, const char *zone)
{
  char *name = run (self, (const char *const[]) { "ldns-keygen", "-k", "-a", "ECDSAP256SHA256", zone, NULL });

  return g_strchomp (name);
}

/* (transfer full) As ldns-signzone takes it. */
static char *
time_from_now (gint days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_days (now, days);

  return g_date_time_format (then, "%Y%m%d%H%M%S");
}

/* Into NAME.signed. */
static void
sign_zone (DnsLab *self, const char *file, const char *key, DnsLabZone kind)
{
  g_autofree char *signed_file = g_strconcat (file, ".signed", NULL);
  gboolean expired = kind == DNS_LAB_EXPIRED;
  g_autofree char *from = time_from_now (expired ? -60 : -1);
  g_autofree char *to = time_from_now (expired ? -30 : 7);
  g_autofree char *printed = NULL;

  if (kind == DNS_LAB_UNSIGNED)
    {
      g_autofree char *text = read_file (self, file);

      write_file (self, signed_file, text);
      return;
    }
  printed = run (self, (const char *const[]) { "ldns-signzone", "-i", from, "-e", to, "-f", signed_file, file,
                                               key, NULL });
  if (kind == DNS_LAB_TAMPERED)
    {
      g_autofree char *text = read_file (self, signed_file);
      g_auto (GStrv) pieces = g_strsplit (text, "192.0.2.1\n", -1);
      g_autofree char *other = g_strjoinv ("192.0.2.66\n", pieces);

      g_assert_cmpuint (g_strv_length (pieces), >, 1);
      write_file (self, signed_file, other);
    }
}

static char *
zone_text (const char *origin, const char *records)
{
  return g_strdup_printf ("$ORIGIN %s\n$TTL 3600\n"
                          "@ IN SOA ns.nowhere. hostmaster.nowhere. 1 3600 600 86400 300\n"
                          "@ IN NS ns.nowhere.\n%s\n",
                          origin, records);
}

static void
make_zone (DnsLab *self, const Zone *zone, GString *root, GString *config)
{
  g_autofree char *origin = g_strconcat (zone->name, ".", NULL);
  g_autofree char *text = zone_text (origin, zone->records);
  g_autofree char *key = make_key (self, origin);

  write_file (self, zone->name, text);
  sign_zone (self, zone->name, key, zone->kind);
  g_string_append_printf (root, "%s IN NS ns.nowhere.\n", origin);
  if (zone->kind != DNS_LAB_UNSIGNED)
    {
      g_autofree char *ds_file = g_strconcat (key, ".ds", NULL);
      g_autofree char *ds = read_file (self, ds_file);

      g_string_append (root, ds);
    }
  g_string_append_printf (config, "zone:\n  name: \"%s\"\n  zonefile: \"%s.signed\"\n", origin, zone->name);
}

static void
make_zones (DnsLab *self, GString *config)
{
  g_autoptr (GString) root = g_string_new (NULL);
  g_autofree char *key = make_key (self, ".");
  g_autofree char *anchor = g_strconcat (key, ".ds", NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->zones->len; i++)
    make_zone (self, g_ptr_array_index (self->zones, i), root, config);
  text = zone_text (".", root->str);
  write_file (self, "root", text);
  sign_zone (self, "root", key, DNS_LAB_SIGNED);
  g_string_append (config, "zone:\n  name: \".\"\n  zonefile: \"root.signed\"\n");
  self->anchor = g_build_filename (self->folder, anchor, NULL);
}

/* ---- servers ---- */

static guint16
free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  return port;
}

/* (transfer full) (nullable) One of the many loopback addresses, where port 53 is free and ours to take. */
static char *
free_address (void)
{
  g_autofree char *text = g_strdup_printf ("127.%d.%d.%d", g_random_int_range (64, 128),
                                           g_random_int_range (0, 256), g_random_int_range (1, 255));
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, 53);
  g_autoptr (GSocket)
      socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  return g_socket_bind (socket, address, FALSE, NULL) ? g_steal_pointer (&text) : NULL;
}

static gboolean
is_listening (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection)
      connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

/* Of another run that was quicker to take the port the process dies. */
static GSubprocess *
start_on (DnsLab *self, const char *program, const char *const *arguments, guint16 port)
{
  g_autofree char *path = find_program (program);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_add (builder, path);
  g_strv_builder_addv (builder, (const char **) arguments);
  words = g_strv_builder_end (builder);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, &error);
  g_assert_no_error (error);
  while (g_subprocess_get_identifier (process) != NULL && !is_listening (port))
    g_usleep (10 * 1000);

  return g_subprocess_get_identifier (process) != NULL ? g_steal_pointer (&process) : NULL;
}

void
dns_lab_start (DnsLab *self)
{
  g_autoptr (GString) zones = g_string_new (NULL);

  make_zones (self, zones);
  for (guint i = 0; self->nsd == NULL && i < ATTEMPTS; i++)
    {
      guint16 port = free_port ();
      g_autofree char *address = free_address ();
      g_autofree char *config = g_strdup_printf ("server:\n"
                                                 "  ip-address: 127.0.0.1@%u\n%s%s\n"
                                                 "  username: \"\"\n"
                                                 "  zonesdir: \"%s\"\n"
                                                 "  pidfile: \"%s/nsd.pid\"\n"
                                                 "  zonelistfile: \"%s/zone.list\"\n"
                                                 "  xfrdfile: \"\"\n"
                                                 "  xfrdir: \"%s\"\n"
                                                 "  rrl-ratelimit: 0\n"
                                                 "remote-control:\n  control-enable: no\n%s",
                                                 port, address != NULL ? "  ip-address: " : "",
                                                 address != NULL ? address : "", self->folder, self->folder,
                                                 self->folder, self->folder, zones->str);

      write_file (self, "nsd.conf", config);
      self->nsd = start_on (self, "nsd", (const char *const[]) { "-d", "-c", "nsd.conf", NULL }, port);
      g_free (self->server);
      self->server = g_strdup_printf ("127.0.0.1@%u", port);
      g_set_str (&self->address, address);
    }
  g_assert_nonnull (self->nsd);
}

char *
dns_lab_resolver (DnsLab *self, const char *options)
{
  GSubprocess *process = NULL;
  guint16 port = 0;

  for (guint i = 0; process == NULL && i < ATTEMPTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("unbound-%u.conf", self->others->len);
      g_autofree char *config = NULL;

      port = free_port ();
      config = g_strdup_printf ("server:\n"
                                "  interface: 127.0.0.1@%u\n"
                                "  username: \"\"\n  chroot: \"\"\n  directory: \"%s\"\n  pidfile: \"\"\n"
                                "  use-syslog: no\n  do-daemonize: no\n  do-not-query-localhost: no\n"
                                "  module-config: \"iterator\"\n  num-threads: 1\n%s\n"
                                "remote-control:\n  control-enable: no\n"
                                "forward-zone:\n  name: \".\"\n  forward-addr: %s\n",
                                port, self->folder, options, self->server);
      write_file (self, name, config);
      process = start_on (self, "unbound", (const char *const[]) { "-d", "-c", name, NULL }, port);
    }
  g_assert_nonnull (process);
  g_ptr_array_add (self->others, process);

  return g_strdup_printf ("127.0.0.1@%u", port);
}
