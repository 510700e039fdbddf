/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The certificate by which a client shows who it is. Files are read by GnuTLS, which
 * knows PKCS #12 and every kind of encrypted key, and handed to GIO as plain PEM that
 * is wiped; what a token holds stays there, and the PIN is asked for when the server
 * asks for the certificate. Certificate and key are held against each other here, so
 * that a wrong one is a sentence and not a failed handshake. */

#include "client-identity.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>
#include <string.h>

#include "clock.h"

#define MAX_FILE  (1024 * 1024)
#define MAX_CHAIN 16
#define KEY_ID    32 /* SHA-256 */

G_DEFINE_QUARK (wax_client_identity_error, wax_client_identity_error)

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pkcs12_t, gnutls_pkcs12_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_privkey_t, gnutls_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

/* A chain, leaf first, and its key. */
typedef struct
{
  gnutls_x509_crt_t *chain; /* of gnutls_malloc() */
  unsigned length;
  gnutls_x509_privkey_t key;
} Identity;

static void
identity_clear (Identity *self)
{
  for (unsigned i = 0; i < self->length; i++)
    gnutls_x509_crt_deinit (self->chain[i]);
  gnutls_free (self->chain);
  self->chain = NULL;
  self->length = 0;
  g_clear_pointer (&self->key, gnutls_x509_privkey_deinit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Identity, identity_clear)

/* ---- files ---- */

/* A file in memory that is wiped when it goes. */
typedef struct
{
  char *data;
  gsize size;
} Wiped;

static void
wiped_clear (Wiped *self)
{
  if (self->data != NULL)
    explicit_bzero (self->data, self->size);
  g_free (self->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wiped, wiped_clear)

/* Reads up to one octet over the limit, so that what is too large is known as such. */
static gboolean
read_file (const char *path, Wiped *wiped, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &cause);
  gsize got = 0;

  if (stream != NULL)
    {
      wiped->size = MAX_FILE + 1;
      wiped->data = g_malloc0 (wiped->size + 1);
      g_input_stream_read_all (G_INPUT_STREAM (stream), wiped->data, wiped->size, &got, NULL, &cause);
    }
  if (cause != NULL)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND,
                 "The client certificate in “%s” cannot be read: %s", path, cause->message);
  else if (got > MAX_FILE)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                 "“%s” is larger than the 1 MiB that a client certificate may have", path);
  else
    {
      wiped->size = got;
      return TRUE;
    }

  return FALSE;
}

static gboolean
is_pem (const Wiped *wiped)
{
  return g_strstr_len (wiped->data, (gssize) wiped->size, "-----BEGIN ") != NULL;
}

static gboolean
refuse_password (const char *path, WaxSecret *password, GError **error)
{
  if (password == NULL)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_PASSWORD,
                 "The key in “%s” is encrypted: its password is needed", path);
  else
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_PASSWORD,
                 "The password does not open “%s”", path);

  return FALSE;
}

static gboolean
refuse_form (const char *path, const char *what, int code, GError **error)
{
  g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID, "%s in “%s”: %s", what,
               path, gnutls_strerror (code));

  return FALSE;
}

static gnutls_datum_t
datum_of (const Wiped *wiped)
{
  return (gnutls_datum_t) { (unsigned char *) wiped->data, (unsigned) wiped->size };
}

static const char *
password_text (WaxSecret *password)
{
  return password != NULL ? wax_secret_peek (password) : NULL;
}

static gboolean
wants_password (int code)
{
  return code == GNUTLS_E_DECRYPTION_FAILED || code == GNUTLS_E_MAC_VERIFY_FAILED;
}

static gboolean
read_key_pem (Identity *self, const char *path, const Wiped *wiped, WaxSecret *password, GError **error)
{
  gnutls_datum_t datum = datum_of (wiped);
  int code = gnutls_x509_privkey_init (&self->key);

  if (code >= 0)
    code = gnutls_x509_privkey_import2 (self->key, &datum, GNUTLS_X509_FMT_PEM, password_text (password), 0);
  if (code >= 0)
    return TRUE;
  if (wants_password (code))
    return refuse_password (path, password, error);

  return refuse_form (path, "There is no private key in PEM form that can be used", code, error);
}

static gboolean
read_chain_pem (Identity *self, const char *path, const Wiped *wiped, GError **error)
{
  gnutls_datum_t datum = datum_of (wiped);
  int code = gnutls_x509_crt_list_import2 (&self->chain, &self->length, &datum, GNUTLS_X509_FMT_PEM, 0);

  if (code < 0)
    return refuse_form (path, "There is no certificate in PEM or PKCS #12 form", code, error);
  if (self->length > MAX_CHAIN)
    return refuse_form (path, "There are too many certificates", GNUTLS_E_CERTIFICATE_ERROR, error);

  return TRUE;
}

/* PKCS #12, RFC 7292. */
static gboolean
read_pkcs12 (Identity *self, const char *path, const Wiped *wiped, WaxSecret *password, GError **error)
{
  g_auto (gnutls_pkcs12_t) pkcs12 = NULL;
  gnutls_datum_t datum = datum_of (wiped);
  int code = gnutls_pkcs12_init (&pkcs12);

  if (code >= 0)
    code = gnutls_pkcs12_import (pkcs12, &datum, GNUTLS_X509_FMT_DER, 0);
  if (code < 0)
    return refuse_form (path, "There is no certificate in PEM or PKCS #12 form", code, error);
  if (gnutls_pkcs12_verify_mac (pkcs12, password != NULL ? wax_secret_peek (password) : "") < 0)
    return refuse_password (path, password, error);
  code = gnutls_pkcs12_simple_parse (pkcs12, password != NULL ? wax_secret_peek (password) : "", &self->key,
                                     &self->chain, &self->length, NULL, NULL, NULL, 0);
  if (code < 0 && wants_password (code))
    return refuse_password (path, password, error);
  if (code < 0 || self->key == NULL || self->length == 0)
    return refuse_form (path, "There is no certificate with its key",
                        code < 0 ? code : GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE, error);

  return TRUE;
}

/* ---- whether it can be used ---- */

static gboolean
check_dates (gnutls_x509_crt_t leaf, const char *place, GError **error)
{
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;
  gint64 from = gnutls_x509_crt_get_activation_time (leaf), to = gnutls_x509_crt_get_expiration_time (leaf);
  g_autofree char *day = wax_clock_format ((now > to ? to : from) * G_USEC_PER_SEC);

  if (now > to)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_EXPIRED,
                 "The client certificate in “%s” expired on %.10s: use a new one", place, day);
  else if (now < from)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_EXPIRED,
                 "The client certificate in “%s” is not valid before %.10s", place, day);
  else
    return TRUE;

  return FALSE;
}

static gboolean
refuse_other_key (const char *certificate, const char *key, GError **error)
{
  if (key == NULL)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                 "The key in “%s” is not that of the certificate in it", certificate);
  else
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                 "The key in “%s” is not that of the certificate in “%s”", key, certificate);

  return FALSE;
}

static gboolean
check_key (Identity *self, const char *certificate, const char *key, GError **error)
{
  guint8 of_certificate[KEY_ID], of_key[KEY_ID];
  size_t a = sizeof of_certificate, b = sizeof of_key;

  if (gnutls_x509_crt_get_key_id (self->chain[0], GNUTLS_KEYID_USE_SHA256, of_certificate, &a) < 0
      || gnutls_x509_privkey_get_key_id (self->key, GNUTLS_KEYID_USE_SHA256, of_key, &b) < 0 || a != b
      || memcmp (of_certificate, of_key, a) != 0)
    return refuse_other_key (certificate, key, error);

  return TRUE;
}

/* ---- as GIO takes it ---- */

/* The key in clear (PKCS #8), which GIO copies. */
static GTlsCertificate *
make_certificate (Identity *self, const char *path, GError **error)
{
  g_autoptr (GString) chain = g_string_new (NULL);
  gnutls_datum_t key = { NULL, 0 };
  g_autoptr (GError) cause = NULL;
  GTlsCertificate *certificate = NULL;
  char *pem;

  for (unsigned i = 0; i < self->length; i++)
    {
      gnutls_datum_t one = { NULL, 0 };

      if (gnutls_x509_crt_export2 (self->chain[i], GNUTLS_X509_FMT_PEM, &one) < 0)
        continue;
      g_string_append_len (chain, (const char *) one.data, (gssize) one.size);
      gnutls_free (one.data);
    }
  if (gnutls_x509_privkey_export2_pkcs8 (self->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key) < 0)
    {
      refuse_form (path, "The key cannot be used", GNUTLS_E_INVALID_REQUEST, error);
      return NULL;
    }
  pem = g_strdup_printf ("%s%.*s", chain->str, (int) key.size, (const char *) key.data);
  explicit_bzero (key.data, key.size);
  gnutls_free (key.data);
  certificate = g_tls_certificate_new_from_pem (pem, -1, &cause);
  wax_secret_wipe_string (pem);
  if (certificate == NULL)
    g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                 "The client certificate in “%s” cannot be used: %s", path, cause->message);

  return certificate;
}

static GTlsCertificate *
load_files (const char *path, const char *key_path, WaxSecret *password, GError **error)
{
  g_auto (Wiped) file = { NULL, 0 };
  g_auto (Wiped) key_file = { NULL, 0 };
  g_auto (Identity) identity = { NULL, 0, NULL };
  gboolean ok;

  if (!read_file (path, &file, error) || (key_path != NULL && !read_file (key_path, &key_file, error)))
    return NULL;
  if (!is_pem (&file))
    ok = read_pkcs12 (&identity, path, &file, password, error);
  else
    ok = read_chain_pem (&identity, path, &file, error)
         && read_key_pem (&identity, key_path != NULL ? key_path : path, key_path != NULL ? &key_file : &file,
                          password, error);
  if (!ok || !check_dates (identity.chain[0], path, error) || !check_key (&identity, path, key_path, error))
    return NULL;

  return make_certificate (&identity, path, error);
}

/* ---- tokens, RFC 7512 ---- */

static gboolean
is_uri (const char *text)
{
  return text != NULL && g_ascii_strncasecmp (text, "pkcs11:", 7) == 0;
}

gboolean
wax_client_identity_uri_is_safe (const char *uri)
{
  static const char *const secrets[] = { "pin-value", "pin-source" };
  g_autofree char *plain = g_uri_unescape_string (uri, NULL);
  g_autofree char *lower = g_ascii_strdown (plain != NULL ? plain : uri, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (strstr (lower, secrets[i]) != NULL)
      return FALSE;

  return TRUE;
}

static gboolean
check_uri (const char *uri, GError **error)
{
  if (wax_client_identity_uri_is_safe (uri))
    return TRUE;
  g_set_error_literal (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                       "A PKCS #11 URI must have no PIN in it, nor say where to find one: the PIN is asked "
                       "for");

  return FALSE;
}

/* A wrong PIN is given once: some tokens lock themselves after three. */
static int
pin_cb (void *data, int attempt, const char *url, const char *label, unsigned flags, char *pin, size_t max)
{
  WaxSecret *secret = data;
  gsize length = secret != NULL ? wax_secret_get_length (secret) : 0;

  if (secret == NULL || attempt > 0 || (flags & GNUTLS_PIN_WRONG) != 0 || length + 1 > max)
    return -1;
  memcpy (pin, wax_secret_peek (secret), length + 1);

  return 0;
}

static gboolean
refuse_token (const char *uri, const char *what, WaxSecret *pin, int code, GError **error)
{
  switch (code)
    {
    case GNUTLS_E_PKCS11_PIN_ERROR:
    case GNUTLS_E_PKCS11_PIN_EXPIRED:
    case GNUTLS_E_PKCS11_PIN_LOCKED:
    case GNUTLS_E_PKCS11_USER_ERROR:
      g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_PASSWORD,
                   pin == NULL ? "The token of “%s” wants its PIN"
                               : "The PIN does not open the token of “%s”: "
                                 "it was tried once",
                   uri);
      break;
    default:
      g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_NOT_FOUND,
                   "There is no %s at “%s”: %s", what, uri, gnutls_strerror (code));
      break;
    }

  return FALSE;
}

static gnutls_x509_crt_t
load_token_certificate (const char *uri, WaxSecret *pin, GError **error)
{
  gnutls_x509_crt_t certificate = NULL;
  int code = gnutls_x509_crt_init (&certificate);

  if (code >= 0)
    {
      gnutls_x509_crt_set_pin_function (certificate, pin_cb, pin);
      code = gnutls_x509_crt_import_url (certificate, uri, 0);
    }
  if (code < 0)
    {
      refuse_token (uri, "certificate", pin, code, error);
      g_clear_pointer (&certificate, gnutls_x509_crt_deinit);
    }

  return certificate;
}

/* Whether what @key signs, @certificate proves: a token may hold a key without telling
 * the public one. */
static gboolean
signs_for (gnutls_privkey_t key, gnutls_x509_crt_t certificate)
{
  static const char text[] = "Waxseal: does this key belong to this certificate?";
  g_auto (gnutls_pubkey_t) public_key = NULL;
  gnutls_datum_t data = { (unsigned char *) text, sizeof text }, signature = { NULL, 0 };
  gnutls_sign_algorithm_t algorithm;
  gboolean ok;

  if (gnutls_pubkey_init (&public_key) < 0 || gnutls_pubkey_import_x509 (public_key, certificate, 0) < 0)
    return FALSE;
  algorithm = gnutls_pk_to_sign ((gnutls_pk_algorithm_t) gnutls_pubkey_get_pk_algorithm (public_key, NULL),
                                 GNUTLS_DIG_SHA256);
  ok = gnutls_privkey_sign_data2 (key, algorithm, 0, &data, &signature) >= 0
       && gnutls_pubkey_verify_data2 (public_key, algorithm, 0, &data, &signature) >= 0;
  gnutls_free (signature.data);

  return ok;
}

static gboolean
check_token_key (gnutls_x509_crt_t certificate,
                 const char *uri,
                 const char *key_uri,
                 WaxSecret *pin,
                 GError **error)
{
  g_auto (gnutls_privkey_t) key = NULL;
  int code = gnutls_privkey_init (&key);

  if (code >= 0)
    {
      gnutls_privkey_set_pin_function (key, pin_cb, pin);
      code = gnutls_privkey_import_url (key, key_uri, 0);
    }
  if (code < 0)
    return refuse_token (key_uri, "private key", pin, code, error);
  if (!signs_for (key, certificate))
    return refuse_other_key (uri, key_uri, error);

  return TRUE;
}

/* The key of the same object: what says that it is a certificate is left out. */
static char *
key_uri_of (const char *uri)
{
  static const char *const kinds[] = { "type=cert", "object-type=cert" };
  g_auto (GStrv) parts = g_strsplit (uri + strlen ("pkcs11:"), ";", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) left = NULL;
  g_autofree char *joined = NULL;

  for (char **part = parts; *part != NULL; part++)
    if (!g_str_equal (*part, kinds[0]) && !g_str_equal (*part, kinds[1]))
      g_strv_builder_add (kept, *part);
  g_strv_builder_add (kept, "type=private");
  left = g_strv_builder_end (kept);
  joined = g_strjoinv (";", left);

  return g_strconcat ("pkcs11:", joined, NULL);
}

static GTlsCertificate *
load_token (const char *uri, const char *key, WaxSecret *pin, GError **error)
{
  g_autofree char *key_uri = key != NULL ? g_strdup (key) : key_uri_of (uri);
  g_auto (gnutls_x509_crt_t) details = NULL;
  g_autoptr (GError) cause = NULL;
  GTlsCertificate *certificate;

  if (key != NULL && !is_uri (key))
    {
      g_set_error_literal (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                           "The key of a certificate on a token must be on a token too, as a pkcs11: URI");
      return NULL;
    }
  if (!check_uri (uri, error) || !check_uri (key_uri, error)
      || (details = load_token_certificate (uri, pin, error)) == NULL || !check_dates (details, uri, error)
      || !check_token_key (details, uri, key_uri, pin, error))
    return NULL;

  certificate = g_tls_certificate_new_from_pkcs11_uris (uri, key_uri, &cause);
  if (certificate == NULL)
    {
      g_set_error (error, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_INVALID,
                   "The client certificate at “%s” cannot be used: %s", uri, cause->message);
      return NULL;
    }

  return certificate;
}

/* ---- the PIN ---- */

#define WAX_TYPE_PIN_INTERACTION (wax_pin_interaction_get_type ())
G_DECLARE_FINAL_TYPE (WaxPinInteraction, wax_pin_interaction, WAX, PIN_INTERACTION, GTlsInteraction)

struct _WaxPinInteraction
{
  GTlsInteraction parent_instance;
  WaxSecret *pin;
};

G_DEFINE_FINAL_TYPE (WaxPinInteraction, wax_pin_interaction, G_TYPE_TLS_INTERACTION)

static void
wipe_octets (gpointer octets)
{
  wax_secret_wipe_string (octets);
}

static GTlsInteractionResult
wax_pin_interaction_ask_password (GTlsInteraction *interaction,
                                  GTlsPassword *password,
                                  GCancellable *cancellable,
                                  GError **error)
{
  WaxPinInteraction *self = WAX_PIN_INTERACTION (interaction);
  gsize length = wax_secret_get_length (self->pin);

  /* Never a second time: the token may lock itself. */
  if ((g_tls_password_get_flags (password) & G_TLS_PASSWORD_RETRY) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                           "The token does not take its PIN");
      return G_TLS_INTERACTION_FAILED;
    }
  g_tls_password_set_value_full (password, (guchar *) g_strndup (wax_secret_peek (self->pin), length),
                                 (gssize) length, wipe_octets);

  return G_TLS_INTERACTION_HANDLED;
}

static void
wax_pin_interaction_finalize (GObject *object)
{
  wax_secret_unref (WAX_PIN_INTERACTION (object)->pin);

  G_OBJECT_CLASS (wax_pin_interaction_parent_class)->finalize (object);
}

static void
wax_pin_interaction_class_init (WaxPinInteractionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wax_pin_interaction_finalize;
  G_TLS_INTERACTION_CLASS (klass)->ask_password = wax_pin_interaction_ask_password;
}

static void
wax_pin_interaction_init (WaxPinInteraction *self)
{
}

static GQuark
pin_quark (void)
{
  return g_quark_from_static_string ("wax-client-identity-pin");
}

GTlsInteraction *
wax_client_identity_interaction (GTlsCertificate *certificate)
{
  WaxSecret *pin = g_object_get_qdata (G_OBJECT (certificate), pin_quark ());
  WaxPinInteraction *self;

  if (pin == NULL)
    return NULL;
  self = g_object_new (WAX_TYPE_PIN_INTERACTION, NULL);
  self->pin = wax_secret_ref (pin);

  return G_TLS_INTERACTION (self);
}

/* ---- either ---- */

GTlsCertificate *
wax_client_identity_load (const char *certificate, const char *key, WaxSecret *password, GError **error)
{
  GTlsCertificate *loaded;

  g_return_val_if_fail (certificate != NULL, NULL);

  if (!is_uri (certificate))
    return load_files (certificate, key, password, error);
  loaded = load_token (certificate, key, password, error);
  if (loaded != NULL && password != NULL)
    g_object_set_qdata_full (G_OBJECT (loaded), pin_quark (), wax_secret_ref (password),
                             (GDestroyNotify) wax_secret_unref);

  return loaded;
}
