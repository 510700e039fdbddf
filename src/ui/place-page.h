/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "window-profile.h"

G_BEGIN_DECLS

/**
 * WaxPlacePage:
 *
 * A page of the main window, made when it is first shown. Property: `profile`
 * (#WaxProfile, construct-only), which is open by then.
 */
#define WAX_TYPE_PLACE_PAGE (wax_place_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WaxPlacePage, wax_place_page, WAX, PLACE_PAGE, AdwBin)

struct _WaxPlacePageClass
{
  AdwBinClass parent_class;

  /* The page has been brought to the front; may be NULL. */
  void (*shown) (WaxPlacePage *self);
  /* Puts the focus into the page's search; NULL where there is none. */
  void (*find)  (WaxPlacePage *self);
};

WaxProfile   *wax_place_page_get_profile     (WaxPlacePage *self);
WaxEngine    *wax_place_page_get_engine      (WaxPlacePage *self);
/** (transfer none) Cancelled when the page goes. */
GCancellable *wax_place_page_get_cancellable (WaxPlacePage *self);
void          wax_place_page_shown           (WaxPlacePage *self);
/** Whether the page could search. */
gboolean      wax_place_page_find            (WaxPlacePage *self);
/** Says one sentence in a toast of the window. */
void          wax_place_page_say             (WaxPlacePage *self,
                                              const char   *sentence);

G_END_DECLS
