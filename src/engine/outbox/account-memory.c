/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an account remembers of its server. The mechanism is what a later
 * connection may not fall below; the extensions are a guess for the next message. */

#include "account-memory.h"

#include "sasl-client.h"

static gboolean
has_signed_in (const WaxSendResult *result)
{
  return result->report->auth_mechanism != NULL && (result->error == NULL || result->step > WAX_STEP_AUTH);
}

/* Whether anything changed. */
static gboolean
remember_mechanism (WaxAccount *account, const char *mechanism)
{
  const char *known = wax_account_get_strongest_mechanism (account);
  const char *strongest = wax_sasl_strongest (known, mechanism);

  if (g_strcmp0 (known, strongest) == 0)
    return FALSE;
  g_object_set (account, "strongest-mechanism", strongest, NULL);

  return TRUE;
}

static gboolean
remember_extensions (WaxAccount *account, GPtrArray *lines)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) offered = NULL;
  const char *const *known = wax_account_get_extensions (account);

  if (lines->len == 0)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    g_strv_builder_add (builder, lines->pdata[i]);
  offered = g_strv_builder_end (builder);
  if (known != NULL && g_strv_equal (known, (const char *const *) offered))
    return FALSE;
  g_object_set (account, "extensions", offered, NULL);

  return TRUE;
}

/* Another server, or another user, teaches nothing about this one. */
static gboolean
is_same_server (WaxAccount *one, WaxAccount *other)
{
  return g_strcmp0 (wax_account_get_host (one), wax_account_get_host (other)) == 0
         && wax_account_get_port (one) == wax_account_get_port (other)
         && g_strcmp0 (wax_account_get_user (one), wax_account_get_user (other)) == 0;
}

gboolean
wax_account_memory_update (WaxStore *store, WaxAccount *account, const WaxSendResult *result, GError **error)
{
  g_autoptr (WaxAccount) stored = NULL;
  g_autoptr (GError) reason = NULL;
  gboolean changed = FALSE;

  if (!has_signed_in (result) && result->report->extensions->len == 0)
    return TRUE;
  stored = wax_account_store_find (store, wax_account_get_id (account), &reason);
  if (stored == NULL)
    {
      if (g_error_matches (reason, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (!is_same_server (stored, account))
    return TRUE;

  if (has_signed_in (result))
    changed |= remember_mechanism (stored, result->report->auth_mechanism);
  changed |= remember_extensions (stored, result->report->extensions);

  return !changed || wax_account_store_save (store, stored, error);
}

void
wax_account_memory_keep (WaxAccount *account, WaxAccount *stored)
{
  const char *mechanism = wax_account_get_strongest_mechanism (stored);
  const char *const *extensions = wax_account_get_extensions (stored);

  if (g_strcmp0 (wax_account_get_host (account), wax_account_get_host (stored)) != 0
      || g_strcmp0 (wax_account_get_user (account), wax_account_get_user (stored)) != 0)
    {
      g_object_set (account, "strongest-mechanism", NULL, "extensions", NULL, NULL);
      return;
    }
  if (mechanism != NULL)
    g_object_set (account, "strongest-mechanism", mechanism, NULL);
  if (extensions != NULL)
    g_object_set (account, "extensions", extensions, NULL);
}
