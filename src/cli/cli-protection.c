/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What else is demanded of a connection, what is shown to the server, and what is
 * allowed for a time: shared by send, probe and account. */

#include "cli-protection.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-server.h"
#include "cli-system.h"
#include "client-identity.h"
#include "clock.h"
#include "tls-guard.h"

void
wax_protection_options_clear (WaxProtectionOptions *self)
{
  g_clear_pointer (&self->backup_pins, g_strfreev);
  g_clear_pointer (&self->pins_renew, g_free);
  g_clear_pointer (&self->revocation, g_free);
  g_clear_pointer (&self->dane, g_free);
  g_clear_pointer (&self->client_cert, g_free);
  g_clear_pointer (&self->client_key, g_free);
  g_clear_pointer (&self->client_pkcs11, g_free);
  g_clear_pointer (&self->client_password_file, g_free);
  g_clear_pointer (&self->exceptions, g_strfreev);
}

const char *
wax_protection_options_first (const WaxProtectionOptions *self)
{
  const struct
  {
    const char *option;
    gconstpointer given;
  } options[] = {
    { "--backup-pin", self->backup_pins },      { "--pins-renew", self->pins_renew },
    { "--revocation", self->revocation },       { "--dane", self->dane },
    { "--client-cert", self->client_cert },     { "--client-key", self->client_key },
    { "--client-pkcs11", self->client_pkcs11 }, { "--client-password-file", self->client_password_file },
    { "--exception", self->exceptions },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].given != NULL)
      return options[i].option;

  return NULL;
}

/* ---- days and exceptions ---- */

gboolean
wax_cli_parse_day (const char *option, const char *text, gint64 *seconds, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) day = NULL;

  if (strlen (text) == strlen ("2027-01-01") && strspn (text, "0123456789-") == strlen (text))
    {
      g_autofree char *full = g_strconcat (text, "T00:00:00", NULL);

      day = g_date_time_new_from_iso8601 (full, utc);
    }
  if (day == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("%s takes a day such as 2027-01-01, not “%s”"), option, text);
      return FALSE;
    }
  *seconds = g_date_time_to_unix (day);

  return TRUE;
}

gboolean
wax_cli_is_none (char **list)
{
  return strcmp (list[0], "none") == 0 && list[1] == NULL;
}

/* KIND[=VALUE]@DATE */
static WaxTlsException *
parse_exception (const char *text, GError **error)
{
  const char *at = strrchr (text, '@');
  g_autofree char *what = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  char *value = what != NULL ? strchr (what, '=') : NULL;
  WaxTlsAllow allow;
  gint64 until;

  if (value != NULL)
    *value++ = '\0';
  if (what == NULL || !wax_tls_allow_from_string (what, &allow))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--exception takes untrusted=KEY@DATE, cipher=SUITE@DATE or version@DATE, not “%s”"),
                   text);
      return NULL;
    }
  if (!wax_cli_parse_day ("--exception", at + 1, &until, error))
    return NULL;

  return wax_tls_exception_new (allow, value, wax_clock_now () / G_USEC_PER_SEC, until, NULL);
}

void
wax_cli_add_exception (WaxAccount *account, WaxTlsException *exception)
{
  g_autoptr (GPtrArray) exceptions = wax_account_dup_exceptions (account);

  if (exception->value != NULL && g_str_has_prefix (exception->value, "sha256:"))
    {
      char *bare = g_ascii_strdown (exception->value + strlen ("sha256:"), -1);

      g_free (exception->value);
      exception->value = bare;
    }
  for (guint i = exceptions->len; i > 0; i--)
    {
      const WaxTlsException *old = exceptions->pdata[i - 1];

      if (old->allow == exception->allow && g_strcmp0 (old->value, exception->value) == 0)
        g_ptr_array_remove_index (exceptions, i - 1);
    }
  g_ptr_array_add (exceptions, exception);
  wax_account_set_exceptions (account, exceptions);
}

static gboolean
apply_exceptions (char **texts, WaxAccount *account, GError **error)
{
  g_autoptr (GPtrArray) exceptions = NULL;

  if (texts == NULL)
    return TRUE;
  if (wax_cli_is_none (texts))
    {
      wax_account_set_exceptions (account, NULL);
      return TRUE;
    }
  for (char **text = texts; *text != NULL; text++)
    {
      WaxTlsException *exception = parse_exception (*text, error);

      if (exception == NULL)
        return FALSE;
      wax_cli_add_exception (account, exception);
    }
  /* Before the first connection of the process. */
  exceptions = wax_account_dup_exceptions (account);
  wax_tls_guard_prepare_process (exceptions);

  return TRUE;
}

/* ---- the rest ---- */

static gboolean
apply_demand (const char *option, const char *property, const char *text, WaxAccount *account, GError **error)
{
  WaxDemand demand;

  if (text == NULL)
    return TRUE;
  if (!wax_demand_from_string (text, &demand))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("%s takes off, soft or hard, not “%s”"), option, text);
      return FALSE;
    }
  g_object_set (account, property, text, NULL);

  return TRUE;
}

static gboolean
apply_renewal (const char *text, WaxAccount *account, GError **error)
{
  gint64 renew = 0;

  if (text == NULL)
    return TRUE;
  if (strcmp (text, "none") != 0 && !wax_cli_parse_day ("--pins-renew", text, &renew, error))
    return FALSE;
  g_object_set (account, "pins-renew", renew, NULL);

  return TRUE;
}

/* An account may be used from another folder than the one it was made in. */
static char *
whole_place (const char *place)
{
  if (g_ascii_strncasecmp (place, "pkcs11:", strlen ("pkcs11:")) == 0)
    return g_strdup (place);

  return g_canonicalize_filename (place, NULL);
}

static gboolean
apply_client_certificate (const WaxProtectionOptions *self, WaxAccount *account, GError **error)
{
  const char *place = self->client_pkcs11 != NULL ? self->client_pkcs11 : self->client_cert;

  if (self->client_pkcs11 != NULL && self->client_cert != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--client-cert and --client-pkcs11 are two places for one certificate: give one"));
      return FALSE;
    }
  if (self->client_pkcs11 != NULL && strcmp (place, "none") != 0
      && g_ascii_strncasecmp (place, "pkcs11:", strlen ("pkcs11:")) != 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("--client-pkcs11 takes a URI that begins with “pkcs11:”, not “%s”"), place);
      return FALSE;
    }
  if (place != NULL && strcmp (place, "none") == 0)
    {
      g_object_set (account, "client-cert", NULL, "client-key", NULL, NULL);
    }
  else if (place != NULL)
    {
      g_autofree char *whole = whole_place (place);

      g_object_set (account, "client-cert", whole, "client-key", NULL, NULL);
    }
  if (self->client_key != NULL)
    {
      g_autofree char *whole = whole_place (self->client_key);

      g_object_set (account, "client-key", whole, NULL);
    }

  return TRUE;
}

gboolean
wax_protection_options_apply (const WaxProtectionOptions *self, WaxAccount *account, GError **error)
{
  if (self->backup_pins != NULL)
    g_object_set (account, "backup-pins", wax_cli_is_none (self->backup_pins) ? NULL : self->backup_pins,
                  NULL);

  return apply_renewal (self->pins_renew, account, error)
         && apply_demand ("--revocation", "revocation", self->revocation, account, error)
         && apply_demand ("--dane", "dane", self->dane, account, error)
         && apply_client_certificate (self, account, error)
         && apply_exceptions (self->exceptions, account, error);
}

gboolean
wax_protection_options_password (const WaxProtectionOptions *self,
                                 WaxAccount *account,
                                 GCancellable *cancellable,
                                 WaxSecret **password,
                                 GError **error)
{
  *password = NULL;
  if (self->client_password_file == NULL)
    return TRUE;
  if (wax_account_get_client_cert (account) == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _ ("--client-password-file is of the client certificate, and there is none: give "
                      "--client-cert or --client-pkcs11"));
      return FALSE;
    }
  *password = wax_cli_read_secret (self->client_password_file, _ ("The password of the client certificate"),
                                   cancellable, error);

  return *password != NULL;
}

gboolean
wax_protection_options_identity (const WaxProtectionOptions *self,
                                 WaxAccount *account,
                                 GCancellable *cancellable,
                                 GTlsCertificate **certificate,
                                 GError **error)
{
  const char *place = wax_account_get_client_cert (account), *key = wax_account_get_client_key (account);
  g_autoptr (WaxSecret) password = NULL;
  g_autoptr (GError) cause = NULL;

  *certificate = NULL;
  if (!wax_protection_options_password (self, account, cancellable, &password, error))
    return FALSE;
  if (place == NULL)
    return TRUE;
  *certificate = wax_client_identity_load (place, key, password, &cause);
  if (password == NULL && wax_system_stdin_is_terminal ()
      && g_error_matches (cause, WAX_CLIENT_IDENTITY_ERROR, WAX_CLIENT_IDENTITY_ERROR_PASSWORD))
    {
      g_autofree char *prompt = g_strdup_printf (_ ("Password or PIN of %s: "), place);

      g_clear_error (&cause);
      password = wax_system_ask_password (prompt, cancellable, error);
      if (password == NULL)
        return FALSE;
      *certificate = wax_client_identity_load (place, key, password, &cause);
    }
  if (*certificate == NULL)
    g_propagate_error (error, g_steal_pointer (&cause));

  return *certificate != NULL;
}
