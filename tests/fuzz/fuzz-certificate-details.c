/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A certificate comes from a stranger before anything is trusted. What is read
 * of it must be text that can be shown, and survive the way through JSON. */

#include "fuzz-target.h"

#include "certificate-details.h"

static void
assert_showable (const char *text)
{
  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (c)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (WaxCertificateDetails) details = wax_certificate_details_new_from_der (data, size, NULL);
  g_autoptr (WaxCertificateDetails) again = NULL;
  g_autoptr (JsonNode) json = NULL;

  if (details == NULL)
    return 0;

  assert_showable (details->subject);
  assert_showable (details->common_name);
  assert_showable (details->issuer);
  for (guint i = 0; details->names[i] != NULL; i++)
    assert_showable (details->names[i]);
  for (guint i = 0; details->usages[i] != NULL; i++)
    assert_showable (details->usages[i]);

  json = wax_certificate_details_to_json (details);
  again = wax_certificate_details_from_json (json_node_get_object (json));
  g_assert_nonnull (again);
  g_assert_cmpstr (again->subject, ==, details->subject);
  g_assert_cmpstrv (again->names, details->names);
  g_assert_cmpint (again->not_after, ==, details->not_after);

  return 0;
}
