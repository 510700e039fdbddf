/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtksourceview/gtksource.h>

#include "address-field.h"
#include "composer.h"
#include "route-bar.h"
#include "send-options.h"

G_BEGIN_DECLS

struct _WaxComposer
{
  AdwApplicationWindow parent_instance;

  WaxProfile      *profile;
  WaxDraft        *draft;       /* as it stands in the window once collected */
  GCancellable    *cancellable; /* of files that are looked at */
  gboolean         changed;     /* since the last save began */
  gboolean         saving;
  gboolean         closing;     /* goes as soon as the save under way has ended */
  gboolean         submitting;
  gboolean         filling;     /* the window is filled from the draft: no change of the user's */
  guint            save_timer;

  AdwBanner       *banner;
  WaxRouteBar     *route_bar;
  GtkDropDown     *from;
  WaxAddressField *to;
  WaxAddressField *cc;
  WaxAddressField *bcc;
  GtkWidget       *copies;      /* Cc and Bcc, in a revealer */
  GtkToggleButton *copies_button;
  GtkEditable     *subject;
  GtkSourceView   *view;
  GtkToggleButton *markdown;
  AdwWrapBox      *attachments;
  GtkWidget       *attachments_row;
  AdwWindowTitle  *saved;       /* its subtitle says that the draft is saved */
  AdwSplitButton  *send_button;
  WaxSendOptions  *options;
  GtkWidget       *options_bar; /* says what is asked of the server for the message */
  GtkWidget       *options_icon;
  GtkLabel        *options_label;
};

/** Says what is wrong, until it is put right; %NULL takes it away. */
void wax_composer_complain         (WaxComposer      *self,
                                    const char       *sentence);
/** Brings the draft to what stands in the window. */
void wax_composer_collect          (WaxComposer      *self);

/* composer-save.c */
/** Something was changed: saved in a moment. */
void wax_composer_touch            (WaxComposer      *self);
/** Saves what is not saved, then destroys the window; an empty draft is removed. */
void wax_composer_finish           (WaxComposer      *self);
/** Removes the draft and destroys the window. */
void wax_composer_discard          (WaxComposer      *self);

/* composer-send.c */
void wax_composer_send             (WaxComposer      *self);

/* composer-attachments.c */
void wax_composer_init_attachments (WaxComposer      *self);
void wax_composer_show_attachments (WaxComposer      *self);
void wax_composer_attach           (WaxComposer      *self);
void wax_composer_detach           (WaxComposer      *self,
                                    const char       *path);

G_END_DECLS
