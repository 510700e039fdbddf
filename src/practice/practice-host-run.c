/* SPDX-License-Identifier: GPL-3.0-or-later */

/* practice-host-run: the practice host as a program of its own, for tests that
 * are not C programs. It prints one line of JSON when it listens, then obeys
 * lines on stdin until that is closed, or SIGTERM or SIGINT comes:
 *
 *   commands      prints all lines that clients sent, as a JSON array
 *   plaintext     prints those that came without TLS
 *   messages      prints the paths of the messages received, as a JSON array
 *   fault F       sets another fault; F as for --fault, or none
 */

#include "practice-host.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char *const certificate_names[] = { "good", "wrong-name", "expired", "unknown-ca" };
static const char *const step_names[] = {
  "none", "connect", "greeting", "ehlo", "starttls", "handshake", "ehlo-tls", "auth",
  "mail", "rcpt",    "data",     "body", "final",    "rset",      "noop",
};
static const char *const kind_names[] = { "none",    "reply", "drop",   "delay",
                                          "garbage", "split", "append", "endless" };

static char *certificate;
static char *mechanisms;
static char **extensions;
static char *user;
static char *password;
static char *token;
static int scram_iterations;
static gboolean wrong_signature;
static char *client_ca;
static char *refuse_recipient;
static char *maildir;
static char *fault_text;
static gboolean tls_1_2_only;
static gboolean plaintext_port;

static const GOptionEntry entries[] = {
  { "certificate", 0, 0, G_OPTION_ARG_STRING, &certificate, "good, wrong-name, expired or unknown-ca",
    "KIND" },
  { "mechanisms", 0, 0, G_OPTION_ARG_STRING, &mechanisms, "SASL mechanisms to offer, separated by blanks",
    "LIST" },
  { "extension", 0, 0, G_OPTION_ARG_STRING_ARRAY, &extensions, "An EHLO line to offer; may be repeated",
    "LINE" },
  { "user", 0, 0, G_OPTION_ARG_STRING, &user, "The user, in place of “practice”", "NAME" },
  { "password", 0, 0, G_OPTION_ARG_STRING, &password, "The password, in place of “practice”", "WORD" },
  { "token", 0, 0, G_OPTION_ARG_STRING, &token, "The token, in place of “practice-token”", "WORD" },
  { "scram-iterations", 0, 0, G_OPTION_ARG_INT, &scram_iterations, "Rounds that SCRAM asks for", "N" },
  { "wrong-signature", 0, 0, G_OPTION_ARG_NONE, &wrong_signature, "SCRAM's last word is wrong", NULL },
  { "client-ca", 0, 0, G_OPTION_ARG_FILENAME, &client_ca,
    "Ask for a client certificate, which must be by this CA (PEM)", "FILE" },
  { "refuse-recipient", 0, 0, G_OPTION_ARG_STRING, &refuse_recipient, "An address to refuse", "ADDRESS" },
  { "maildir", 0, 0, G_OPTION_ARG_FILENAME, &maildir, "Where to store messages, and keep them", "FOLDER" },
  { "tls-1.2-only", 0, 0, G_OPTION_ARG_NONE, &tls_1_2_only, "No TLS 1.3", NULL },
  { "plaintext-port", 0, 0, G_OPTION_ARG_NONE, &plaintext_port, "Also listen without TLS", NULL },
  { "fault", 0, 0, G_OPTION_ARG_STRING, &fault_text,
    "STEP,KIND and then delay=MS, split=OCTETS, nth=N, and last text=… with \\r\\n and the like", "FAULT" },
  G_OPTION_ENTRY_NULL,
};

static gboolean
find_name (const char *name, const char *const *names, gsize n, const char *what, int *found, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (strcmp (names[i], name) == 0)
        {
          *found = (int) i;
          return TRUE;
        }
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "There is no %s “%s”", what, name);
  return FALSE;
}

/* STEP,KIND[,delay=…][,split=…][,nth=…][,text=…]; @fault's text is the caller's to free. */
static gboolean
parse_fault (const char *text, WaxPracticeFault *fault, GError **error)
{
  const char *words = strstr (text, ",text=");
  g_autofree char *head = words != NULL ? g_strndup (text, (gsize) (words - text)) : g_strdup (text);
  g_auto (GStrv) parts = g_strsplit (head, ",", -1);
  int step = 0, kind = 0;

  *fault = (WaxPracticeFault) { 0 };
  if (strcmp (text, "none") == 0)
    return TRUE;
  if (g_strv_length (parts) < 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "A fault begins with STEP,KIND");
      return FALSE;
    }
  if (!find_name (parts[0], step_names, G_N_ELEMENTS (step_names), "step", &step, error)
      || !find_name (parts[1], kind_names, G_N_ELEMENTS (kind_names), "kind of fault", &kind, error))
    return FALSE;
  fault->step = (WaxPracticeStep) step;
  fault->kind = (WaxPracticeFaultKind) kind;

  for (gsize i = 2; parts[i] != NULL; i++)
    {
      const char *equals = strchr (parts[i], '=');
      guint64 value = 0;

      if (equals == NULL || !g_ascii_string_to_unsigned (equals + 1, 10, 0, G_MAXINT, &value, error))
        {
          if (equals == NULL)
            g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is not NAME=NUMBER",
                         parts[i]);
          return FALSE;
        }
      if (g_str_has_prefix (parts[i], "delay="))
        fault->delay_ms = (guint) value;
      else if (g_str_has_prefix (parts[i], "split="))
        fault->split = (guint) value;
      else if (g_str_has_prefix (parts[i], "nth="))
        fault->nth = (int) value;
      else
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "A fault has no “%s”", parts[i]);
          return FALSE;
        }
    }
  fault->text = words != NULL ? g_strcompress (words + strlen (",text=")) : NULL;

  return TRUE;
}

static void
print_node (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  printf ("%s\n", text);
  fflush (stdout);
}

static void
print_list (char **list)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (gsize i = 0; list[i] != NULL; i++)
    {
      /* What a client sent need not be UTF-8, and JSON must be. */
      g_autofree char *valid = g_utf8_make_valid (list[i], -1);

      json_array_add_string_element (array, valid);
    }
  json_node_take_array (node, array);
  print_node (node);
}

static void
print_start (WaxPracticeHost *host)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "implicit_port", wax_practice_host_get_implicit_port (host));
  json_object_set_int_member (object, "starttls_port", wax_practice_host_get_starttls_port (host));
  json_object_set_int_member (object, "plaintext_port", wax_practice_host_get_plaintext_port (host));
  json_object_set_string_member (object, "ca_file", wax_practice_host_get_ca_file (host));
  json_object_set_string_member (object, "maildir", wax_practice_host_get_maildir (host));
  json_object_set_string_member (object, "user", user != NULL ? user : "practice");
  json_object_set_string_member (object, "password", password != NULL ? password : "practice");
  json_node_take_object (node, object);
  print_node (node);
}

static void
obey (WaxPracticeHost *host, const char *line)
{
  g_auto (GStrv) list = NULL;
  g_autoptr (GError) error = NULL;
  WaxPracticeFault fault = { 0 };

  if (strcmp (line, "commands") == 0)
    list = wax_practice_host_get_commands (host);
  else if (strcmp (line, "plaintext") == 0)
    list = wax_practice_host_get_plaintext_commands (host);
  else if (strcmp (line, "messages") == 0)
    list = wax_practice_host_list_messages (host);
  else if (g_str_has_prefix (line, "fault ") && parse_fault (line + strlen ("fault "), &fault, &error))
    {
      wax_practice_host_set_fault (host, &fault);
      list = g_new0 (char *, 1);
    }
  g_free ((char *) fault.text);

  if (list != NULL)
    print_list (list);
  else
    {
      fprintf (stderr, "practice-host-run: %s\n", error != NULL ? error->message : "not a command");
      printf ("null\n");
      fflush (stdout);
    }
}

static void
end_input (int number)
{
  close (STDIN_FILENO); /* for a read that has not begun yet */
}

/* A signal is to end the reading of stdin, and so the program in good order:
 * it must reach the main thread, and the read must not go on behind it. */
static void
set_signals (int how)
{
  const struct sigaction action = { .sa_handler = end_input };
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  pthread_sigmask (how, &set, NULL);
}

static void
obey_until_stdin_closes (WaxPracticeHost *host)
{
  char *line = NULL;
  size_t size = 0;
  ssize_t length;

  while ((length = getline (&line, &size, stdin)) >= 0)
    {
      if (length > 0 && line[length - 1] == '\n')
        line[length - 1] = '\0';
      obey (host, line);
    }
  free (line);
}

static gboolean
run (int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- a submission server for tests");
  g_autoptr (WaxPracticeHost) host = NULL;
  WaxPracticeOptions options = { 0 };
  WaxPracticeFault fault = { 0 };
  g_autofree char *client_ca_pem = NULL;
  int kind = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (certificate != NULL
      && !find_name (certificate, certificate_names, G_N_ELEMENTS (certificate_names), "certificate", &kind,
                     error))
    return FALSE;
  if (fault_text != NULL && !parse_fault (fault_text, &fault, error))
    return FALSE;
  if (client_ca != NULL && !g_file_get_contents (client_ca, &client_ca_pem, NULL, error))
    return FALSE;

  options.certificate = (WaxPracticeCert) kind;
  options.mechanisms = mechanisms;
  options.extensions = (const char *const *) extensions;
  options.user = user;
  options.password = password;
  options.refuse_recipient = refuse_recipient;
  options.maildir = maildir;
  options.token = token;
  options.scram_iterations = (guint) MAX (scram_iterations, 0);
  options.wrong_signature = wrong_signature;
  options.request_client_certificate = client_ca != NULL;
  options.client_ca_pem = client_ca_pem;
  options.tls_1_2_only = tls_1_2_only;
  options.plaintext_port = plaintext_port;
  options.fault = fault;
  set_signals (SIG_BLOCK); /* in the host's threads, which inherit it */
  host = wax_practice_host_start (&options, error);
  set_signals (SIG_UNBLOCK);
  g_free ((char *) fault.text);
  if (host == NULL)
    return FALSE;

  print_start (host);
  obey_until_stdin_closes (host);
  wax_practice_host_stop (host);

  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (run (argc, argv, &error))
    return 0;
  fprintf (stderr, "practice-host-run: %s\n", error->message);

  return 64;
}
