/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A weaker setting for one account: named, dated, with an end. What is read of it
 * is as strict as what is written, so that nothing endless or nameless comes in
 * through an edited profile. */

#include "tls-exception.h"

#include "hex.h"
#include "json-canon.h"
#include "judgement.h"
#include "tls-suites.h"

#include <string.h>

#define EXCEPTIONS_LIMIT 32
#define REASON_LIMIT     1000
/* The end of the year 9999, the last that a date can tell. */
#define LAST_DAY G_GINT64_CONSTANT (253402300799)

G_DEFINE_QUARK (wax_tls_exception_error, wax_tls_exception_error)

static const char *const allow_names[] = {
  [WAX_TLS_ALLOW_UNTRUSTED] = "untrusted",
  [WAX_TLS_ALLOW_CIPHER] = "cipher",
  [WAX_TLS_ALLOW_VERSION] = "version",
};

WaxTlsException *
wax_tls_exception_new (WaxTlsAllow allow, const char *value, gint64 since, gint64 until, const char *reason)
{
  WaxTlsException *self = g_new0 (WaxTlsException, 1);

  self->allow = allow;
  self->value = g_strdup (value);
  self->since = since;
  self->until = until;
  self->reason = g_strdup (reason);

  return self;
}

WaxTlsException *
wax_tls_exception_copy (const WaxTlsException *self)
{
  return wax_tls_exception_new (self->allow, self->value, self->since, self->until, self->reason);
}

void
wax_tls_exception_free (WaxTlsException *self)
{
  if (self == NULL)
    return;

  g_free (self->value);
  g_free (self->reason);
  g_free (self);
}

gboolean
wax_tls_exception_is_current (const WaxTlsException *self, gint64 now)
{
  return now >= self->since && now < self->until;
}

char *
wax_tls_exception_to_words (const WaxTlsException *self)
{
  g_autofree char *day = wax_words_of_day (self->until);

  switch (self->allow)
    {
    case WAX_TLS_ALLOW_UNTRUSTED:
      return g_strdup_printf ("a pinned key that no authority vouches for, until %s", day);
    case WAX_TLS_ALLOW_CIPHER:
      return g_strdup_printf ("the cipher suite %s, until %s", self->value, day);
    case WAX_TLS_ALLOW_VERSION:
    default:
      return g_strdup_printf ("TLS 1.2, until %s", day);
    }
}

const char *
wax_tls_allow_to_string (WaxTlsAllow allow)
{
  g_return_val_if_fail ((guint) allow < G_N_ELEMENTS (allow_names), NULL);

  return allow_names[allow];
}

gboolean
wax_tls_allow_from_string (const char *text, WaxTlsAllow *allow)
{
  for (guint i = 0; i < G_N_ELEMENTS (allow_names); i++)
    if (g_strcmp0 (text, allow_names[i]) == 0)
      {
        *allow = (WaxTlsAllow) i;
        return TRUE;
      }

  return FALSE;
}

/* Whether it is about @value at all, whenever. */
static gboolean
covers (const WaxTlsException *self, WaxTlsAllow allow, const char *value)
{
  if (self->allow != allow)
    return FALSE;
  if (allow == WAX_TLS_ALLOW_VERSION)
    return TRUE;

  return self->value != NULL && value != NULL && *value != '\0'
         && g_ascii_strcasecmp (self->value, value) == 0;
}

const WaxTlsException *
wax_tls_exception_find (GPtrArray *exceptions, WaxTlsAllow allow, const char *value, gint64 now)
{
  for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];

      if (covers (exception, allow, value) && wax_tls_exception_is_current (exception, now))
        return exception;
    }

  return NULL;
}

char *
wax_tls_exception_why_not (GPtrArray *exceptions, WaxTlsAllow allow, const char *value, gint64 now)
{
  const WaxTlsException *last = NULL;
  g_autofree char *day = NULL;

  for (guint i = 0; exceptions != NULL && i < exceptions->len; i++)
    {
      const WaxTlsException *exception = exceptions->pdata[i];

      if (covers (exception, allow, value) && (last == NULL || exception->until > last->until))
        last = exception;
    }
  if (last == NULL)
    return g_strdup ("");
  day = wax_words_of_day (now < last->since ? last->since : last->until);

  return g_strdup_printf (now < last->since ? " The exception that allows it begins only on %s."
                                            : " The exception that allowed it ended on %s.",
                          day);
}

/* ---- as text ---- */

static JsonNode *
exception_to_json (const WaxTlsException *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "allow", wax_tls_allow_to_string (self->allow));
  if (self->value != NULL)
    json_object_set_string_member (object, "value", self->value);
  json_object_set_int_member (object, "since", self->since);
  json_object_set_int_member (object, "until", self->until);
  if (self->reason != NULL)
    json_object_set_string_member (object, "reason", self->reason);

  return json_node_init_object (json_node_alloc (), object);
}

char *
wax_tls_exceptions_to_text (GPtrArray *exceptions)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();

  if (exceptions == NULL || exceptions->len == 0)
    return NULL;
  for (guint i = 0; i < exceptions->len; i++)
    json_array_add_element (array, exception_to_json (exceptions->pdata[i]));
  json_node_init_array (node, array);

  return json_to_string (node, FALSE);
}

/* It stands in lists and in the record, among other lines. */
static gboolean
is_line (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > REASON_LIMIT)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;

  return TRUE;
}

/* What is wrong with @self, or NULL. */
static const char *
fault_of (const WaxTlsException *self)
{
  guint8 digest[32];

  if (self->since < 0 || self->until > LAST_DAY)
    return "its beginning or its end is no date";
  if (self->until <= self->since)
    return "it has no end after its beginning";
  if (self->until - self->since > WAX_TLS_EXCEPTION_LONGEST_S)
    return "it lasts longer than a year";
  if (self->allow == WAX_TLS_ALLOW_UNTRUSTED
      && (self->value == NULL || !wax_hex_decode (self->value, digest, sizeof digest)))
    return "it must name the pinned key by its SHA-256, 64 hexadecimal digits";
  if (self->allow == WAX_TLS_ALLOW_CIPHER && !wax_tls_suite_may_be_allowed (self->value))
    return "it must name a cipher suite with ECDHE and AES-CBC, such as "
           "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256";
  if (self->allow == WAX_TLS_ALLOW_VERSION && self->value != NULL)
    return "it allows TLS 1.2, and there is nothing more to name";
  if (self->reason != NULL && !is_line (self->reason))
    return "its reason must be one line of text";

  return NULL;
}

static WaxTlsException *
exception_from_json (JsonNode *node, const char **fault)
{
  g_autoptr (WaxTlsException) self = NULL;
  JsonObject *object;
  WaxTlsAllow allow;

  *fault = "it is not an object that says what is allowed";
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  if (!wax_tls_allow_from_string (wax_json_get_string (object, "allow", NULL), &allow))
    return NULL;
  self = wax_tls_exception_new (allow, wax_json_get_string (object, "value", NULL),
                                wax_json_get_int (object, "since", 0), wax_json_get_int (object, "until", 0),
                                wax_json_get_string (object, "reason", NULL));
  *fault = fault_of (self);

  return *fault == NULL ? g_steal_pointer (&self) : NULL;
}

GPtrArray *
wax_tls_exceptions_from_text (const char *text, GError **error)
{
  g_autoptr (GPtrArray) exceptions = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_tls_exception_free);
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (text == NULL || *text == '\0')
    return g_steal_pointer (&exceptions);
  node = json_from_string (text, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    {
      g_set_error_literal (error, WAX_TLS_EXCEPTION_ERROR, WAX_TLS_EXCEPTION_ERROR_INVALID,
                           "The list of exceptions is not a JSON array");
      return NULL;
    }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *fault = i < EXCEPTIONS_LIMIT ? NULL : "there are too many";
      WaxTlsException *exception = i < EXCEPTIONS_LIMIT
                                       ? exception_from_json (json_array_get_element (array, i), &fault)
                                       : NULL;

      if (exception == NULL)
        {
          g_set_error (error, WAX_TLS_EXCEPTION_ERROR, WAX_TLS_EXCEPTION_ERROR_INVALID,
                       "Exception %u cannot be used: %s", i + 1, fault);
          return NULL;
        }
      g_ptr_array_add (exceptions, exception);
    }

  return g_steal_pointer (&exceptions);
}
