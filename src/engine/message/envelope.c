/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The envelope: what goes into MAIL FROM and RCPT TO, each address checked once
 * more, each recipient once. */

#include "envelope.h"

#include "address.h"

#include <string.h>

static WaxAddress *
parse_bare (const char *text, GError **error)
{
  g_autoptr (WaxAddress) address = wax_address_parse (text, error);

  if (address == NULL)
    return NULL;
  if (address->name != NULL)
    {
      g_set_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_SYNTAX,
                   "An envelope takes a bare address: “%s” has a display name", text);
      return NULL;
    }

  return g_steal_pointer (&address);
}

WaxEnvelope *
wax_envelope_new (const char *sender, const char *const *recipients, GError **error)
{
  g_autoptr (WaxEnvelope) self = g_new0 (WaxEnvelope, 1);
  g_autoptr (GPtrArray) unique = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (sender != NULL && recipients != NULL, NULL);

  if (*sender != '\0')
    {
      g_autoptr (WaxAddress) address = parse_bare (sender, error);

      if (address == NULL)
        return NULL;
      self->sender = g_steal_pointer (&address->mailbox);
      self->needs_utf8 = address->needs_utf8;
    }
  else
    self->sender = g_strdup ("");

  for (; *recipients != NULL; recipients++)
    {
      g_autoptr (WaxAddress) address = parse_bare (*recipients, error);

      if (address == NULL)
        return NULL;
      self->needs_utf8 |= address->needs_utf8;
      /* The local part is the receiver's business: only its octets can be
       * compared. The domain is in lower case already. */
      if (g_hash_table_add (seen, address->mailbox))
        g_ptr_array_add (unique, g_steal_pointer (&address->mailbox));
    }
  if (unique->len == 0)
    {
      g_set_error_literal (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_SYNTAX, "There is no recipient");
      return NULL;
    }

  g_ptr_array_add (unique, NULL);
  self->recipients = (GStrv) g_ptr_array_steal (unique, NULL);
  return g_steal_pointer (&self);
}

void
wax_envelope_free (WaxEnvelope *self)
{
  if (self == NULL)
    return;

  g_free (self->sender);
  g_strfreev (self->recipients);
  wax_envelope_options_clear (&self->options);
  g_free (self);
}
