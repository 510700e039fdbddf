/* SPDX-License-Identifier: GPL-3.0-or-later */

/* libgsasl's client, made cancellable. The library computes PBKDF2, and lets GSS-API
 * ask the network, without a way to stop it: seconds. So such a step runs on a thread
 * of its own, which owns a copy of the challenge and a reference to the session; a
 * caller that was cancelled goes, and the thread ends by itself. */

#include "sasl-library.h"

#include <string.h>

struct _WaxSaslLibrary
{
  gatomicrefcount references;
  Gsasl *context;
  Gsasl_session *session;

  GMutex mutex; /* guards what follows, while a step is on a thread */
  GCond changed;
  gboolean finished;
  gboolean cancelled;
  int status;
  WaxSecret *response;
};

/* The library frees its copies without overwriting them. */
static void
library_wipe (WaxSaslLibrary *self)
{
  static const Gsasl_property secret[] = {
    GSASL_PASSWORD,        GSASL_SCRAM_SALTED_PASSWORD,      GSASL_SCRAM_SERVERKEY,
    GSASL_SCRAM_STOREDKEY, GSASL_DIGEST_MD5_HASHED_PASSWORD,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    {
      char *copy = (char *) gsasl_property_fast (self->session, secret[i]);

      if (copy != NULL)
        explicit_bzero (copy, strlen (copy));
    }
}

static WaxSaslLibrary *
library_ref (WaxSaslLibrary *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
wax_sasl_library_unref (WaxSaslLibrary *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;

  if (self->session != NULL)
    {
      library_wipe (self);
      gsasl_finish (self->session);
    }
  if (self->context != NULL)
    gsasl_done (self->context);
  g_clear_pointer (&self->response, wax_secret_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

WaxSaslLibrary *
wax_sasl_library_new (const char *mechanism, int *status)
{
  g_autoptr (WaxSaslLibrary) self = g_new0 (WaxSaslLibrary, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);

  *status = gsasl_init (&self->context);
  if (*status == GSASL_OK)
    *status = gsasl_client_start (self->context, mechanism, &self->session);

  return *status == GSASL_OK ? g_steal_pointer (&self) : NULL;
}

int
wax_sasl_library_set (WaxSaslLibrary *self, Gsasl_property property, const char *value)
{
  return gsasl_property_set (self->session, property, value);
}

/* ---- a step ---- */

static int
library_compute (WaxSaslLibrary *self, const guint8 *challenge, gsize length, WaxSecret **response)
{
  char *output = NULL;
  size_t output_length = 0;
  int status = gsasl_step (self->session, length > 0 ? (const char *) challenge : "", length, &output,
                           &output_length);

  *response = status == GSASL_OK || status == GSASL_NEEDS_MORE ? wax_secret_new (output, output_length)
                                                               : NULL;
  if (output != NULL)
    {
      explicit_bzero (output, output_length);
      gsasl_free (output);
    }

  return status;
}

typedef struct
{
  WaxSaslLibrary *library;
  gsize length;
  guint8 challenge[]; /* a copy */
} Step;

static gpointer
step_thread (gpointer data)
{
  g_autofree Step *step = data;
  WaxSaslLibrary *self = step->library;
  WaxSecret *response = NULL;
  int status = library_compute (self, step->challenge, step->length, &response);

  g_mutex_lock (&self->mutex);
  self->status = status;
  self->response = response;
  self->finished = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  wax_sasl_library_unref (self);

  return NULL;
}

static void
cancelled_cb (GCancellable *cancellable, WaxSaslLibrary *self)
{
  g_mutex_lock (&self->mutex);
  self->cancelled = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static void
library_unref_cb (gpointer data)
{
  wax_sasl_library_unref (data);
}

/* Whether the step came to its end before the caller lost patience. */
static gboolean
library_await (WaxSaslLibrary *self)
{
  gboolean finished;

  g_mutex_lock (&self->mutex);
  while (!self->finished && !self->cancelled)
    g_cond_wait (&self->changed, &self->mutex);
  finished = self->finished;
  g_mutex_unlock (&self->mutex);

  return finished;
}

static int
library_compute_apart (WaxSaslLibrary *self,
                       const guint8 *challenge,
                       gsize length,
                       WaxSecret **response,
                       GCancellable *cancellable,
                       GError **error)
{
  Step *step = g_malloc (sizeof (Step) + length);
  gboolean finished;
  gulong handler;

  self->finished = FALSE;
  step->library = library_ref (self);
  step->length = length;
  if (length > 0)
    memcpy (step->challenge, challenge, length);
  g_thread_unref (g_thread_new ("sasl-step", step_thread, step));

  /* Also where it is cancelled already: the callback is then called at once. */
  handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                         library_ref (self), library_unref_cb)
                                : 0;
  finished = library_await (self);
  g_cancellable_disconnect (cancellable, handler);
  if (!finished)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The sign-in was cancelled");
      return -1;
    }

  *response = g_steal_pointer (&self->response);

  return self->status;
}

int
wax_sasl_library_step (WaxSaslLibrary *self,
                       const guint8 *challenge,
                       gsize length,
                       gboolean slow,
                       WaxSecret **response,
                       GCancellable *cancellable,
                       GError **error)
{
  *response = NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  return slow ? library_compute_apart (self, challenge, length, response, cancellable, error)
              : library_compute (self, challenge, length, response);
}
