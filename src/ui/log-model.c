/* SPDX-License-Identifier: GPL-3.0-or-later */

/* log-model: pages of the log, read in jobs when they are needed. Pages are
 * counted from the oldest entry, so an appended entry moves no page; a few dozen
 * of them are kept. */

#include "log-model.h"

#include "job.h"
#include "log-row.h"

#define PAGE 128
#define KEPT 48
/* Entries that may be appended between counting and reading. */
#define SLACK      16
#define FOUND_PAGE 200
/* How near to the end of what was found one must come for more to be read. */
#define NEAR_END 40

struct _WaxLogModel
{
  GObject parent_instance;

  WaxEngine *engine;
  GCancellable *cancellable; /* renewed with each search */
  guint under_way;

  /* Without a search. */
  gint64 total;
  GHashTable *pages; /* page number → GPtrArray of PAGE WaxLogRow */
  GQueue recent;     /* page numbers, the one read last first */

  /* With one. */
  char *search;
  GPtrArray *found; /* WaxLogRow */
  gboolean more;
  gboolean reading_more;
};

enum
{
  PROP_0,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint failed_signal;

static void wax_log_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WaxLogModel,
                               wax_log_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, wax_log_model_iface_init))

/* ---- reading, in jobs ---- */

typedef struct
{
  char *search;  /* (nullable) */
  gint64 page;   /* of the whole log; -1 for a search */
  gint64 offset; /* of a search */
} Range;

static void
range_free (gpointer data)
{
  Range *range = data;

  g_free (range->search);
  g_free (range);
}

/* Searching is recorded by the engine; the pages of one look at the whole log
 * are not each a look. */
static GPtrArray *
read_range (WaxEngine *engine, const Range *range, GError **error)
{
  WaxActivityLog *log = wax_engine_get_log (engine);
  gint64 size, newest, oldest;

  if (range->search != NULL)
    return wax_engine_list_log (engine, range->search, NULL, range->offset, FOUND_PAGE, error);
  size = wax_activity_log_get_size (log);
  oldest = range->page * PAGE;
  newest = MIN (size, oldest + PAGE);
  return wax_activity_log_list (log, NULL, NULL, size - newest, newest - oldest + SLACK, error);
}

static void
read_in_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WaxEngine *engine = g_object_get_data (G_OBJECT (task), "engine");
  GError *error = NULL;
  GPtrArray *entries;

  if (g_task_return_error_if_cancelled (task))
    return;
  entries = read_range (engine, data, &error);
  if (entries != NULL)
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
set_under_way (WaxLogModel *self, int change)
{
  gboolean before = self->under_way > 0;

  self->under_way = (guint) ((int) self->under_way + change);
  if (before != (self->under_way > 0))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void
fill_pages (WaxLogModel *self, GPtrArray *entries)
{
  guint i;

  for (i = 0; i < entries->len; i++)
    {
      gint64 seq = wax_activity_entry_get_seq (entries->pdata[i]), page = seq / PAGE;
      GPtrArray *rows = g_hash_table_lookup (self->pages, &page);

      if (rows != NULL)
        wax_log_row_set_entry (rows->pdata[seq % PAGE], entries->pdata[i]);
    }
}

/* What was appended meanwhile shifts a search by as much: it was had already. */
static void
append_found (WaxLogModel *self, GPtrArray *entries)
{
  gint64 last = G_MAXINT64;
  guint i, before = self->found->len;

  if (before > 0)
    last = wax_activity_entry_get_seq (wax_log_row_get_entry (self->found->pdata[before - 1]));
  for (i = 0; i < entries->len; i++)
    if (wax_activity_entry_get_seq (entries->pdata[i]) < last)
      g_ptr_array_add (self->found, wax_log_row_new (entries->pdata[i]));
  self->more = entries->len == FOUND_PAGE;
  if (self->found->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->found->len - before);
}

static void
prepend_found (WaxLogModel *self, GPtrArray *entries)
{
  gint64 first = -1;
  guint i, added = 0;

  if (self->found->len > 0)
    first = wax_activity_entry_get_seq (wax_log_row_get_entry (self->found->pdata[0]));
  for (i = 0; i < entries->len && wax_activity_entry_get_seq (entries->pdata[i]) > first; i++)
    g_ptr_array_insert (self->found, (int) added++, wax_log_row_new (entries->pdata[i]));
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, added);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WaxLogModel *self = WAX_LOG_MODEL (source);
  Range *range = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = g_task_propagate_pointer (G_TASK (result), &error);

  set_under_way (self, -1);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (range->page < 0 && range->offset > 0)
    self->reading_more = FALSE;
  if (entries == NULL)
    g_signal_emit (self, failed_signal, 0, error->message);
  else if (range->page >= 0)
    fill_pages (self, entries);
  else if (range->offset > 0 || self->found->len == 0)
    append_found (self, entries);
  else
    prepend_found (self, entries);
}

static void
read_async (WaxLogModel *self, gint64 page, gint64 offset)
{
  GTask *task = g_task_new (self, self->cancellable, read_cb, NULL);
  Range *range = g_new0 (Range, 1);

  *range = (Range) { page < 0 ? g_strdup (self->search) : NULL, page, offset };
  g_task_set_source_tag (task, read_async);
  g_task_set_task_data (task, range, range_free);
  g_object_set_data_full (G_OBJECT (task), "engine", g_object_ref (self->engine), g_object_unref);
  set_under_way (self, 1);
  wax_job_run (task, read_in_job);
}

/* ---- pages ---- */

static void
forget_old_pages (WaxLogModel *self)
{
  while (g_queue_get_length (&self->recent) > KEPT)
    {
      gint64 *page = g_queue_pop_tail (&self->recent);

      g_hash_table_remove (self->pages, page);
      g_free (page);
    }
}

static GPtrArray *
ensure_page (WaxLogModel *self, gint64 page)
{
  GPtrArray *rows = g_hash_table_lookup (self->pages, &page);
  guint i;

  if (rows != NULL)
    return rows;
  rows = g_ptr_array_new_full (PAGE, g_object_unref);
  for (i = 0; i < PAGE; i++)
    g_ptr_array_add (rows, wax_log_row_new (NULL));
  g_hash_table_insert (self->pages, g_memdup2 (&page, sizeof page), rows);
  g_queue_push_head (&self->recent, g_memdup2 (&page, sizeof page));
  forget_old_pages (self);
  read_async (self, page, 0);
  return rows;
}

/* ---- the list model ---- */

static GType
wax_log_model_get_item_type (GListModel *model)
{
  return WAX_TYPE_LOG_ROW;
}

static guint
wax_log_model_get_n_items (GListModel *model)
{
  WaxLogModel *self = WAX_LOG_MODEL (model);

  if (self->search != NULL)
    return self->found->len;
  return (guint) MIN (self->total, (gint64) G_MAXUINT);
}

static gpointer
wax_log_model_get_item (GListModel *model, guint position)
{
  WaxLogModel *self = WAX_LOG_MODEL (model);
  GPtrArray *rows;
  gint64 seq;

  if (position >= wax_log_model_get_n_items (model))
    return NULL;
  if (self->search != NULL)
    {
      if (self->more && !self->reading_more && position + NEAR_END >= self->found->len)
        {
          self->reading_more = TRUE;
          read_async (self, -1, self->found->len);
        }
      return g_object_ref (self->found->pdata[position]);
    }
  seq = self->total - 1 - position;
  rows = ensure_page (self, seq / PAGE);
  return g_object_ref (rows->pdata[seq % PAGE]);
}

static void
wax_log_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = wax_log_model_get_item_type;
  iface->get_n_items = wax_log_model_get_n_items;
  iface->get_item = wax_log_model_get_item;
}

/* ---- the object ---- */

static void
wax_log_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, WAX_LOG_MODEL (object)->under_way > 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wax_log_model_dispose (GObject *object)
{
  WaxLogModel *self = WAX_LOG_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (wax_log_model_parent_class)->dispose (object);
}

static void
wax_log_model_finalize (GObject *object)
{
  WaxLogModel *self = WAX_LOG_MODEL (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->pages);
  g_queue_clear_full (&self->recent, g_free);
  g_ptr_array_unref (self->found);
  g_free (self->search);
  G_OBJECT_CLASS (wax_log_model_parent_class)->finalize (object);
}

static void
wax_log_model_class_init (WaxLogModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wax_log_model_get_property;
  object_class->dispose = wax_log_model_dispose;
  object_class->finalize = wax_log_model_finalize;

  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wax_log_model_init (WaxLogModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->pages = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  self->found = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->recent);
}

WaxLogModel *
wax_log_model_new (WaxEngine *engine)
{
  WaxLogModel *self = g_object_new (WAX_TYPE_LOG_MODEL, NULL);

  self->engine = g_object_ref (engine);
  self->total = wax_activity_log_get_size (wax_engine_get_log (engine));
  return self;
}

/* What was read for one search is nothing to another. */
static void
start_over (WaxLogModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->more = self->reading_more = FALSE;
  g_ptr_array_set_size (self->found, 0);
  g_hash_table_remove_all (self->pages);
  g_queue_clear_full (&self->recent, g_free);
}

void
wax_log_model_set_search (WaxLogModel *self, const char *search)
{
  guint before;

  g_return_if_fail (WAX_IS_LOG_MODEL (self));

  if (search != NULL && *search == '\0')
    search = NULL;
  if (g_strcmp0 (search, self->search) == 0)
    return;
  before = g_list_model_get_n_items (G_LIST_MODEL (self));
  start_over (self);
  g_set_str (&self->search, search);
  self->total = wax_activity_log_get_size (wax_engine_get_log (self->engine));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, g_list_model_get_n_items (G_LIST_MODEL (self)));
  if (self->search != NULL)
    read_async (self, -1, 0);
}

void
wax_log_model_refresh (WaxLogModel *self)
{
  gint64 size, before;

  g_return_if_fail (WAX_IS_LOG_MODEL (self));

  size = wax_activity_log_get_size (wax_engine_get_log (self->engine));
  before = self->total;
  if (size <= before)
    return;
  if (self->search != NULL)
    {
      self->total = size;
      read_async (self, -1, 0);
      return;
    }
  /* The page of the newest entries was read before these were there. */
  if (before > 0 && g_hash_table_contains (self->pages, &(gint64) { (before - 1) / PAGE })
      && before % PAGE != 0)
    read_async (self, (before - 1) / PAGE, 0);
  self->total = size;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, (guint) (size - before));
}

gboolean
wax_log_model_is_loading (WaxLogModel *self)
{
  g_return_val_if_fail (WAX_IS_LOG_MODEL (self), FALSE);

  return self->under_way > 0;
}
