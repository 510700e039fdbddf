/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of the facade share: an engine at work. */

#include "engine-fixture.h"

#include "memory-vault.h"
#include "temp-folder.h"

void
engine_fixture_open (EngineFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->engine = wax_engine_open (self->folder, self->vault, NULL, &error);
  g_assert_no_error (error);
}

void
engine_fixture_start (EngineFixture *self, const WaxPracticeOptions *options, WaxTlsMode mode)
{
  static const WaxPracticeOptions plain = { 0 };
  g_autoptr (WaxSecret) password = wax_secret_new_string ("practice");
  g_autoptr (GError) error = NULL;
  guint port;

  self->folder = temp_folder_new ();
  self->vault = wax_memory_vault_new ();
  self->host = wax_practice_host_start (options != NULL ? options : &plain, &error);
  g_assert_no_error (error);
  port = mode == WAX_TLS_MODE_STARTTLS ? wax_practice_host_get_starttls_port (self->host)
                                       : wax_practice_host_get_implicit_port (self->host);
  engine_fixture_open (self);
  self->account = wax_account_new ();
  g_object_set (self->account, "label", "Practice", "address", "ada@example.org", "host", "localhost", "port",
                port, "mode", (int) mode, "user", "practice", "ca-pem",
                wax_practice_host_get_ca_pem (self->host), NULL);
  wax_engine_save_account (self->engine, self->account, password, NULL, &error);
  g_assert_no_error (error);
}

void
engine_fixture_stop (EngineFixture *self)
{
  g_clear_object (&self->engine);
  wax_practice_host_stop (self->host);
  g_clear_object (&self->host);
  g_clear_object (&self->vault);
  g_clear_object (&self->account);
  temp_folder_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

WaxDraft *
engine_fixture_draft (EngineFixture *self, const char *subject)
{
  WaxDraft *draft = wax_draft_new ();

  g_object_set (draft, "account-id", wax_account_get_id (self->account), "to", "bob@example.org", "subject",
                subject, "body", "text\n", NULL);

  return draft;
}
