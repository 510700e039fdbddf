/* SPDX-License-Identifier: GPL-3.0-or-later */

/* protection-page: what an account demands of its connection. */

#include "protection-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "authority-row.h"
#include "exceptions-group.h"
#include "identity-group.h"
#include "password-row.h"
#include "pins-group.h"

struct _WaxProtectionPage
{
  AdwNavigationPage parent_instance;

  gboolean filling;

  AdwComboRow *minimum_row;
  WaxAuthorityRow *authority_row;
  AdwComboRow *revocation_row;
  AdwComboRow *dane_row;
  WaxPinsGroup *pins_group;
  WaxIdentityGroup *identity_group;
  AdwSwitchRow *srv_row;
  GtkWidget *fallbacks_row;
  AdwComboRow *proxy_row;
  GtkWidget *proxy_address_row;
  WaxPasswordRow *proxy_password_row;
  GtkWidget *memory_group;
  AdwActionRow *memory_row;
  WaxExceptionsGroup *exceptions_group;
};

typedef enum
{
  PROXY_SYSTEM,
  PROXY_NONE,
  PROXY_ADDRESS,
} Proxy;

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WaxProtectionPage, wax_protection_page, ADW_TYPE_NAVIGATION_PAGE)

static void
changed_cb (WaxProtectionPage *self)
{
  gboolean own = adw_combo_row_get_selected (self->proxy_row) == PROXY_ADDRESS;

  gtk_widget_set_visible (self->proxy_address_row, own);
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_password_row), own);
  if (!self->filling)
    g_signal_emit (self, changed_signal, 0);
}

/* ---- the object ---- */

static void
wax_protection_page_dispose (GObject *object)
{
  WAX_PROTECTION_PAGE (object)->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_PROTECTION_PAGE);
  G_OBJECT_CLASS (wax_protection_page_parent_class)->dispose (object);
}

static void
wax_protection_page_class_init (WaxProtectionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_protection_page_dispose;
  changed_signal = g_signal_new ("changed", WAX_TYPE_PROTECTION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  g_type_ensure (WAX_TYPE_AUTHORITY_ROW);
  g_type_ensure (WAX_TYPE_PASSWORD_ROW);
  g_type_ensure (WAX_TYPE_PINS_GROUP);
  g_type_ensure (WAX_TYPE_IDENTITY_GROUP);
  g_type_ensure (WAX_TYPE_EXCEPTIONS_GROUP);
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxProtectionPage, child)
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/waxseal/Waxseal/protection-page.ui");
  BIND (minimum_row);
  BIND (authority_row);
  BIND (revocation_row);
  BIND (dane_row);
  BIND (pins_group);
  BIND (identity_group);
  BIND (srv_row);
  BIND (fallbacks_row);
  BIND (proxy_row);
  BIND (proxy_address_row);
  BIND (proxy_password_row);
  BIND (memory_group);
  BIND (memory_row);
  BIND (exceptions_group);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
wax_protection_page_init (WaxProtectionPage *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
}

/* ---- between the page and an account ---- */

static void
fill_proxy (WaxProtectionPage *self, const char *proxy)
{
  Proxy kind = proxy == NULL ? PROXY_SYSTEM : strcmp (proxy, "none") == 0 ? PROXY_NONE : PROXY_ADDRESS;

  adw_combo_row_set_selected (self->proxy_row, kind);
  gtk_editable_set_text (GTK_EDITABLE (self->proxy_address_row), kind == PROXY_ADDRESS ? proxy : "");
}

void
wax_protection_page_fill (WaxProtectionPage *self, WaxAccount *account)
{
  const char *const *fallbacks = wax_account_get_fallbacks (account);
  g_autofree char *joined = fallbacks != NULL ? g_strjoinv (" ", (GStrv) fallbacks) : g_strdup ("");
  const char *strongest = wax_account_get_strongest_mechanism (account);

  g_return_if_fail (WAX_IS_PROTECTION_PAGE (self));

  self->filling = TRUE;
  adw_combo_row_set_selected (self->minimum_row,
                              strcmp (wax_account_get_minimum_tls (account), "TLS1.3") == 0 ? 1 : 0);
  wax_authority_row_set_pem (self->authority_row, wax_account_get_ca_pem (account));
  adw_combo_row_set_selected (self->revocation_row, wax_account_get_revocation (account));
  adw_combo_row_set_selected (self->dane_row, wax_account_get_dane (account));
  wax_pins_group_fill (self->pins_group, account);
  wax_identity_group_fill (self->identity_group, account);
  adw_switch_row_set_active (self->srv_row, wax_account_get_srv (account));
  gtk_editable_set_text (GTK_EDITABLE (self->fallbacks_row), joined);
  fill_proxy (self, wax_account_get_proxy (account));
  wax_exceptions_group_fill (self->exceptions_group, account);
  gtk_widget_set_visible (self->memory_group, strongest != NULL);
  if (strongest != NULL)
    adw_action_row_set_subtitle (self->memory_row, strongest);
  self->filling = FALSE;
  changed_cb (self);
}

static char *
stripped (GtkWidget *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

/* (transfer full) The words of @text. */
static GStrv
split_words (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t\n,", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (words, *part);

  return g_strv_builder_end (words);
}

void
wax_protection_page_apply (WaxProtectionPage *self, WaxAccount *account)
{
  g_autofree char *fallbacks = NULL;
  g_autofree char *address = NULL;
  g_auto (GStrv) servers = NULL;
  const char *proxies[] = { NULL, "none", NULL };

  g_return_if_fail (WAX_IS_PROTECTION_PAGE (self));

  fallbacks = stripped (self->fallbacks_row);
  servers = split_words (fallbacks);
  proxies[PROXY_ADDRESS] = address = stripped (self->proxy_address_row);
  g_object_set (account, "minimum-tls",
                adw_combo_row_get_selected (self->minimum_row) == 1 ? "TLS1.3" : "TLS1.2", "ca-pem",
                wax_authority_row_get_pem (self->authority_row), "revocation",
                wax_demand_to_string ((WaxDemand) adw_combo_row_get_selected (self->revocation_row)), "dane",
                wax_demand_to_string ((WaxDemand) adw_combo_row_get_selected (self->dane_row)), "srv",
                adw_switch_row_get_active (self->srv_row), "fallbacks", servers, "proxy",
                proxies[MIN (adw_combo_row_get_selected (self->proxy_row), PROXY_ADDRESS)], NULL);
  wax_pins_group_apply (self->pins_group, account);
  wax_identity_group_apply (self->identity_group, account);
  wax_exceptions_group_apply (self->exceptions_group, account);
}

void
wax_protection_page_offer_pin (WaxProtectionPage *self, const char *hex)
{
  g_return_if_fail (WAX_IS_PROTECTION_PAGE (self));

  wax_pins_group_offer (self->pins_group, hex);
}

WaxSecret *
wax_protection_page_dup_password (WaxProtectionPage *self)
{
  g_return_val_if_fail (WAX_IS_PROTECTION_PAGE (self), NULL);

  return wax_identity_group_dup_password (self->identity_group);
}

WaxSecret *
wax_protection_page_dup_proxy_password (WaxProtectionPage *self)
{
  g_return_val_if_fail (WAX_IS_PROTECTION_PAGE (self), NULL);

  return wax_password_row_dup_secret (self->proxy_password_row);
}

void
wax_protection_page_forget (WaxProtectionPage *self)
{
  g_return_if_fail (WAX_IS_PROTECTION_PAGE (self));

  if (self->proxy_password_row != NULL)
    wax_password_row_clear (self->proxy_password_row);

  if (self->identity_group != NULL)
    wax_identity_group_forget (self->identity_group);
}

const char *
wax_protection_page_get_problem (WaxProtectionPage *self)
{
  g_return_val_if_fail (WAX_IS_PROTECTION_PAGE (self), NULL);

  return wax_pins_group_get_problem (self->pins_group);
}

char *
wax_protection_page_summary (WaxProtectionPage *self)
{
  g_autoptr (WaxAccount) account = wax_account_new ();
  g_autoptr (GPtrArray) exceptions = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const char *const *pins;

  wax_protection_page_apply (self, account);
  pins = wax_account_get_pins (account);
  exceptions = wax_account_dup_exceptions (account);
  g_ptr_array_add (words,
                   g_strdup (adw_combo_row_get_selected (self->minimum_row) == 1 ? _ ("TLS 1.3")
                                                                                 : _ ("TLS 1.2 or later")));
  if (wax_account_get_ca_pem (account) != NULL)
    g_ptr_array_add (words, g_strdup (_ ("private authority")));
  if (pins != NULL)
    g_ptr_array_add (words, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u pinned key", "%u pinned keys",
                                                          g_strv_length ((GStrv) pins)),
                                             g_strv_length ((GStrv) pins)));
  if (wax_account_get_client_cert (account) != NULL)
    g_ptr_array_add (words, g_strdup (_ ("client certificate")));
  if (exceptions->len > 0)
    g_ptr_array_add (words, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u exception", "%u exceptions",
                                                          exceptions->len),
                                             exceptions->len));
  g_ptr_array_add (words, NULL);

  /* Translators: what stands between the parts of a line */
  return g_strjoinv (_ (", "), (char **) words->pdata);
}
