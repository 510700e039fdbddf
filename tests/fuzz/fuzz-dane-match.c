/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A TLSA record whose data is a certificate, and the same certificate as what the
 * server showed: both come from strangers. What is found to fit must really be there. */

#include "fuzz-target.h"

#include "dane-match.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tlsa_record_free);
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) rdata = g_bytes_new_static (data, size);
  WaxTlsaRecord *record = wax_tlsa_record_parse (rdata);
  const WaxTlsaRecord *matched = NULL;
  WaxDaneState state;

  if (record == NULL)
    return 0;

  g_ptr_array_add (records, record);
  g_ptr_array_add (chain, g_bytes_ref (record->data));
  g_ptr_array_add (chain, g_bytes_ref (record->data));
  state = wax_dane_match (records, chain, "mail.example.net", &matched);
  g_assert_true ((state == WAX_DANE_UNUSABLE) == !wax_tlsa_record_is_usable (record));
  g_assert_true ((matched != NULL) == (state == WAX_DANE_MATCH_ALONE || state == WAX_DANE_MATCH_PKIX));

  return 0;
}
