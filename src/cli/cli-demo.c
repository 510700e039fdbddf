/* SPDX-License-Identifier: GPL-3.0-or-later */

/* demo: the whole main job on this machine, each step for real: a practice
 * server, a throwaway profile, a message with an attachment through the outbox
 * to a mailbox on disk, the connection report, the log's verdict, and what is
 * refused. */

#include "cli-demo.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-report.h"
#include "cli-system.h"
#include "cli-text.h"
#include "json-canon.h"
#include "keyring-vault.h"
#include "memory-vault.h"

#define SENDER      "practice@practice.example"
#define RECIPIENTS  "Ada Example <ada@practice.example>, grace@practice.example"
#define SUBJECT     "Quarterly figures – confidential"
#define ATTACHMENT  "figures.csv"
#define SHOWN_LINES 100

#define BODY                                                                                        \
  "# Quarterly figures\n\n"                                                                         \
  "Dear Ada, dear Grace,\n\n"                                                                       \
  "the figures are **attached**. They travel over a connection that was verified before the first " \
  "octet of this message left: see the report.\n\n"                                                 \
  "- server, certificate, TLS version and cipher: checked\n"                                        \
  "- sign-in: bound to this very connection\n"                                                      \
  "- record: sealed\n\n"                                                                            \
  "Grüße\n"                                                                                         \
  "Waxseal\n"

G_DEFINE_QUARK (wax_demo_error, wax_demo_error)

static void
demo_clear (WaxDemo *self)
{
  if (self->engine != NULL)
    wax_engine_close (self->engine);
  g_clear_object (&self->engine);
  g_clear_object (&self->sent);
  g_clear_object (&self->host);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->octets, g_bytes_unref);
  g_clear_pointer (&self->summary, json_object_unref);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->profile, g_free);
  g_clear_pointer (&self->maildir, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WaxDemo, demo_clear)

gboolean
wax_demo_not_as_promised (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (WAX_DEMO_ERROR, WAX_DEMO_ERROR_NOT_AS_PROMISED, format, args);
  va_end (args);

  return FALSE;
}

void
wax_demo_done (WaxDemo *self, const char *name, const char *title, const char *detail)
{
  JsonObject *step = json_object_new ();

  json_object_set_string_member (step, "name", name);
  json_object_set_string_member (step, "title", title);
  json_object_set_string_member (step, "detail", detail);
  json_array_add_object_element (self->steps, step);

  wax_text_mark (WAX_STYLE_GOOD);
  wax_text_row (title, detail);
}

/* ---- before the message ---- */

static gboolean
make_folder (WaxDemo *self, const char *keep, GError **error)
{
  g_autoptr (GDir) dir = NULL;

  if (keep == NULL)
    self->folder = g_dir_make_tmp ("waxseal-demo-XXXXXX", error);
  else
    {
      self->folder = g_canonicalize_filename (keep, NULL);
      if (g_mkdir_with_parents (self->folder, 0700) < 0)
        {
          int saved = errno;

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The folder %s cannot be made: %s"),
                       self->folder, g_strerror (saved));
          return FALSE;
        }
      dir = g_dir_open (self->folder, 0, error);
      if (dir == NULL)
        return FALSE;
      if (g_dir_read_name (dir) != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _ ("The folder %s has something in it: name one that is empty or not there yet"),
                       self->folder);
          return FALSE;
        }
    }
  if (self->folder == NULL)
    return FALSE;

  self->profile = g_build_filename (self->folder, "profile", NULL);
  self->maildir = g_build_filename (self->folder, "maildir", NULL);
  json_object_set_string_member (self->summary, "folder", self->folder);
  json_object_set_string_member (self->summary, "profile", self->profile);
  json_object_set_string_member (self->summary, "maildir", self->maildir);
  wax_demo_done (self, "folder", _ ("Folder"), self->folder);

  return TRUE;
}

static void
choose_vault (WaxDemo *self)
{
  gboolean keyring = wax_keyring_vault_available (self->cancellable, NULL);

  self->vault = keyring ? wax_keyring_vault_new () : wax_memory_vault_new ();
  json_object_set_string_member (self->summary, "vault", keyring ? "keyring" : "memory");
  wax_demo_done (self, "vault", _ ("Secrets"),
                 keyring ? _ ("in the system keyring")
                         : _ ("in memory: no keyring answers here, so this profile ends with the demo"));
}

static gboolean
start_host (WaxDemo *self, GError **error)
{
  const WaxPracticeOptions options = { .maildir = self->maildir };
  g_autofree char *detail = NULL;
  g_autofree char *url = NULL;

  self->host = wax_practice_host_start (&options, error);
  if (self->host == NULL)
    return FALSE;
  url = g_strdup_printf ("smtps://practice@localhost:%u", wax_practice_host_get_implicit_port (self->host));
  detail = g_strdup_printf (_ ("%s, with a certificate authority of its own"), url);
  json_object_set_string_member (self->summary, "server", url);
  wax_demo_done (self, "host", _ ("Server"), detail);

  return TRUE;
}

static gboolean
open_profile (WaxDemo *self, GError **error)
{
  self->engine = wax_engine_open (self->profile, self->vault, self->cancellable, error);
  if (self->engine == NULL)
    return FALSE;
  wax_demo_done (self, "profile", _ ("Profile"), _ ("an encrypted database, made for this"));

  return TRUE;
}

WaxAccount *
wax_demo_add_account (WaxDemo *self, WaxPracticeHost *host, const char *label, GError **error)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSecret) password = wax_secret_new_string ("practice");
  g_autofree char *url = g_strdup_printf ("smtps://practice@localhost:%u",
                                          wax_practice_host_get_implicit_port (host));
  g_autoptr (WaxServerUrl) server = wax_server_url_parse (url, error);

  if (server == NULL)
    return NULL;
  wax_account_set_server (account, server);
  g_object_set (account, "address", SENDER, "name", "Waxseal practice", "label", label, "ca-pem",
                wax_practice_host_get_ca_pem (host), NULL);
  if (!wax_engine_save_account (self->engine, account, password, self->cancellable, error))
    return NULL;
  g_ptr_array_add (self->accounts, g_strdup (wax_account_get_id (account)));

  return g_steal_pointer (&account);
}

/* ---- the message ---- */

static char *
make_attachment (WaxDemo *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, ATTACHMENT, NULL);
  g_autoptr (GString) text = g_string_new ("month,region,revenue,cost\n");

  for (int month = 1; month <= 12; month++)
    for (int region = 1; region <= 8; region++)
      g_string_append_printf (text, "2026-%02d,region %d,%d.%02d,%d.%02d\n", month, region,
                              90000 + month * 811 + region * 97, month * region % 100,
                              40000 + month * 533 + region * 71, month * 7 % 100);
  if (!g_file_set_contents (path, text->str, (gssize) text->len, error))
    return NULL;

  return g_steal_pointer (&path);
}

gint64
wax_demo_submit (WaxDemo *self, WaxAccount *account, GError **error)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxAttachment) attachment = NULL;
  g_autofree char *path = make_attachment (self, error);

  if (path == NULL)
    return -1;
  attachment = wax_attachment_new (path, self->cancellable, error);
  if (attachment == NULL)
    return -1;
  wax_draft_set_account_id (draft, wax_account_get_id (account));
  wax_draft_set_to (draft, RECIPIENTS);
  wax_draft_set_subject (draft, SUBJECT);
  wax_draft_set_body (draft, BODY);
  wax_draft_set_markdown (draft, TRUE);
  g_list_store_append (wax_draft_get_attachments (draft), attachment);

  return wax_engine_submit (self->engine, draft, 0, self->cancellable, error);
}

WaxOutboxItem *
wax_demo_deliver (WaxDemo *self, gint64 id, GError **error)
{
  if (!wax_engine_deliver (self->engine, id, NULL, self->cancellable, error))
    return NULL;

  return wax_outbox_get (wax_engine_get_outbox (self->engine), id, error);
}

static GBytes *
read_all (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  if (g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, cancellable, error) < 0)
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* Into the outbox; its octets are kept for the comparison. */
static gint64
submit (WaxDemo *self, GError **error)
{
  g_autoptr (WaxAccount) account = wax_demo_add_account (self, self->host, "Practice server", error);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *size = NULL;
  g_autofree char *detail = NULL;
  gint64 id;

  if (account == NULL)
    return -1;
  wax_demo_done (self, "account", _ ("Account"), wax_account_get_label (account));
  id = wax_demo_submit (self, account, error);
  if (id < 0)
    return -1;
  stream = wax_outbox_open_message (wax_engine_get_outbox (self->engine), id, error);
  if (stream == NULL)
    return -1;
  self->octets = read_all (stream, self->cancellable, error);
  if (self->octets == NULL)
    return -1;
  size = g_format_size (g_bytes_get_size (self->octets));
  detail = g_strdup_printf (_ ("the message with %s, %s, is in the encrypted store"), ATTACHMENT, size);
  wax_demo_done (self, "outbox", _ ("Outbox"), detail);

  return id;
}

/* That it went is not enough: it must have gone as the demo promises. */
static gboolean
check_connection (WaxOutboxItem *item, GError **error)
{
  WaxConnectionReport *report = wax_outbox_item_get_report (item);

  if (wax_outbox_item_get_state (item) != WAX_OUTBOX_SENT || report == NULL)
    return wax_demo_not_as_promised (error, _ ("The message was not sent: %s"),
                                     wax_outbox_item_get_detail (item));
  if (g_strcmp0 (report->tls_version, "TLS1.3") != 0 || !report->verified)
    return wax_demo_not_as_promised (error, _ ("The connection was not a verified TLS 1.3"));
  if (g_strcmp0 (report->auth_mechanism, "SCRAM-SHA-256-PLUS") != 0
      || g_strcmp0 (report->channel_binding, "tls-exporter") != 0)
    return wax_demo_not_as_promised (error,
                                     _ ("The sign-in was not SCRAM-SHA-256-PLUS bound by tls-exporter"));

  return TRUE;
}

static gboolean
deliver (WaxDemo *self, gint64 id, GError **error)
{
  g_autofree char *summary = NULL;
  JsonObject *result;

  self->sent = wax_demo_deliver (self, id, error);
  if (self->sent == NULL || !check_connection (self->sent, error))
    return FALSE;
  result = wax_outbox_item_get_result (self->sent);
  if (result == NULL)
    return wax_demo_not_as_promised (error, _ ("The outcome was not recorded"));
  json_object_set_object_member (self->summary, "result", json_object_ref (result));
  summary = wax_connection_report_summary (wax_outbox_item_get_report (self->sent));
  wax_demo_done (self, "sent", _ ("Sent"), summary);

  return TRUE;
}

static gboolean
compare (WaxDemo *self, char **path, GError **error)
{
  g_auto (GStrv) messages = wax_practice_host_list_messages (self->host);
  g_autoptr (JsonObject) message = json_object_new ();
  g_autofree char *received = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *detail = NULL;
  gsize length = 0;

  if (g_strv_length (messages) != 1)
    return wax_demo_not_as_promised (error, _ ("There are %u messages in the mailbox in place of 1"),
                                     g_strv_length (messages));
  if (!g_file_get_contents (messages[0], &received, &length, error))
    return FALSE;
  if (length != g_bytes_get_size (self->octets)
      || memcmp (received, g_bytes_get_data (self->octets, NULL), length) != 0)
    return wax_demo_not_as_promised (error, _ ("The message in the mailbox is not the one that was sent"));

  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->octets);
  json_object_set_string_member (message, "path", messages[0]);
  json_object_set_int_member (message, "size", (gint64) length);
  json_object_set_string_member (message, "sha256", sha256);
  json_object_set_boolean_member (message, "identical", TRUE);
  json_object_set_object_member (self->summary, "message", g_steal_pointer (&message));
  detail = g_strdup_printf (_ ("%" G_GSIZE_FORMAT " octets, the same as were sent"), length);
  wax_demo_done (self, "received", _ ("Received"), detail);
  *path = g_strdup (messages[0]);

  return TRUE;
}

static gboolean
verify (WaxDemo *self, GError **error)
{
  g_autoptr (WaxVerification) verification = wax_engine_verify_log (self->engine, self->cancellable, error);

  if (verification == NULL)
    return FALSE;
  if (verification->verdict != WAX_VERDICT_INTACT)
    return wax_demo_not_as_promised (error, _ ("The log's verdict is: %s"), verification->sentence);
  json_object_set_object_member (self->summary, "verification", wax_cli_verification_to_json (verification));
  wax_demo_done (self, "log", _ ("Log"), verification->sentence);

  return TRUE;
}

/* ---- what is shown ---- */

static gboolean
looks_like_base64 (const char *line)
{
  return strlen (line) >= 60
         && strspn (line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
                == strlen (line);
}

static void
show_message (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint hidden = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  wax_text_heading (_ ("The message as received"));
  lines = g_strsplit (text, "\r\n", -1);
  for (char **line = lines; *line != NULL && line < lines + SHOWN_LINES; line++)
    {
      g_autofree char *clean = wax_text_clean (*line);

      if (looks_like_base64 (*line) && line[1] != NULL)
        {
          hidden++;
          continue;
        }
      if (hidden > 0)
        wax_text_print (_ ("  [%u lines of base64]\n"), hidden);
      hidden = 0;
      wax_text_print ("  %s\n", clean);
    }
}

static gboolean
write_summary (WaxDemo *self, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *path = g_build_filename (self->folder, "demo.json", NULL);
  g_autofree char *text = NULL;

  json_node_set_object (node, self->summary);
  text = wax_json_to_text (node);

  return g_file_set_contents (path, text, -1, error);
}

static void
show_places (WaxDemo *self, const char *message)
{
  wax_text_heading (_ ("Where everything is"));
  wax_text_row (_ ("Profile"), self->profile);
  wax_text_row (_ ("Mailbox"), self->maildir);
  wax_text_row (_ ("Message"), message);
  wax_text_row (_ ("Summary"), _ ("demo.json, beside them"));
}

/* ---- in order ---- */

static gboolean
run (WaxDemo *self, const char *keep, GError **error)
{
  g_autofree char *message = NULL;
  gint64 id;

  if (!make_folder (self, keep, error))
    return FALSE;
  choose_vault (self);
  if (!start_host (self, error) || !open_profile (self, error) || (id = submit (self, error)) < 0
      || !deliver (self, id, error) || !compare (self, &message, error))
    return FALSE;
  wax_cli_print_report (wax_outbox_item_get_report (self->sent));
  show_message (message);

  wax_text_heading (_ ("What is refused, and what shows"));
  if (!wax_demo_wrong_certificate (self, error) || !verify (self, error))
    return FALSE;
  wax_engine_close (self->engine);
  if (!wax_demo_flipped_octets (self, error))
    return FALSE;

  json_object_set_boolean_member (self->summary, "ok", TRUE);
  if (keep == NULL)
    return TRUE;
  if (!write_summary (self, error))
    return FALSE;
  show_places (self, message);

  return TRUE;
}

/* What the demo put into the user's keyring goes with its folder. */
static void
clear_vault (WaxDemo *self)
{
  const char *const purposes[] = { WAX_VAULT_DATABASE_KEY, WAX_VAULT_LOG_IDENTITY, WAX_VAULT_LOG_EPOCH,
                                   WAX_VAULT_LOG_ANCHOR };
  g_autofree char *id_path = self->profile != NULL ? g_build_filename (self->profile, "profile-id", NULL)
                                                   : NULL;
  g_autofree char *id = NULL;

  if (id_path == NULL || self->vault == NULL || !g_file_get_contents (id_path, &id, NULL, NULL))
    return;
  g_strchomp (id);
  for (gsize i = 0; i < G_N_ELEMENTS (purposes); i++)
    wax_vault_clear (self->vault, purposes[i], id, NULL, NULL);
  for (guint i = 0; i < self->accounts->len; i++)
    wax_vault_clear (self->vault, WAX_VAULT_PASSWORD, g_ptr_array_index (self->accounts, i), NULL, NULL);
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
      file, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

/* The window can be opened on the profile meanwhile, with its server alive. */
static void
hold (WaxDemo *self)
{
  g_autoptr (GInputStream) in = wax_system_stdin ();

  wax_text_print (_ ("\nThe practice server stays until standard input is closed.\n"));
  while (g_input_stream_skip (in, 4096, self->cancellable, NULL) > 0)
    ;
}

static void
throw_away (WaxDemo *self)
{
  g_autoptr (GFile) folder = self->folder != NULL ? g_file_new_for_path (self->folder) : NULL;

  if (self->engine != NULL)
    wax_engine_close (self->engine);
  clear_vault (self);
  if (folder != NULL)
    remove_tree (folder);
}

int
wax_cli_demo (WaxCli *cli, int argc, char **argv)
{
  g_autofree char *keep = NULL;
  gboolean stay = FALSE;
  const GOptionEntry entries[] = {
    { "keep", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &keep,
      N_ ("Leave profile, mailbox and a summary (demo.json) in this folder"), N_ ("DIR") },
    { "hold", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &stay,
      N_ ("Afterwards keep the practice server until standard input is closed"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (WaxDemo) demo = { 0 };
  GError *error = NULL;
  gboolean done;

  if (!wax_cli_parse (cli, entries, NULL, 0, 0, &argc, &argv, &error))
    return wax_cli_fail (cli, error);

  demo.cancellable = cli->cancellable;
  demo.summary = json_object_new ();
  demo.steps = json_array_new ();
  demo.accounts = g_ptr_array_new_with_free_func (g_free);
  json_object_set_array_member (demo.summary, "steps", demo.steps);
  done = run (&demo, keep, &error);
  if (done && stay)
    hold (&demo);
  if (keep == NULL)
    throw_away (&demo);

  return done ? WAX_EXIT_OK : wax_cli_fail (cli, error);
}
