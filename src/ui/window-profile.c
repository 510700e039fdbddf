/* SPDX-License-Identifier: GPL-3.0-or-later */

/* window-profile: one open profile as the windows see it. The engine is opened in a
 * job; afterwards three lists follow its `changed` signal, each with at most one
 * reading under way and one more remembered. */

#include "window-profile.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "job.h"
#include "keyring-vault.h"
#include "list-update.h"
#include "memory-vault.h"
#include "practice-host.h"
#include "profile-folder.h"

/* A list that follows the engine: read again when told, one reading at a time. */
typedef struct
{
  GListStore *store;
  gboolean busy;
  gboolean again;
} Followed;

struct _WaxProfile
{
  GObject parent_instance;

  WaxProfileState state;
  gboolean practice;
  gboolean existed;
  char *folder;
  GError *error;
  WaxVault *vault;
  WaxEngine *engine;
  WaxPracticeHost *host;
  GCancellable *cancellable;

  Followed accounts;
  Followed drafts;
  Followed outbox;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_PRACTICE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint log_changed_signal;

G_DEFINE_FINAL_TYPE (WaxProfile, wax_profile, G_TYPE_OBJECT)

static void
set_state (WaxProfile *self, WaxProfileState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
fail (WaxProfile *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  set_state (self, WAX_PROFILE_FAILED);
}

/* ---- the lists ---- */

static gboolean
same_words (const char *const *a, const char *const *b)
{
  return a == NULL || b == NULL ? a == b : g_strv_equal (a, b);
}

static gboolean
same_settings (WaxAccount *a, WaxAccount *b)
{
  g_autoptr (JsonNode) left = wax_account_settings_to_json (a);
  g_autoptr (JsonNode) right = wax_account_settings_to_json (b);

  return json_node_equal (left, right);
}

gboolean
wax_profile_same_account (gpointer a, gpointer b)
{
  static const char *const names[] = { "id",   "label",     "name",   "address",    "host",
                                       "user", "mechanism", "ca-pem", "minimum-tls" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *left = NULL, *right = NULL;

      g_object_get (a, names[i], &left, NULL);
      g_object_get (b, names[i], &right, NULL);
      if (g_strcmp0 (left, right) != 0)
        return FALSE;
    }
  return wax_account_get_port (a) == wax_account_get_port (b)
         && wax_account_get_mode (a) == wax_account_get_mode (b)
         && same_words (wax_account_get_pins (a), wax_account_get_pins (b)) && same_settings (a, b);
}

static gboolean
same_draft (gpointer a, gpointer b)
{
  return wax_draft_get_id (a) == wax_draft_get_id (b)
         && wax_draft_get_changed (a) == wax_draft_get_changed (b);
}

static gboolean
same_item (gpointer a, gpointer b)
{
  return wax_outbox_item_get_id (a) == wax_outbox_item_get_id (b)
         && wax_outbox_item_get_state (a) == wax_outbox_item_get_state (b)
         && wax_outbox_item_get_attempts (a) == wax_outbox_item_get_attempts (b)
         && wax_outbox_item_get_updated (a) == wax_outbox_item_get_updated (b)
         && wax_outbox_item_get_next_attempt (a) == wax_outbox_item_get_next_attempt (b);
}

typedef void (*ListFunc) (WaxEngine *engine,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
typedef GPtrArray *(*ListFinishFunc) (WaxEngine *engine, GAsyncResult *result, GError **error);

/* One reading of one list, from its start to its end. */
typedef struct
{
  WaxProfile *profile;
  Followed *list;
  ListFunc func;
  ListFinishFunc finish;
  WaxSameFunc same;
} Reading;

static void
read_list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Reading *reading = user_data;
  g_autoptr (WaxProfile) self = reading->profile;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = reading->finish (WAX_ENGINE (source), result, &error);

  reading->list->busy = FALSE;
  if (items != NULL)
    wax_list_update (reading->list->store, items, reading->same);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("A list could not be read: %s", error->message);
  if (reading->list->again && self->state == WAX_PROFILE_OPEN)
    {
      Reading *next = g_memdup2 (reading, sizeof *reading);

      next->profile = g_object_ref (self);
      next->list->again = FALSE;
      next->list->busy = TRUE;
      next->func (self->engine, self->cancellable, read_list_cb, next);
    }
}

static void
read_list (WaxProfile *self, Followed *list, ListFunc func, ListFinishFunc finish, WaxSameFunc same)
{
  Reading *reading;

  if (list->busy)
    {
      list->again = TRUE;
      return;
    }
  list->busy = TRUE;
  reading = g_new0 (Reading, 1);
  *reading = (Reading) { g_object_ref (self), list, func, finish, same };
  func (self->engine, self->cancellable, read_list_cb, reading);
}

static void
changed_cb (WaxProfile *self, guint what)
{
  if (self->engine == NULL)
    return;
  if (what & WAX_ENGINE_CHANGED_ACCOUNTS)
    read_list (self, &self->accounts, wax_engine_list_accounts_async, wax_engine_list_accounts_finish,
               wax_profile_same_account);
  if (what & WAX_ENGINE_CHANGED_DRAFTS)
    read_list (self, &self->drafts, wax_engine_list_drafts_async, wax_engine_list_drafts_finish, same_draft);
  if (what & WAX_ENGINE_CHANGED_OUTBOX)
    read_list (self, &self->outbox, wax_engine_list_outbox_async, wax_engine_list_outbox_finish, same_item);
  if (what & WAX_ENGINE_CHANGED_LOG)
    g_signal_emit (self, log_changed_signal, 0);
}

/* ---- opening ---- */

/* The first lists are read one after the other before anybody sees the profile,
 * so that the start page and the places are chosen once. */
static void
first_outbox_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wax_engine_list_outbox_finish (WAX_ENGINE (source), result, &error);

  if (self->state != WAX_PROFILE_OPENING)
    return;
  if (items == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  wax_list_update (self->outbox.store, items, same_item);
  wax_engine_start_delivery (self->engine);
  set_state (self, WAX_PROFILE_OPEN);
}

static void
first_drafts_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wax_engine_list_drafts_finish (WAX_ENGINE (source), result, &error);

  if (self->state != WAX_PROFILE_OPENING)
    return;
  if (items == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  wax_list_update (self->drafts.store, items, same_draft);
  wax_engine_list_outbox_async (self->engine, self->cancellable, first_outbox_cb, g_object_ref (self));
}

static void
first_accounts_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wax_engine_list_accounts_finish (WAX_ENGINE (source), result, &error);

  if (self->state != WAX_PROFILE_OPENING)
    return;
  if (items == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  wax_list_update (self->accounts.store, items, wax_profile_same_account);
  wax_engine_list_drafts_async (self->engine, self->cancellable, first_drafts_cb, g_object_ref (self));
}

static void
read_first_lists (WaxProfile *self)
{
  g_signal_connect_object (self->engine, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (wax_engine_network_changed), self->engine, G_CONNECT_SWAPPED);
  wax_engine_list_accounts_async (self->engine, self->cancellable, first_accounts_cb, g_object_ref (self));
}

static void
practice_account_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxProfile) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->state != WAX_PROFILE_OPENING)
    return;
  if (wax_engine_save_account_finish (WAX_ENGINE (source), result, &error))
    read_first_lists (self);
  else
    fail (self, g_steal_pointer (&error));
}

static void
add_practice_account (WaxProfile *self)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (WaxSecret) password = wax_secret_new_string ("practice");

  g_object_set (account,
                /* Translators: the label of the account of the practice server */
                "label", _ ("Practice"), "name", g_get_real_name (), "address", "you@practice.example",
                "host", "localhost", "port", (guint) wax_practice_host_get_implicit_port (self->host), "mode",
                WAX_TLS_MODE_IMPLICIT, "user", "practice", "ca-pem",
                wax_practice_host_get_ca_pem (self->host), NULL);
  wax_engine_save_account_async (self->engine, account, password, self->cancellable, practice_account_cb,
                                 g_object_ref (self));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WaxProfile) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxEngine) engine = wax_engine_open_finish (result, &error);

  if (self->state != WAX_PROFILE_OPENING)
    {
      /* Closed while it was being opened. */
      if (engine != NULL)
        wax_engine_close (engine);
      return;
    }
  if (engine == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->engine = g_steal_pointer (&engine);
  if (self->practice)
    add_practice_account (self);
  else
    read_first_lists (self);
}

/* Runs in a job: makes the throwaway folder and starts the practice server. */
static void
start_practice_host (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WaxPracticeOptions options = { 0 };
  WaxPracticeHost *host;
  GError *error = NULL;

  host = wax_practice_host_start (&options, &error);
  if (host != NULL)
    g_task_return_pointer (task, host, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
practice_host_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WaxProfile *self = WAX_PROFILE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (WaxPracticeHost) host = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->state != WAX_PROFILE_OPENING)
    return;
  if (host == NULL
      || (self->folder == NULL
          && (self->folder = g_dir_make_tmp ("waxseal-practice-XXXXXX", &error)) == NULL))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  g_set_object (&self->host, host);
  wax_engine_open_async (self->folder, self->vault, self->cancellable, opened_cb, g_object_ref (self));
}

/* ---- closing ---- */

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
wax_profile_close (WaxProfile *self)
{
  g_return_if_fail (WAX_IS_PROFILE (self));

  if (self->state == WAX_PROFILE_CLOSED)
    return;
  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    wax_engine_close (self->engine);
  if (self->host != NULL)
    wax_practice_host_stop (self->host);
  if (self->practice && self->folder != NULL)
    remove_tree (self->folder);
  set_state (self, WAX_PROFILE_CLOSED);
}

/* ---- the object ---- */

static void
wax_profile_dispose (GObject *object)
{
  WaxProfile *self = WAX_PROFILE (object);

  wax_profile_close (self);
  g_clear_object (&self->engine);
  g_clear_object (&self->host);
  g_clear_object (&self->vault);
  g_clear_object (&self->accounts.store);
  g_clear_object (&self->drafts.store);
  g_clear_object (&self->outbox.store);
  G_OBJECT_CLASS (wax_profile_parent_class)->dispose (object);
}

static void
wax_profile_finalize (GObject *object)
{
  WaxProfile *self = WAX_PROFILE (object);

  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->folder);
  G_OBJECT_CLASS (wax_profile_parent_class)->finalize (object);
}

static void
wax_profile_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WaxProfile *self = WAX_PROFILE (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_PRACTICE:
      g_value_set_boolean (value, self->practice);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_profile_class_init (WaxProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wax_profile_dispose;
  object_class->finalize = wax_profile_finalize;
  object_class->get_property = wax_profile_get_property;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, WAX_PROFILE_OPENING,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_PRACTICE] = g_param_spec_boolean ("practice", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  log_changed_signal = g_signal_new ("log-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 0);
}

static void
wax_profile_init (WaxProfile *self)
{
  self->cancellable = g_cancellable_new ();
  self->accounts.store = g_list_store_new (WAX_TYPE_ACCOUNT);
  self->drafts.store = g_list_store_new (WAX_TYPE_DRAFT);
  self->outbox.store = g_list_store_new (WAX_TYPE_OUTBOX_ITEM);
}

WaxProfile *
wax_profile_new (const char *folder)
{
  WaxProfile *self = g_object_new (WAX_TYPE_PROFILE, NULL);

  self->folder = folder != NULL ? g_canonicalize_filename (folder, NULL) : wax_profile_folder_default ();
  self->vault = wax_keyring_vault_new ();
  self->existed = wax_engine_profile_exists (self->folder);
  return self;
}

WaxProfile *
wax_profile_new_practice (void)
{
  WaxProfile *self = g_object_new (WAX_TYPE_PROFILE, NULL);

  self->practice = TRUE;
  self->existed = TRUE; /* it will have an account by the time it is open */
  self->vault = wax_memory_vault_new ();
  return self;
}

void
wax_profile_open (WaxProfile *self)
{
  g_return_if_fail (WAX_IS_PROFILE (self));

  g_clear_object (&self->engine);
  g_clear_error (&self->error);
  set_state (self, WAX_PROFILE_OPENING);
  if (self->practice)
    {
      GTask *task = g_task_new (self, self->cancellable, practice_host_started_cb, NULL);

      g_task_set_source_tag (task, wax_profile_open);
      wax_job_run (task, start_practice_host);
    }
  else
    {
      wax_engine_open_async (self->folder, self->vault, self->cancellable, opened_cb, g_object_ref (self));
    }
}

WaxProfileState
wax_profile_get_state (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), WAX_PROFILE_CLOSED);

  return self->state;
}

const GError *
wax_profile_get_error (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  return self->error;
}

gboolean
wax_profile_is_practice (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), FALSE);

  return self->practice;
}

gboolean
wax_profile_existed (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), FALSE);

  return self->existed;
}

gboolean
wax_profile_is_fresh (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), FALSE);

  return g_list_model_get_n_items (G_LIST_MODEL (self->accounts.store)) == 0
         && g_list_model_get_n_items (G_LIST_MODEL (self->drafts.store)) == 0
         && g_list_model_get_n_items (G_LIST_MODEL (self->outbox.store)) == 0;
}

WaxEngine *
wax_profile_get_engine (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  return self->state == WAX_PROFILE_OPEN ? self->engine : NULL;
}

GListStore *
wax_profile_get_accounts (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  return self->accounts.store;
}

GListStore *
wax_profile_get_drafts (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  return self->drafts.store;
}

GListStore *
wax_profile_get_outbox (WaxProfile *self)
{
  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  return self->outbox.store;
}

WaxAccount *
wax_profile_find_account (WaxProfile *self, const char *id)
{
  guint i;

  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  for (i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts.store)); i++)
    {
      g_autoptr (WaxAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts.store), i);

      if (g_strcmp0 (wax_account_get_id (account), id) == 0)
        return g_steal_pointer (&account);
    }
  return NULL;
}

WaxOutboxItem *
wax_profile_find_message (WaxProfile *self, const char *message_id)
{
  guint i;

  g_return_val_if_fail (WAX_IS_PROFILE (self), NULL);

  for (i = 0; message_id != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->outbox.store)); i++)
    {
      g_autoptr (WaxOutboxItem) item = g_list_model_get_item (G_LIST_MODEL (self->outbox.store), i);

      if (g_strcmp0 (wax_outbox_item_get_message_id (item), message_id) == 0)
        return g_steal_pointer (&item);
    }
  return NULL;
}

guint
wax_profile_count_moving (WaxProfile *self)
{
  guint i, count = 0;

  g_return_val_if_fail (WAX_IS_PROFILE (self), 0);

  for (i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->outbox.store)); i++)
    {
      g_autoptr (WaxOutboxItem) item = g_list_model_get_item (G_LIST_MODEL (self->outbox.store), i);
      WaxOutboxState state = wax_outbox_item_get_state (item);

      if (state == WAX_OUTBOX_HELD || state == WAX_OUTBOX_QUEUED || state == WAX_OUTBOX_SENDING)
        count++;
    }
  return count;
}
