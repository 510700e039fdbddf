/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Drafts in the encrypted store. A draft that the outbox has taken is kept until
 * the server has accepted the message, but it is neither listed nor changed. */

#include "draft-store.h"

#include "clock.h"

static gboolean
run_and_free (WaxStatement *owned, GError **error)
{
  g_autoptr (WaxStatement) statement = owned;

  return wax_statement_run (statement, error);
}

static gboolean
check_changeable (WaxStore *store, gint64 id, GError **error)
{
  g_autoptr (WaxStatement)
      statement = wax_store_prepare (store, "SELECT outbox_id FROM draft WHERE id = ?", error);
  gboolean row = FALSE;

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_int (statement, 1, id);
  if (!wax_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND,
                   "The draft is gone: its message was sent, or it was removed");
      return FALSE;
    }
  if (!wax_statement_is_null (statement, 0))
    {
      g_set_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_SUBMITTED,
                   "The draft is in the outbox as item %" G_GINT64_FORMAT
                   " and cannot be changed: cancel it there first",
                   wax_statement_int (statement, 0));
      return FALSE;
    }

  return TRUE;
}

static gboolean
save_row (WaxStore *store, WaxDraft *draft, gint64 now, GError **error)
{
  gint64 id = wax_draft_get_id (draft);
  g_autofree char *options = wax_envelope_options_to_text (wax_draft_get_options (draft));
  WaxStatement *statement = wax_store_prepare (
      store,
      id == 0 ? "INSERT INTO draft (account_id, recipients_to, recipients_cc, recipients_bcc, subject, body,"
                " markdown, changed, options) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
              : "UPDATE draft SET account_id = ?, recipients_to = ?, recipients_cc = ?, recipients_bcc = ?,"
                " subject = ?, body = ?, markdown = ?, changed = ?, options = ? WHERE id = ?",
      error);

  if (statement == NULL)
    return FALSE;
  wax_statement_bind_text (statement, 1, wax_draft_get_account_id (draft));
  wax_statement_bind_text (statement, 2, wax_draft_get_to (draft));
  wax_statement_bind_text (statement, 3, wax_draft_get_cc (draft));
  wax_statement_bind_text (statement, 4, wax_draft_get_bcc (draft));
  wax_statement_bind_text (statement, 5, wax_draft_get_subject (draft));
  wax_statement_bind_text (statement, 6, wax_draft_get_body (draft));
  wax_statement_bind_int (statement, 7, wax_draft_get_markdown (draft));
  wax_statement_bind_int (statement, 8, now);
  wax_statement_bind_text (statement, 9, options);
  if (id != 0)
    wax_statement_bind_int (statement, 10, id);

  return run_and_free (statement, error);
}

static gboolean
save_attachments (WaxStore *store, gint64 id, GListModel *attachments, GError **error)
{
  WaxStatement *clear = wax_store_prepare (store, "DELETE FROM draft_attachment WHERE draft_id = ?", error);

  if (clear == NULL)
    return FALSE;
  wax_statement_bind_int (clear, 1, id);
  if (!run_and_free (clear, error))
    return FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (attachments); i++)
    {
      g_autoptr (WaxAttachment) attachment = g_list_model_get_item (attachments, i);
      WaxStatement *insert = wax_store_prepare (
          store, "INSERT INTO draft_attachment (draft_id, position, path) VALUES (?, ?, ?)", error);

      if (insert == NULL)
        return FALSE;
      wax_statement_bind_int (insert, 1, id);
      wax_statement_bind_int (insert, 2, i);
      wax_statement_bind_text (insert, 3, wax_attachment_get_path (attachment));
      if (!run_and_free (insert, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
wax_draft_store_save (WaxStore *store, WaxDraft *draft, GError **error)
{
  gint64 now = wax_clock_now ();
  gint64 id;

  g_return_val_if_fail (WAX_IS_DRAFT (draft) && wax_store_in_transaction (store), FALSE);

  id = wax_draft_get_id (draft);
  if (id != 0 && !check_changeable (store, id, error))
    return FALSE;
  if (!save_row (store, draft, now, error))
    return FALSE;
  if (id == 0)
    id = wax_store_last_insert_id (store);
  if (!save_attachments (store, id, G_LIST_MODEL (wax_draft_get_attachments (draft)), error))
    return FALSE;

  wax_draft_set_id (draft, id);
  wax_draft_set_changed (draft, now);
  return TRUE;
}

gboolean
wax_draft_store_remove (WaxStore *store, gint64 id, GError **error)
{
  static const char *const statements[] = {
    "DELETE FROM draft_attachment WHERE draft_id = ?",
    "DELETE FROM draft WHERE id = ?",
  };

  g_return_val_if_fail (wax_store_in_transaction (store), FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      WaxStatement *statement = wax_store_prepare (store, statements[i], error);

      if (statement == NULL)
        return FALSE;
      wax_statement_bind_int (statement, 1, id);
      if (!run_and_free (statement, error))
        return FALSE;
    }

  return TRUE;
}

#define DRAFT_COLUMNS                                                                                      \
  "SELECT id, account_id, recipients_to, recipients_cc, recipients_bcc, subject, body, markdown, changed," \
  " options FROM draft "

/* (transfer full) %NULL with @error where its options are not understood. */
static WaxDraft *
draft_of_row (WaxStatement *row, GError **error)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();

  wax_draft_set_id (draft, wax_statement_int (row, 0));
  wax_draft_set_account_id (draft, wax_statement_text (row, 1));
  wax_draft_set_to (draft, wax_statement_text (row, 2));
  wax_draft_set_cc (draft, wax_statement_text (row, 3));
  wax_draft_set_bcc (draft, wax_statement_text (row, 4));
  wax_draft_set_subject (draft, wax_statement_text (row, 5));
  wax_draft_set_body (draft, wax_statement_text (row, 6));
  wax_draft_set_markdown (draft, wax_statement_int (row, 7) != 0);
  wax_draft_set_changed (draft, wax_statement_int (row, 8));
  if (!wax_envelope_options_from_text (wax_draft_get_options (draft), wax_statement_text (row, 9), error))
    return NULL;

  return g_steal_pointer (&draft);
}

static gboolean
load_attachments (WaxStore *store, WaxDraft *draft, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gboolean row = FALSE;

  {
    g_autoptr (WaxStatement) statement = wax_store_prepare (
        store, "SELECT path FROM draft_attachment WHERE draft_id = ? ORDER BY position", error);

    if (statement == NULL)
      return FALSE;
    wax_statement_bind_int (statement, 1, wax_draft_get_id (draft));
    for (;;)
      {
        if (!wax_statement_step (statement, &row, error))
          return FALSE;
        if (!row)
          break;
        g_ptr_array_add (paths, g_strdup (wax_statement_text (statement, 0)));
      }
  }

  /* With no statement held: files may be slow. */
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (WaxAttachment) attachment = wax_attachment_new (g_ptr_array_index (paths, i), NULL, NULL);

      if (attachment == NULL)
        attachment = wax_attachment_new_stored (g_ptr_array_index (paths, i));
      g_list_store_append (wax_draft_get_attachments (draft), attachment);
    }

  return TRUE;
}

GPtrArray *
wax_draft_store_list (WaxStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean row = FALSE;

  {
    g_autoptr (WaxStatement) statement = wax_store_prepare (
        store, DRAFT_COLUMNS "WHERE outbox_id IS NULL ORDER BY changed DESC, id DESC", error);

    if (statement == NULL)
      return NULL;
    for (;;)
      {
        WaxDraft *draft;

        if (!wax_statement_step (statement, &row, error))
          return NULL;
        if (!row)
          break;
        draft = draft_of_row (statement, error);
        if (draft == NULL)
          return NULL;
        g_ptr_array_add (list, draft);
      }
  }
  for (guint i = 0; i < list->len; i++)
    if (!load_attachments (store, g_ptr_array_index (list, i), error))
      return NULL;

  return g_steal_pointer (&list);
}

WaxDraft *
wax_draft_store_load (WaxStore *store, gint64 id, GError **error)
{
  g_autoptr (WaxDraft) draft = NULL;
  gboolean row = FALSE;

  {
    g_autoptr (WaxStatement) statement = wax_store_prepare (store, DRAFT_COLUMNS "WHERE id = ?", error);

    if (statement == NULL)
      return NULL;
    wax_statement_bind_int (statement, 1, id);
    if (!wax_statement_step (statement, &row, error))
      return NULL;
    if (row && (draft = draft_of_row (statement, error)) == NULL)
      return NULL;
  }
  if (draft == NULL)
    {
      g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND, "There is no draft %" G_GINT64_FORMAT,
                   id);
      return NULL;
    }
  if (!load_attachments (store, draft, error))
    return NULL;

  return g_steal_pointer (&draft);
}
