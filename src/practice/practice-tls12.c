/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TLS 1.2 as a GIOStream over a socket. Both directions block; one thread uses
 * it. */

#include "practice-tls12.h"

#include <gnutls/gnutls.h>
#include <string.h>

struct _WaxPracticeTls12
{
  GIOStream parent_instance;

  GSocket *socket;
  GCancellable *cancellable;
  gnutls_certificate_credentials_t credentials;
  gnutls_session_t session;
  GInputStream *input;
  GOutputStream *output;
};

G_DEFINE_FINAL_TYPE (WaxPracticeTls12, wax_practice_tls12, G_TYPE_IO_STREAM)

/* ---- the two directions ---------------------------------------------------- */

#define TLS12_TYPE_INPUT (tls12_input_get_type ())
G_DECLARE_FINAL_TYPE (Tls12Input, tls12_input, TLS12, INPUT, GInputStream)

struct _Tls12Input
{
  GInputStream parent_instance;
  WaxPracticeTls12 *tls; /* owns us */
};

G_DEFINE_FINAL_TYPE (Tls12Input, tls12_input, G_TYPE_INPUT_STREAM)

#define TLS12_TYPE_OUTPUT (tls12_output_get_type ())
G_DECLARE_FINAL_TYPE (Tls12Output, tls12_output, TLS12, OUTPUT, GOutputStream)

struct _Tls12Output
{
  GOutputStream parent_instance;
  WaxPracticeTls12 *tls; /* owns us */
};

G_DEFINE_FINAL_TYPE (Tls12Output, tls12_output, G_TYPE_OUTPUT_STREAM)

static gssize
set_error (GError **error, gssize rc)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "TLS: %s", gnutls_strerror ((int) rc));

  return -1;
}

static gssize
tls12_input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  WaxPracticeTls12 *tls = TLS12_INPUT (stream)->tls;
  gssize rc;

  do
    rc = gnutls_record_recv (tls->session, buffer, count);
  while (rc == GNUTLS_E_INTERRUPTED || rc == GNUTLS_E_AGAIN);

  /* Like its sibling, it takes an end without close_notify for an end. */
  if (rc == GNUTLS_E_PREMATURE_TERMINATION)
    return 0;

  return rc >= 0 ? rc : set_error (error, rc);
}

static gssize
tls12_output_write (GOutputStream *stream,
                    const void *buffer,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  WaxPracticeTls12 *tls = TLS12_OUTPUT (stream)->tls;
  gssize rc;

  do
    rc = gnutls_record_send (tls->session, buffer, count);
  while (rc == GNUTLS_E_INTERRUPTED || rc == GNUTLS_E_AGAIN);

  return rc >= 0 ? rc : set_error (error, rc);
}

static gboolean
tls12_output_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  gnutls_bye (TLS12_OUTPUT (stream)->tls->session, GNUTLS_SHUT_WR);

  return TRUE;
}

static void
tls12_input_class_init (Tls12InputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = tls12_input_read;
}

static void
tls12_input_init (Tls12Input *self)
{
}

static void
tls12_output_class_init (Tls12OutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = tls12_output_write;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = tls12_output_close;
}

static void
tls12_output_init (Tls12Output *self)
{
}

/* ---- the transport under GnuTLS -------------------------------------------- */

static ssize_t
pull (gnutls_transport_ptr_t data, void *buffer, size_t size)
{
  WaxPracticeTls12 *self = data;
  gssize n = g_socket_receive (self->socket, buffer, size, self->cancellable, NULL);

  if (n < 0)
    gnutls_transport_set_errno (self->session, EIO);

  return n;
}

static ssize_t
push (gnutls_transport_ptr_t data, const void *buffer, size_t size)
{
  WaxPracticeTls12 *self = data;
  gssize n = g_socket_send (self->socket, buffer, size, self->cancellable, NULL);

  if (n < 0)
    gnutls_transport_set_errno (self->session, EIO);

  return n;
}

static int
wait_for_data (gnutls_transport_ptr_t data, unsigned int ms)
{
  return 1; /* pull blocks */
}

/* ---- the stream ------------------------------------------------------------ */

static GInputStream *
tls12_get_input_stream (GIOStream *stream)
{
  return WAX_PRACTICE_TLS12 (stream)->input;
}

static GOutputStream *
tls12_get_output_stream (GIOStream *stream)
{
  return WAX_PRACTICE_TLS12 (stream)->output;
}

static void
wax_practice_tls12_finalize (GObject *object)
{
  WaxPracticeTls12 *self = WAX_PRACTICE_TLS12 (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->session, gnutls_deinit);
  g_clear_pointer (&self->credentials, gnutls_certificate_free_credentials);
  g_clear_object (&self->socket);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (wax_practice_tls12_parent_class)->finalize (object);
}

static void
wax_practice_tls12_class_init (WaxPracticeTls12Class *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_practice_tls12_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = tls12_get_input_stream;
  G_IO_STREAM_CLASS (klass)->get_output_stream = tls12_get_output_stream;
}

static void
wax_practice_tls12_init (WaxPracticeTls12 *self)
{
  Tls12Input *input = g_object_new (TLS12_TYPE_INPUT, NULL);
  Tls12Output *output = g_object_new (TLS12_TYPE_OUTPUT, NULL);

  input->tls = output->tls = self;
  self->input = G_INPUT_STREAM (input);
  self->output = G_OUTPUT_STREAM (output);
}

static int
tls12_handshake (WaxPracticeTls12 *self, const char *chain_pem)
{
  gnutls_datum_t pem = { (guint8 *) chain_pem, (unsigned) strlen (chain_pem) };
  int rc;

  if ((rc = gnutls_certificate_allocate_credentials (&self->credentials)) < 0
      || (rc = gnutls_certificate_set_x509_key_mem (self->credentials, &pem, &pem, GNUTLS_X509_FMT_PEM)) < 0
      || (rc = gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL)) < 0
      || (rc = gnutls_priority_set_direct (self->session, "NORMAL:-VERS-ALL:+VERS-TLS1.2", NULL)) < 0
      || (rc = gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, self->credentials)) < 0)
    return rc;

  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_pull_function (self->session, pull);
  gnutls_transport_set_push_function (self->session, push);
  gnutls_transport_set_pull_timeout_function (self->session, wait_for_data);
  do
    rc = gnutls_handshake (self->session);
  while (rc < 0 && !gnutls_error_is_fatal (rc));
  if (rc < 0)
    gnutls_alert_send_appropriate (self->session, rc);

  return rc;
}

GIOStream *
wax_practice_tls12_accept (GSocket *socket, const char *chain_pem, GCancellable *cancellable, GError **error)
{
  g_autoptr (WaxPracticeTls12) self = g_object_new (WAX_TYPE_PRACTICE_TLS12, NULL);
  int rc;

  self->socket = g_object_ref (socket);
  self->cancellable = g_object_ref (cancellable);
  rc = tls12_handshake (self, chain_pem);
  if (rc < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE, "TLS 1.2: %s", gnutls_strerror (rc));
      return NULL;
    }

  return G_IO_STREAM (g_steal_pointer (&self));
}

GBytes *
wax_practice_tls12_get_unique (WaxPracticeTls12 *self)
{
  gnutls_datum_t binding = { NULL, 0 };
  GBytes *bytes;

  if (gnutls_session_channel_binding (self->session, GNUTLS_CB_TLS_UNIQUE, &binding) < 0)
    return NULL;
  bytes = g_bytes_new (binding.data, binding.size);
  gnutls_free (binding.data);

  return bytes;
}
