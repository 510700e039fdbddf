/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What goes in, and what the user's hand can do. */

#include "outbox-fixture.h"

#include <string.h>

#include "clock.h"
#include "json-canon.h"

#define add(name, func) g_test_add ("/outbox/" name, Fixture, NULL, NULL, func, NULL)

static void
test_submit_is_one_step (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  fixture_open (self, NULL);
  g_object_set (draft, "to", "Bob <bob@example.org>", "cc", "BOB@EXAMPLE.org", "bcc", "eve@example.org",
                "subject", "S", NULL);
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_draft_store_save (self->profile.store, draft, NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));
  id = wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, &error);
  g_assert_no_error (error);
  item = fixture_get (self, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_QUEUED);
  g_assert_cmpstr (wax_outbox_item_get_sender (item), ==, "ada@example.org");
  g_assert_cmpuint (g_strv_length ((GStrv) wax_outbox_item_get_recipients (item)), ==, 3);
  g_assert_cmpuint (fixture_entries (self, item, WAX_CLASS_EMAIL_ACTIVITY, -1), ==, 1);

  /* A second click is not a second message. */
  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, &error), ==, -1);
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE);
  g_clear_error (&error);
  g_assert_cmpuint (fixture_drafts (self), ==, 0);
  fixture_close (self);
}

static void
test_bcc_is_an_envelope_matter (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxOutboxItem) item = NULL;
  g_auto (GStrv) messages = NULL;
  g_autofree char *received = NULL;

  fixture_open (self, NULL);
  g_object_set (draft, "to", "bob@example.org", "bcc", "eve@example.org", NULL);
  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, NULL), >, 0);
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);
  g_assert_cmpuint (fixture_commands (self, "RCPT TO:<eve@example.org>"), ==, 1);
  messages = wax_practice_host_list_messages (self->host);
  g_assert_true (g_file_get_contents (messages[0], &received, NULL, NULL));
  g_assert_null (strstr (received, "eve@"));
  fixture_close (self);
}

static void
test_submit_refuses_what_cannot_go (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  fixture_open (self, NULL);
  g_object_set (draft, "to", "nobody", NULL);
  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, &error), ==, -1);
  g_assert_error (error, WAX_DRAFT_ERROR, WAX_DRAFT_ERROR_ADDRESS);
  list = wax_outbox_list (self->profile.outbox, NULL);
  g_assert_cmpuint (list->len, ==, 0);
  fixture_close (self);
}

static gint64
count (WaxStore *store, const char *sql)
{
  g_autoptr (WaxStatement) statement = wax_store_prepare (store, sql, NULL);
  gboolean row = FALSE;

  g_assert_true (wax_statement_step (statement, &row, NULL));
  return wax_statement_int (statement, 0);
}

static void
test_full_disk_keeps_the_draft (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxAttachment) attachment = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *big = g_strnfill (6 * 1024 * 1024, 'x');

  fixture_open (self, NULL);
  path = g_build_filename (self->folder, "big.bin", NULL);
  g_assert_true (g_file_set_contents (path, big, -1, NULL));
  attachment = wax_attachment_new (path, NULL, NULL);
  g_list_store_append (wax_draft_get_attachments (draft), attachment);
  g_object_set (draft, "to", "bob@example.org", NULL);
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_draft_store_save (self->profile.store, draft, NULL));
  g_assert_true (wax_store_exec (self->profile.store, "PRAGMA max_page_count = 1000", NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));

  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, &error), ==, -1);
  g_assert_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_FULL);
  g_test_message ("%s", error->message);
  g_assert_cmpuint (fixture_drafts (self), ==, 1);
  list = wax_outbox_list (self->profile.outbox, NULL);
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_cmpint (count (self->profile.store, "SELECT count (*) FROM blob"), ==, 0);

  /* With space again it goes. */
  g_assert_true (wax_store_begin (self->profile.store, NULL));
  g_assert_true (wax_store_exec (self->profile.store, "PRAGMA max_page_count = 1000000", NULL));
  g_assert_true (wax_store_commit (self->profile.store, NULL));
  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, NULL, NULL), >, 0);
  fixture_verify (self);
  fixture_close (self);
}

static void
test_cancelled_submit_leaves_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fixture_open (self, NULL);
  g_cancellable_cancel (cancellable);
  g_object_set (draft, "to", "bob@example.org", NULL);
  g_assert_cmpint (wax_outbox_submit (self->profile.outbox, draft, self->account, 0, cancellable, &error), ==,
                   -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (count (self->profile.store, "SELECT count (*) FROM blob"), ==, 0);
  fixture_close (self);
}

static void
test_held_waits_and_can_be_undone (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxDraft) draft = wax_draft_new ();
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first, second;

  fixture_open (self, NULL);
  g_object_set (draft, "to", "bob@example.org", NULL);
  first = wax_outbox_submit (self->profile.outbox, draft, self->account, G_TIME_SPAN_MINUTE, NULL, NULL);
  second = wax_outbox_submit (self->profile.outbox, draft, self->account, G_TIME_SPAN_MINUTE, NULL, NULL);
  fixture_idle (self);
  g_assert_true (wax_outbox_cancel (self->profile.outbox, first, &error));
  g_assert_no_error (error);
  g_assert_false (wax_outbox_cancel (self->profile.outbox, first, &error));
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_STATE);
  g_clear_error (&error);

  wax_clock_set_offset (2 * G_TIME_SPAN_MINUTE);
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_id (item), ==, second);
  fixture_idle (self);
  wax_clock_set_offset (0);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 1);
  fixture_close (self);
}

static void
test_cancel_gives_the_draft_back (Fixture *self, gconstpointer data)
{
  g_autoptr (WaxOutboxItem) item = NULL;
  gint64 id;

  fixture_open (self, NULL);
  id = fixture_submit (self, "bob@example.org");
  g_assert_cmpuint (fixture_drafts (self), ==, 0);
  g_assert_true (wax_outbox_cancel (self->profile.outbox, id, NULL));
  g_assert_cmpuint (fixture_drafts (self), ==, 1);
  item = fixture_get (self, id);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_CANCELLED);
  g_assert_cmpint (count (self->profile.store, "SELECT count (*) FROM blob"), ==, 0);
  fixture_idle (self);
  fixture_close (self);
}

static void
test_only_the_wanted_one (Fixture *self, gconstpointer data)
{
  WaxOutboxItem *item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 second;

  fixture_open (self, NULL);
  fixture_submit (self, "a@example.org");
  second = fixture_submit (self, "b@example.org");
  g_assert_true (wax_outbox_deliver_one (self->profile.outbox, second, NULL, &item, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wax_outbox_item_get_id (item), ==, second);
  g_clear_object (&item);
  g_assert_true (wax_outbox_deliver_one (self->profile.outbox, second, NULL, &item, NULL, &error));
  g_assert_null (item);
  g_assert_false (wax_outbox_retry (self->profile.outbox, 999, &error));
  g_assert_error (error, WAX_OUTBOX_ERROR, WAX_OUTBOX_ERROR_NOT_FOUND);
  fixture_close (self);
}

static void
test_raw_message (Fixture *self, gconstpointer data)
{
  static const char message[] =
      "From: Someone <someone@example.org>\nTo: bob@example.org\nBcc: eve@example.org\n"
      "Subject: raw\nMIME-Version: 1.0\nContent-Type: application/pdf; name=a.pdf\n\nline\n";
  static const char *const others[] = { "carol@example.org", NULL };
  g_autoptr (GInputStream) first = g_memory_input_stream_new_from_data (message, -1, NULL);
  g_autoptr (GInputStream) second = g_memory_input_stream_new_from_data (message, -1, NULL);
  g_autoptr (WaxOutboxItem) item = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  fixture_open (self, NULL);
  id = wax_outbox_submit_raw (self->profile.outbox, first, NULL, NULL, self->account, NULL, NULL, &error);
  g_assert_no_error (error);
  item = fixture_get (self, id);
  g_assert_cmpstr (wax_outbox_item_get_sender (item), ==, "ada@example.org");
  g_assert_cmpstr (wax_outbox_item_get_subject (item), ==, "raw");
  g_assert_cmpuint (g_strv_length ((GStrv) wax_outbox_item_get_recipients (item)), ==, 2);
  g_clear_object (&item);
  item = fixture_deliver (self);
  g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);

  id = wax_outbox_submit_raw (self->profile.outbox, second, "bounce@example.org", others, self->account, NULL,
                              NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&item);
  item = fixture_deliver (self);
  g_assert_cmpstr (wax_outbox_item_get_recipients (item)[0], ==, "carol@example.org");
  g_assert_cmpuint (fixture_commands (self, "MAIL FROM:<bounce@example.org>"), ==, 1);
  fixture_close (self);
}

typedef struct
{
  Fixture *fixture;
  int sent;
} Worker;

static gpointer
deliver_all (gpointer data)
{
  Worker *worker = data;

  for (;;)
    {
      g_autoptr (WaxOutboxItem) item = NULL;
      g_autoptr (GError) error = NULL;

      wax_outbox_deliver_one (worker->fixture->profile.outbox, 0, NULL, &item, NULL, &error);
      g_assert_no_error (error);
      if (item == NULL)
        return NULL;
      g_assert_cmpint (wax_outbox_item_get_state (item), ==, WAX_OUTBOX_SENT);
      worker->sent++;
    }
}

static void
test_workers_share_without_doubles (Fixture *self, gconstpointer data)
{
  Worker workers[3] = { { self, 0 }, { self, 0 }, { self, 0 } };
  GThread *threads[3];

  fixture_open (self, NULL);
  for (int i = 0; i < 9; i++)
    fixture_submit (self, "bob@example.org");
  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("worker", deliver_all, &workers[i]);
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (workers[0].sent + workers[1].sent + workers[2].sent, ==, 9);
  g_assert_cmpuint (wax_practice_host_get_accepted (self->host), ==, 9);
  fixture_verify (self);
  fixture_close (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("submit/is-one-step", test_submit_is_one_step);
  add ("submit/bcc-is-an-envelope-matter", test_bcc_is_an_envelope_matter);
  add ("submit/refuses-what-cannot-go", test_submit_refuses_what_cannot_go);
  add ("submit/full-disk-keeps-the-draft", test_full_disk_keeps_the_draft);
  add ("submit/cancelled-leaves-nothing", test_cancelled_submit_leaves_nothing);
  add ("submit/raw-message", test_raw_message);
  add ("held-waits-and-can-be-undone", test_held_waits_and_can_be_undone);
  add ("cancel-gives-the-draft-back", test_cancel_gives_the_draft_back);
  add ("only-the-wanted-one", test_only_the_wanted_one);
  add ("workers-share-without-doubles", test_workers_share_without_doubles);
  return g_test_run ();
}
