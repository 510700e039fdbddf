/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What differs between operating systems, as Unix has it. */

#include "cli-system.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_LIMIT 4096

static void
set_error_from_errno (GError **error, int code, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
}

void
wax_system_refuse_core_dumps (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
}

void
wax_system_hold_standard_streams (void)
{
  int fd;

  /* The lowest free number is what open() gives. */
  do
    fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

void
wax_system_outlive_file_limits (void)
{
  signal (SIGXFSZ, SIG_IGN);
}

static void
interrupt_signals (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGTERM);
}

/* Cancelling takes locks, which a signal handler must not: so the signals are
 * blocked everywhere and fetched by this thread. */
static gpointer
wait_for_interrupt (gpointer data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  int caught;

  interrupt_signals (&set);
  sigwait (&set, &caught);
  g_cancellable_cancel (cancellable);
  sigwait (&set, &caught);
  _exit (128 + caught);
}

void
wax_system_catch_interrupts (GCancellable *cancellable)
{
  sigset_t set;

  interrupt_signals (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (g_thread_new ("interrupt", wait_for_interrupt, g_object_ref (cancellable)));
}

gboolean
wax_system_stdin_is_terminal (void)
{
  return isatty (STDIN_FILENO);
}

gboolean
wax_system_stdout_is_terminal (void)
{
  return isatty (STDOUT_FILENO);
}

gboolean
wax_system_stderr_is_terminal (void)
{
  return isatty (STDERR_FILENO);
}

/* One octet of the terminal: 1, 0 at its end, or -1 with an error. */
static int
read_octet (int terminal, char *octet, GCancellable *cancellable, GError **error)
{
  GPollFD fds[2] = { { .fd = terminal, .events = G_IO_IN } };
  guint n = 1;
  ssize_t got;

  if (g_cancellable_make_pollfd (cancellable, &fds[1]))
    n = 2;
  do
    got = g_poll (fds, n, -1);
  while (got < 0 && errno == EINTR);
  if (n == 2)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  do
    got = read (terminal, octet, 1);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    set_error_from_errno (error, errno, _ ("The password could not be read"));

  return (int) got;
}

static WaxSecret *
read_line (int terminal, GCancellable *cancellable, GError **error)
{
  char buffer[PASSWORD_LIMIT];
  WaxSecret *secret = NULL;
  gsize length = 0;
  char octet = '\0';
  int got;

  while ((got = read_octet (terminal, &octet, cancellable, error)) == 1 && octet != '\n'
         && length < sizeof buffer)
    buffer[length++] = octet;
  if (got >= 0)
    {
      if (length == 0)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("No password was given"));
      else
        secret = wax_secret_new (buffer, length);
    }
  explicit_bzero (buffer, sizeof buffer);

  return secret;
}

WaxSecret *
wax_system_ask_password (const char *prompt, GCancellable *cancellable, GError **error)
{
  int terminal = g_open ("/dev/tty", O_RDWR | O_CLOEXEC, 0);
  struct termios before, silent;
  WaxSecret *secret;

  if (terminal < 0)
    {
      set_error_from_errno (error, errno, _ ("There is no terminal to ask for the password on"));
      return NULL;
    }
  if (tcgetattr (terminal, &before) < 0)
    {
      set_error_from_errno (error, errno, _ ("The terminal's echo could not be switched off"));
      g_close (terminal, NULL);
      return NULL;
    }
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (terminal, TCSAFLUSH, &silent);
  dprintf (terminal, "%s", prompt);
  secret = read_line (terminal, cancellable, error);
  tcsetattr (terminal, TCSAFLUSH, &before);
  dprintf (terminal, "\n");
  g_close (terminal, NULL);

  return secret;
}

GInputStream *
wax_system_stdin (void)
{
  return g_unix_input_stream_new (STDIN_FILENO, FALSE);
}

GInputStream *
wax_system_open (const char *path, GError **error)
{
  /* A named pipe is open at once, and is waited for by the reads. */
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  struct stat info;
  int code = errno;

  if (fd >= 0 && fstat (fd, &info) == 0 && S_ISDIR (info.st_mode))
    {
      g_close (fd, NULL);
      fd = -1;
      code = EISDIR;
    }
  if (fd < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return NULL;
    }

  return g_unix_input_stream_new (fd, TRUE);
}

static int
open_nameless (const char *folder)
{
  g_autofree char *template = NULL;
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    return fd;
  /* Not all file systems have files without a name. */
  template = g_build_filename (folder, "waxseal-XXXXXX", NULL);
  fd = g_mkstemp_full (template, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (template);

  return fd;
}

gboolean
wax_system_spool (GOutputStream **out, GInputStream **in, GError **error)
{
  int writer = open_nameless (g_get_tmp_dir ());
  g_autofree char *again = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) reason = NULL;
  GFileInputStream *reader;

  if (writer < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("No temporary file can be made in %s: %s"),
                   g_get_tmp_dir (), g_strerror (errno));
      return FALSE;
    }
  /* Opened again, the file has a second position: at its start. As a file it can seek,
   * without which nothing is encoded anew or sent in several transactions. */
  again = g_strdup_printf ("/proc/self/fd/%d", writer);
  file = g_file_new_for_path (again);
  reader = g_file_read (file, NULL, &reason);
  if (reader == NULL)
    {
      g_set_error (error, reason->domain, reason->code, "%s: %s", _ ("The temporary file cannot be read"),
                   reason->message);
      g_close (writer, NULL);
      return FALSE;
    }
  *out = g_unix_output_stream_new (writer, TRUE);
  *in = G_INPUT_STREAM (reader);

  return TRUE;
}

void
wax_system_exec (char **argv, GError **error)
{
  execv (argv[0], argv);
  set_error_from_errno (error, errno, argv[0]);
}
