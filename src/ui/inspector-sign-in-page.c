/* SPDX-License-Identifier: GPL-3.0-or-later */

/* inspector-sign-in-page: as whom, by which mechanism, why by that, and what it is bound to. */

#include "inspector-sign-in-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "fact-row.h"

struct _WaxInspectorSignInPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  WaxFactRow *identity_row;
  WaxFactRow *mechanism_row;
  WaxFactRow *reason_row;
  WaxFactRow *binding_row;
  WaxFactRow *client_row;
  GtkWidget *offer_group;
  WaxFactRow *offer_row;
  GtkWidget *memory_group;
  WaxFactRow *memory_row;
};

G_DEFINE_FINAL_TYPE (WaxInspectorSignInPage, wax_inspector_sign_in_page, ADW_TYPE_BIN)

/* What a mechanism comes to, by the beginning of its name. */
static const char *
mechanism_note (const char *mechanism)
{
  static const struct
  {
    const char *prefix, *words;
  } notes[] = {
    { "SCRAM-", N_ ("The password itself is never sent: each side proves to the other that it knows it") },
    { "EXTERNAL", N_ ("The client certificate says who you are; there is no password") },
    { "GSSAPI", N_ ("A ticket of your organisation's sign-in (Kerberos); the password is not sent") },
    { "OAUTHBEARER", N_ ("A token that was given for sending, in place of the password") },
    { "XOAUTH2", N_ ("A token that was given for sending, in place of the password") },
    { "DIGEST-MD5", N_ ("An old way in which the password itself is not sent") },
    { "CRAM-MD5", N_ ("An old way in which the password itself is not sent") },
    { "PLAIN", N_ ("The password is sent, within the encrypted connection") },
    { "LOGIN", N_ ("The password is sent, within the encrypted connection") },
  };

  for (guint i = 0; mechanism != NULL && i < G_N_ELEMENTS (notes); i++)
    if (g_str_has_prefix (mechanism, notes[i].prefix))
      return _ (notes[i].words);

  return NULL;
}

static void
show_binding (WaxInspectorSignInPage *self, WaxConnectionReport *report)
{
  if (report->channel_binding != NULL)
    {
      wax_fact_row_set_value (self->binding_row, report->channel_binding);
      wax_fact_row_set_note (
          self->binding_row,
          _ ("The sign-in is worth nothing on any other connection, not even to somebody in between"));
    }
  else
    {
      wax_fact_row_set_value (self->binding_row, report->auth_mechanism != NULL ? _ ("Nothing") : NULL);
      wax_fact_row_set_note (self->binding_row,
                             _ ("This way to sign in does not bind itself to the connection"));
    }
}

static void
show_client_certificate (WaxInspectorSignInPage *self, WaxConnectionReport *report)
{
  wax_fact_row_set_value (self->client_row, report->client_cert != NULL ? report->client_cert
                                            : report->client_cert_asked ? _ ("None was shown")
                                                                        : NULL);
  wax_fact_row_set_note (self->client_row, report->client_cert_asked ? _ ("The server asked for one") : NULL);
}

static void
show_offer (WaxInspectorSignInPage *self, WaxConnectionReport *report)
{
  const char *offer = NULL;
  g_autofree char *lines = NULL;

  for (guint i = 0; i < report->extensions->len && offer == NULL; i++)
    if (g_ascii_strncasecmp (report->extensions->pdata[i], "AUTH ", strlen ("AUTH ")) == 0)
      offer = (const char *) report->extensions->pdata[i] + strlen ("AUTH ");
  gtk_widget_set_visible (self->offer_group, offer != NULL);
  lines = offer != NULL ? g_strdelimit (g_strdup (offer), " ", '\n') : NULL;
  wax_fact_row_set_value (self->offer_row, lines);
}

static void
wax_inspector_sign_in_page_dispose (GObject *object)
{
  /* First: disposing of the template would unparent it behind AdwBin's back. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), WAX_TYPE_INSPECTOR_SIGN_IN_PAGE);
  G_OBJECT_CLASS (wax_inspector_sign_in_page_parent_class)->dispose (object);
}

static void
wax_inspector_sign_in_page_class_init (WaxInspectorSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wax_inspector_sign_in_page_dispose;
  g_type_ensure (WAX_TYPE_FACT_ROW);
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, WaxInspectorSignInPage, child)
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/waxseal/Waxseal/inspector-sign-in-page.ui");
  BIND (stack);
  BIND (identity_row);
  BIND (mechanism_row);
  BIND (reason_row);
  BIND (binding_row);
  BIND (client_row);
  BIND (offer_group);
  BIND (offer_row);
  BIND (memory_group);
  BIND (memory_row);
#undef BIND
}

static void
wax_inspector_sign_in_page_init (WaxInspectorSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wax_inspector_sign_in_page_set_report (WaxInspectorSignInPage *self, WaxConnectionReport *report)
{
  g_return_if_fail (WAX_IS_INSPECTOR_SIGN_IN_PAGE (self));
  g_return_if_fail (WAX_IS_CONNECTION_REPORT (report));

  if (report->auth_mechanism == NULL && report->client_cert == NULL && !report->client_cert_asked)
    return;
  gtk_stack_set_visible_child_name (self->stack, "sign-in");
  wax_fact_row_set_value (self->identity_row, report->auth_identity);
  wax_fact_row_set_value (self->mechanism_row, report->auth_mechanism);
  wax_fact_row_set_note (self->mechanism_row, mechanism_note (report->auth_mechanism));
  wax_fact_row_set_value (self->reason_row, report->auth_reason);
  show_binding (self, report);
  show_client_certificate (self, report);
  show_offer (self, report);
}

void
wax_inspector_sign_in_page_set_account (WaxInspectorSignInPage *self, WaxAccount *account)
{
  const char *strongest = wax_account_get_strongest_mechanism (account);

  g_return_if_fail (WAX_IS_INSPECTOR_SIGN_IN_PAGE (self));

  gtk_widget_set_visible (self->memory_group, strongest != NULL);
  wax_fact_row_set_value (self->memory_row, strongest);
}
