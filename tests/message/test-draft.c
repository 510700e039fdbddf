/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "draft-store.h"

#include <string.h>

#include "temp-folder.h"

typedef struct
{
  char *folder;
  WaxStore *store;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxSecret) key = wax_secret_new_random (32);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = temp_folder_new ();
  path = g_build_filename (self->folder, "waxseal.db", NULL);
  self->store = wax_store_open (path, key, TRUE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  wax_store_close (self->store);
  g_clear_object (&self->store);
  temp_folder_remove (self->folder);
  g_free (self->folder);
}

static gboolean
save (WaxStore *store, WaxDraft *draft, GError **error)
{
  g_assert_true (wax_store_begin (store, NULL));
  if (!wax_draft_store_save (store, draft, error))
    {
      wax_store_rollback (store);
      return FALSE;
    }
  g_assert_true (wax_store_commit (store, NULL));
  return TRUE;
}

static void
test_check_names_the_field (void)
{
  static const struct
  {
    const char *property;
    const char *value;
    int code;
    const char *word;
  } cases[] = {
    { "to", "", WAX_DRAFT_ERROR_NO_RECIPIENT, "recipient" },
    { "to", "nobody", WAX_DRAFT_ERROR_ADDRESS, "To: " },
    { "cc", "x@", WAX_DRAFT_ERROR_ADDRESS, "Cc: " },
    { "bcc", "x@y@z", WAX_DRAFT_ERROR_ADDRESS, "Bcc: " },
    { "subject", "a\r\nBcc: x@example.org", WAX_DRAFT_ERROR_HEADER, "subject" },
    { "message-id", "<a@b>\n", WAX_DRAFT_ERROR_HEADER, "Message-ID" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WaxDraft) draft = wax_draft_new ();
      g_autoptr (GError) error = NULL;

      g_object_set (draft, "to", "a@example.org", NULL);
      g_assert_true (wax_draft_check (draft, NULL));
      g_object_set (draft, cases[i].property, cases[i].value, NULL);
      g_assert_false (wax_draft_check (draft, &error));
      g_assert_error (error, WAX_DRAFT_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

static void
test_attachment_refuses_what_is_no_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wax_attachment_new (g_get_tmp_dir (), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_null (wax_attachment_new ("/dev/null", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  g_assert_null (wax_attachment_new ("/nonexistent/file", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/file"));
}

static void
test_store_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxDraft) loaded = NULL;
  g_autoptr (WaxAttachment) attachment = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->folder, "note.txt", NULL);

  g_assert_true (g_file_set_contents (path, "hello", 5, NULL));
  attachment = wax_attachment_new (path, NULL, &error);
  g_assert_no_error (error);
  g_object_set (draft, "account-id", "acc", "to", "a@example.org", "subject", "Grüße", "body", "text\n",
                "markdown", TRUE, NULL);
  g_list_store_append (wax_draft_get_attachments (draft), attachment);
  g_assert_true (save (self->store, draft, &error));
  g_assert_cmpint (wax_draft_get_id (draft), >, 0);

  loaded = wax_draft_store_load (self->store, wax_draft_get_id (draft), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wax_draft_get_subject (loaded), ==, "Grüße");
  g_assert_cmpstr (wax_draft_get_account_id (loaded), ==, "acc");
  g_assert_cmpstr (wax_draft_get_body (loaded), ==, "text\n");
  g_assert_true (wax_draft_get_markdown (loaded));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (wax_draft_get_attachments (loaded))), ==, 1);
  g_assert_true (wax_draft_check (loaded, NULL));

  /* A file that has gone meanwhile does not lose the draft. */
  g_unlink (path);
  list = wax_draft_store_list (self->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_false (wax_draft_check (g_ptr_array_index (list, 0), &error));
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ATTACHMENT);
}

/* An autosave that comes late must not bring back what was sent. */
static void
test_store_never_resurrects (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (save (self->store, draft, &error));
  g_assert_true (wax_store_begin (self->store, NULL));
  g_assert_true (wax_store_exec (self->store, "UPDATE draft SET outbox_id = 7", NULL));
  g_assert_true (wax_store_commit (self->store, NULL));
  g_assert_false (save (self->store, draft, &error));
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_SUBMITTED);
  g_clear_error (&error);
  list = wax_draft_store_list (self->store, NULL);
  g_assert_cmpuint (list->len, ==, 0);

  g_assert_true (wax_store_begin (self->store, NULL));
  g_assert_true (wax_draft_store_remove (self->store, wax_draft_get_id (draft), NULL));
  g_assert_true (wax_store_commit (self->store, NULL));
  g_assert_false (save (self->store, draft, &error));
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/draft/check-names-the-field", test_check_names_the_field);
  g_test_add_func ("/message/attachment/refuses-what-is-no-file", test_attachment_refuses_what_is_no_file);
  g_test_add ("/message/draft-store/round-trip", Fixture, NULL, set_up, test_store_round_trip, tear_down);
  g_test_add ("/message/draft-store/never-resurrects", Fixture, NULL, set_up, test_store_never_resurrects,
              tear_down);
  return g_test_run ();
}
