/* SPDX-License-Identifier: GPL-3.0-or-later */

/* first-frame [--settle MS] CMD…: starts CMD on the X display of the environment and prints
 * the milliseconds from fork to the first pixels that it drew into a mapped
 * top-level window (X Damage), and after the settling time its proportional set size:
 * {"first_frame_ms": 231, "pss_kib": 61234, "rss_kib": 112233}. Then ends it. */

#include <X11/Xlib.h>
#include <X11/extensions/Xdamage.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 60000
#define SMALLEST   200 /* pixels: a top-level window, not a helper one */

static int
ignore_error (Display *display, XErrorEvent *event)
{
  return 0; /* a window may be gone by the time it is asked about */
}

/* One line of /proc/PID/smaps_rollup, in KiB. */
static long
memory_of (pid_t pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int) pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  line = strstr (text, name);

  return line != NULL ? strtol (line + strlen (name), NULL, 10) : -1;
}

static void
watch_window (Display *display, Window window)
{
  XWindowAttributes attributes;

  if (XGetWindowAttributes (display, window, &attributes) && attributes.width >= SMALLEST
      && attributes.height >= SMALLEST)
    XDamageCreate (display, window, XDamageReportNonEmpty);
}

/* Waits for the first damage of a mapped top-level window: the time, or -1. */
static gint64
wait_for_frame (Display *display, int damage_base, gint64 start)
{
  while (g_get_monotonic_time () - start < TIMEOUT_MS * G_GINT64_CONSTANT (1000))
    {
      XEvent event;

      if (!XPending (display))
        {
          struct pollfd poller = { ConnectionNumber (display), POLLIN, 0 };

          (void) poll (&poller, 1, 20);
          continue;
        }
      XNextEvent (display, &event);
      if (event.type == MapNotify)
        watch_window (display, event.xmap.window);
      else if (event.type == damage_base + XDamageNotify)
        return g_get_monotonic_time ();
    }

  return -1;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  int damage_base, damage_error, first = 1;
  unsigned settle_ms = 1500;
  gint64 start, frame;
  pid_t pid;

  if (argc > 3 && strcmp (argv[1], "--settle") == 0)
    {
      settle_ms = (unsigned) atoi (argv[2]);
      first = 3;
    }
  if (display == NULL || argc <= first || !XDamageQueryExtension (display, &damage_base, &damage_error))
    {
      fprintf (stderr, "usage: first-frame [--settle MS] CMD… (on an X display with the DAMAGE extension)\n");
      return 64;
    }
  XSetErrorHandler (ignore_error);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);

  start = g_get_monotonic_time ();
  pid = fork ();
  if (pid == 0)
    {
      execvp (argv[first], argv + first);
      _exit (127);
    }
  frame = wait_for_frame (display, damage_base, start);
  g_usleep (settle_ms * 1000u);
  printf ("{\"first_frame_ms\": %ld, \"pss_kib\": %ld, \"rss_kib\": %ld}\n",
          frame < 0 ? -1L : (long) ((frame - start) / 1000), memory_of (pid, "Pss:"),
          memory_of (pid, "Rss:"));
  kill (pid, SIGTERM);
  (void) waitpid (pid, NULL, 0);
  XCloseDisplay (display);

  return frame < 0 ? 1 : 0;
}
