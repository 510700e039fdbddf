/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The strict reader of a message: more strict than servers are, since it is
 * there to find what a client does wrong. */

#include "practice-body.h"

/* RFC 5322, section 2.1.1, without the CRLF. */
#define MAX_LINE 998

static const WaxPracticeRefusal too_big = { 552, "5.3.4", "Message is larger than SIZE allows" };
static const WaxPracticeRefusal line_too_long = { 554, "5.6.0", "A line has more than 998 octets" };
static const WaxPracticeRefusal malformed = { 554, "5.6.0", "A NUL, a bare CR or a bare LF in the message" };
static const WaxPracticeRefusal not_7bit = { 554, "5.6.3", "8-bit data without BODY=8BITMIME" };
static const WaxPracticeRefusal no_storage = { 452, "4.3.1", "The mailbox cannot be written to" };

struct _WaxPracticeBody
{
  WaxPracticeDelivery *delivery;
  const WaxPracticeRefusal *refusal;
  guint64 limit;
  guint64 size;
  gsize line_length;
  WaxPracticeBodyKind kind;
  gboolean after_cr;
};

WaxPracticeBody *
wax_practice_body_new (WaxPracticeMaildir *maildir, guint64 limit, WaxPracticeBodyKind kind)
{
  WaxPracticeBody *self = g_new0 (WaxPracticeBody, 1);

  self->limit = limit;
  self->kind = kind;
  self->delivery = wax_practice_delivery_begin (maildir, NULL);
  if (self->delivery == NULL)
    self->refusal = &no_storage;

  return self;
}

void
wax_practice_body_free (WaxPracticeBody *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->delivery, wax_practice_delivery_free);
  g_free (self);
}

/* The scan keeps its state between two calls: BDAT may cut anywhere. */
static const WaxPracticeRefusal *
body_scan (WaxPracticeBody *self, const char *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 octet = (guint8) data[i];

      if (self->after_cr != (octet == '\n') || octet == '\0')
        return &malformed;
      self->after_cr = octet == '\r';
      if (octet == '\n')
        self->line_length = 0;
      else if (octet != '\r' && ++self->line_length > MAX_LINE)
        return &line_too_long;
      if (octet > 127 && self->kind == WAX_PRACTICE_BODY_7BIT)
        return &not_7bit;
    }

  return NULL;
}

void
wax_practice_body_add (WaxPracticeBody *self, const char *data, gsize length)
{
  if (self->refusal != NULL)
    return;

  self->size += length;
  if (self->size > self->limit)
    self->refusal = &too_big;
  else if (self->kind != WAX_PRACTICE_BODY_BINARY)
    self->refusal = body_scan (self, data, length);
  if (self->refusal == NULL && !wax_practice_delivery_write (self->delivery, data, length, NULL))
    self->refusal = &no_storage;
}

const WaxPracticeRefusal *
wax_practice_body_check (WaxPracticeBody *self)
{
  return self->refusal;
}

const WaxPracticeRefusal *
wax_practice_body_commit (WaxPracticeBody *self)
{
  if (self->refusal == NULL && self->after_cr)
    self->refusal = &malformed;
  if (self->refusal == NULL && !wax_practice_delivery_commit (self->delivery, NULL))
    self->refusal = &no_storage;

  return self->refusal;
}
