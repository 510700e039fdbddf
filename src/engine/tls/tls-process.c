/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What GnuTLS offers in this process. GIO reads it from the environment once, when
 * the class of its connections is made. */

#include "tls-guard.h"

#include "clock.h"
#include "tls-suites.h"

#define PRIORITY "G_TLS_GNUTLS_PRIORITY"

static gboolean
is_too_late (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();

  return g_type_class_peek (g_tls_backend_get_client_connection_type (backend)) != NULL;
}

static gboolean
all_are_offered (GPtrArray *exceptions, gint64 now)
{
  for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];

      if (exception->allow == WAX_TLS_ALLOW_CIPHER && wax_tls_exception_is_current (exception, now)
          && !wax_tls_suite_is_offered (g_getenv (PRIORITY), exception->value))
        return FALSE;
    }

  return TRUE;
}

gboolean
wax_tls_guard_prepare_process (GPtrArray *exceptions)
{
  static GMutex mutex;
  static GPtrArray *wanted; /* by all who asked: who comes later takes nothing away */
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;
  g_autofree char *priority = NULL;
  gboolean ready;

  g_mutex_lock (&mutex);
  ready = all_are_offered (exceptions, now);
  if (!ready && !is_too_late ())
    {
      if (wanted == NULL)
        wanted = g_ptr_array_new ();
      for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
        g_ptr_array_add (wanted, wax_tls_exception_copy (exceptions->pdata[i]));
      priority = wax_tls_policy_priority_for (wanted, now);
      ready = g_setenv (PRIORITY, priority, TRUE);
    }
  g_mutex_unlock (&mutex);

  return ready;
}
