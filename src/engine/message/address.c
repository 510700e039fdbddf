/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Mail addresses as people and headers write them (RFC 5322 section 3.4, RFC
 * 6531), read strictly: what comes out can stand in MAIL FROM, RCPT TO and a
 * header without further care. Two passes: a scanner cuts the text into
 * mailboxes at the separators outside quotes, comments and angle brackets, and a
 * parser reads one mailbox. */

#include "address.h"

#include <string.h>

#define MAX_TEXT    (4 * 1024 * 1024)
#define MAX_NAME    1000
#define MAX_LOCAL   64 /* RFC 5321 section 4.5.3.1.1 */
#define MAX_DOMAIN  255
#define MAX_MAILBOX 254 /* RFC 5321 section 4.5.3.1.3, less the angle brackets */
#define MAX_NESTING 16

G_DEFINE_QUARK (wax_address_error, wax_address_error)

G_GNUC_PRINTF (2, 3)
static void
set_syntax (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_SYNTAX, message);
}

/* Text for an error message: short, and without anything that could act. */
static char *
quote_for_error (const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  GString *quoted = g_string_new (NULL);
  int count = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (++count > 80)
        {
          g_string_append (quoted, "…");
          break;
        }
      g_string_append_unichar (quoted, g_unichar_iscntrl (c) ? '?' : c);
    }

  return g_string_free (quoted, FALSE);
}

/* An embedding, override or isolate: what stands around it may then be read in
 * another order than it is sent in. */
static gboolean
turns_text (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* @breaks: line breaks are separators, not yet removed. A tab is white space. */
static gboolean
check_characters (const char *text, gboolean breaks, GError **error)
{
  if (strlen (text) > MAX_TEXT)
    {
      set_syntax (error, "The list of addresses is longer than %d octets", MAX_TEXT);
      return FALSE;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_autofree char *quoted = quote_for_error (text, -1);

      set_syntax (error, "“%s” is not valid UTF-8", quoted);
      return FALSE;
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean allowed = c == '\t' || (breaks && (c == '\n' || (c == '\r' && p[1] == '\n')));

      if (turns_text (c))
        {
          g_set_error (
              error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_CONTROL,
              "An address has an invisible character in it that turns the direction of text (U+%04X)", c);
          return FALSE;
        }
      if ((g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029) && !allowed)
        {
          g_autofree char *quoted = quote_for_error (text, -1);

          g_set_error (error, WAX_ADDRESS_ERROR, WAX_ADDRESS_ERROR_CONTROL,
                       "“%s” has a line break or another control character (U+%04X) in it", quoted, c);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* RFC 5322 atext, and with RFC 6532 everything above ASCII. */
static gboolean
is_atext (char c)
{
  return g_ascii_isalnum (c) || (guchar) c >= 0x80
         || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Zero-width and other invisible characters: two addresses that look alike would
 * not be. */
static gboolean
hides_something (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_type (g_utf8_get_char (p)) == G_UNICODE_FORMAT)
      return TRUE;

  return FALSE;
}

static gboolean
is_dot_atom (const char *text)
{
  if (*text == '\0' || *text == '.')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!(is_atext (*p) || (*p == '.' && p[1] != '.' && p[1] != '\0')))
      return FALSE;

  return TRUE;
}

/* ---- the scanner ---- */

/* One character's worth of "where am I": inside a quoted string, a comment, or
 * angle brackets separators do not separate. */
typedef struct
{
  gboolean quoted;
  gboolean angle;
  gboolean literal; /* [IPv6:…] */
  int comment;
} Nesting;

static gboolean
nesting_is_open (const Nesting *at)
{
  return at->quoted || at->angle || at->literal || at->comment > 0;
}

/* Moves over the character at @p and returns how many octets it is with its
 * backslash, if it has one. A backslash never hides a line break. */
static gsize
nesting_step (Nesting *at, const char *start, const char *p)
{
  if ((at->quoted || at->comment > 0) && *p == '\\' && p[1] != '\0' && p[1] != '\r' && p[1] != '\n')
    return 2;

  if (at->quoted)
    at->quoted = *p != '"';
  else if (*p == '(')
    at->comment++;
  else if (at->comment > 0)
    at->comment -= *p == ')' ? 1 : 0;
  else if (*p == '"')
    at->quoted = TRUE;
  else if (*p == '<')
    at->angle = TRUE;
  else if (*p == '>')
    at->angle = FALSE;
  else if (*p == '[' && p > start && p[-1] == '@')
    at->literal = TRUE;
  else if (*p == ']')
    at->literal = FALSE;

  return 1;
}

static gboolean
check_closed (const Nesting *at, const char *start, const char *end, GError **error)
{
  g_autofree char *quoted = NULL;

  if (!nesting_is_open (at))
    return TRUE;

  quoted = quote_for_error (start, end - start);
  set_syntax (error, "“%s” lacks its closing %s", quoted,
              at->quoted        ? "quotation mark"
              : at->comment > 0 ? "parenthesis"
              : at->angle       ? "“>”"
                                : "“]”");
  return FALSE;
}

/* ---- one mailbox ---- */

/* (transfer full) @text with its comments replaced by a space each. */
static char *
drop_comments (const char *text, gsize length)
{
  GString *kept = g_string_sized_new (length);
  Nesting at = { 0 };

  for (gsize i = 0; i < length;)
    {
      int before = at.comment;
      gsize step = nesting_step (&at, text, text + i);

      if (before == 0 && at.comment == 0)
        g_string_append_len (kept, text + i, (gssize) MIN (step, length - i));
      else if (at.comment == 0)
        g_string_append_c (kept, ' ');
      i += step;
    }

  return g_strstrip (g_string_free (kept, FALSE));
}

/* (transfer full) The display name of what stands before the "<": words and
 * quoted strings, one space between them. */
static char *
parse_name (const char *text, gsize length, GError **error)
{
  GString *name = g_string_new (NULL);
  gboolean quoted = FALSE, gap = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '"')
        {
          quoted = !quoted;
          continue;
        }
      if (quoted && c == '\\' && i + 1 < length)
        c = text[++i];
      else if (!quoted && is_space (c))
        {
          gap = TRUE;
          continue;
        }
      if (gap && name->len > 0)
        g_string_append_c (name, ' ');
      gap = FALSE;
      g_string_append_c (name, c == '\t' ? ' ' : c);
    }
  if (name->len > MAX_NAME)
    {
      g_string_free (name, TRUE);
      set_syntax (error, "The display name is longer than %d octets", MAX_NAME);
      return NULL;
    }

  return g_string_free (name, FALSE);
}

/* (transfer full) The local part, quoted only where it has to be. */
static char *
parse_local (const char *text, const char *whole, GError **error)
{
  g_autoptr (GString) plain = NULL;
  g_autoptr (GString) quoted = NULL;
  gsize length = strlen (text);

  if (is_dot_atom (text))
    return g_strdup (text);
  if (length < 2 || text[0] != '"' || text[length - 1] != '"')
    {
      set_syntax (
          error,
          "“%s” is not an address: the part before the “@” is empty or has a character that it may not have",
          whole);
      return NULL;
    }

  plain = g_string_new (NULL);
  quoted = g_string_new ("\"");
  for (const char *p = text + 1; p < text + length - 1; p++)
    {
      gboolean escaped = *p == '\\';

      p += escaped ? 1 : 0;
      if (p >= text + length - 1 || (*p == '"' && !escaped) || *p == '\t')
        {
          set_syntax (error, "“%s” is not an address: the quotation marks before the “@” do not match",
                      whole);
          return NULL;
        }
      g_string_append_c (plain, *p);
      if (*p == '"' || *p == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');

  return is_dot_atom (plain->str) ? g_strdup (plain->str) : g_strdup (quoted->str);
}

static gboolean
is_host_name (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);

  for (char **label = labels; *label != NULL; label++)
    {
      gsize length = strlen (*label);

      if (length < 1 || length > 63 || **label == '-' || (*label)[length - 1] == '-')
        return FALSE;
      if (strspn (*label, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return FALSE;
    }

  return labels[0] != NULL;
}

/* (transfer full) `[192.0.2.1]` or `[IPv6:2001:db8::1]`, RFC 5321 section 4.1.3. */
static char *
parse_literal (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *inner = NULL;
  g_autoptr (GInetAddress) address = NULL;
  gboolean ipv6;

  if (length < 3 || text[length - 1] != ']')
    return NULL;
  inner = g_strndup (text + 1, length - 2);
  ipv6 = g_ascii_strncasecmp (inner, "IPv6:", 5) == 0;
  address = g_inet_address_new_from_string (ipv6 ? inner + 5 : inner);
  if (address == NULL || (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6) != ipv6)
    return NULL;

  return g_strdup_printf ("[%s%s]", ipv6 ? "IPv6:" : "", ipv6 ? inner + 5 : inner);
}

/* (transfer full) The domain in lower-case A-labels, or an address literal. */
static char *
parse_domain (const char *text, const char *whole, GError **error)
{
  g_autofree char *ascii = NULL;

  if (*text == '[')
    ascii = parse_literal (text);
  else
    {
      g_autofree char *encoded = *text != '\0' ? g_hostname_to_ascii (text) : NULL;

      ascii = encoded != NULL ? g_ascii_strdown (encoded, -1) : NULL;
      if (ascii != NULL && !is_host_name (ascii))
        g_clear_pointer (&ascii, g_free);
    }
  if (ascii == NULL || strlen (ascii) > MAX_DOMAIN)
    {
      set_syntax (error, "“%s” is not an address: “%s” is not a domain name", whole, text);
      return NULL;
    }

  return g_steal_pointer (&ascii);
}

/* The "@" that parts local part and domain: the last one outside quotes. */
static char *
find_at (char *text)
{
  char *found = NULL;
  gboolean quoted = FALSE;

  for (char *p = text; *p != '\0'; p++)
    {
      if (quoted && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        quoted = !quoted;
      else if (*p == '@' && !quoted)
        found = p;
    }

  return found;
}

static gboolean
parse_addr_spec (WaxAddress *self, const char *text, GError **error)
{
  g_autofree char *whole = quote_for_error (text, -1);
  g_autofree char *local_text = g_strstrip (g_strdup (text));
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;
  char *domain_text = find_at (local_text);

  if (domain_text == NULL)
    {
      set_syntax (error, "“%s” is not an address: it has no “@”", whole);
      return FALSE;
    }
  if (hides_something (local_text))
    {
      set_syntax (error, "“%s” is not an address: it has an invisible character in it", whole);
      return FALSE;
    }
  *domain_text++ = '\0';
  local = parse_local (g_strchomp (local_text), whole, error);
  if (local == NULL)
    return FALSE;
  domain = parse_domain (g_strchug (domain_text), whole, error);
  if (domain == NULL)
    return FALSE;
  if (strlen (local) > MAX_LOCAL || strlen (local) + 1 + strlen (domain) > MAX_MAILBOX)
    {
      set_syntax (error,
                  "“%s” is too long for an address (RFC 5321 allows %d octets before the “@” and %d in all)",
                  whole, MAX_LOCAL, MAX_MAILBOX);
      return FALSE;
    }

  self->mailbox = g_strconcat (local, "@", domain, NULL);
  self->display = g_strconcat (local, "@", domain_text, NULL);
  self->needs_utf8 = !g_str_is_ascii (local);
  return TRUE;
}

static WaxAddress *
parse_mailbox (const char *start, const char *end, GError **error)
{
  g_autoptr (WaxAddress) self = g_new0 (WaxAddress, 1);
  g_autofree char *text = drop_comments (start, (gsize) (end - start));
  Nesting at = { 0 };
  char *open = NULL, *close = NULL;

  for (char *p = text; *p != '\0' && close == NULL;)
    {
      gboolean was_angle = at.angle;
      gsize step = nesting_step (&at, text, p);

      if (at.angle && !was_angle)
        open = p;
      else if (was_angle && !at.angle)
        close = p;
      p += step;
    }

  if (open == NULL)
    {
      if (!parse_addr_spec (self, text, error))
        return NULL;
      return g_steal_pointer (&self);
    }
  if (close == NULL || close[1 + strspn (close + 1, " \t")] != '\0')
    {
      g_autofree char *quoted = quote_for_error (text, -1);

      set_syntax (error, "“%s” is not an address: something stands after the “>”, or a comma is missing",
                  quoted);
      return NULL;
    }

  self->name = parse_name (text, (gsize) (open - text), error);
  if (self->name == NULL)
    return NULL;
  if (*self->name == '\0')
    g_clear_pointer (&self->name, g_free);
  *close = '\0';
  if (!parse_addr_spec (self, open + 1, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* ---- public ---- */

WaxAddress *
wax_address_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (!check_characters (text, FALSE, error))
    return NULL;
  list = wax_address_list_parse (text, error);
  if (list == NULL)
    return NULL;
  if (list->len != 1)
    {
      g_autofree char *quoted = quote_for_error (text, -1);

      set_syntax (error, list->len == 0 ? "There is no address in “%s”" : "“%s” has more than one address",
                  quoted);
      return NULL;
    }

  return wax_address_copy (g_ptr_array_index (list, 0));
}

/* Cuts at separators. A ":" after a bare phrase opens a group, whose name is
 * dropped; its ";" is a separator like any other. */
GPtrArray *
wax_address_list_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) wax_address_free);
  Nesting at = { 0 };
  const char *start = text;
  gboolean in_group = FALSE, blank = TRUE, address = FALSE;

  g_return_val_if_fail (text != NULL, NULL);

  if (!check_characters (text, TRUE, error))
    return NULL;

  for (const char *p = text;;)
    {
      gboolean ends = *p == '\0' || (!nesting_is_open (&at) && strchr (",;\n", *p) != NULL);

      if (at.comment > MAX_NESTING || (*p == '\n' && nesting_is_open (&at)))
        {
          g_autofree char *quoted = quote_for_error (start, p - start);

          set_syntax (error, "“%s” has a line break inside quotes or brackets, or too many parentheses",
                      quoted);
          return NULL;
        }
      if (ends)
        {
          if (!check_closed (&at, start, p, error))
            return NULL;
          if (!blank)
            {
              WaxAddress *one = parse_mailbox (start, p, error);

              if (one == NULL)
                return NULL;
              g_ptr_array_add (list, one);
            }
          if (*p == '\0')
            return g_steal_pointer (&list);
          if (*p == ';')
            in_group = FALSE;
          start = ++p;
          blank = TRUE;
          address = FALSE;
          continue;
        }
      if (*p == ':' && !nesting_is_open (&at) && !blank && !address && !in_group)
        {
          in_group = TRUE;
          start = ++p;
          blank = TRUE;
          continue;
        }

      /* A separator's neighbour of only white space or comments is no address. */
      if (at.comment == 0 && *p != '(' && !is_space (*p))
        blank = FALSE;
      if (!at.quoted && at.comment == 0 && (*p == '@' || *p == '<'))
        address = TRUE;
      p += nesting_step (&at, start, p);
    }
}

/* A display name that is not only atoms stands in quotation marks. */
static void
append_name (GString *text, const char *name)
{
  gboolean plain = TRUE;

  for (const char *p = name; *p != '\0' && plain; p++)
    plain = is_atext (*p) || *p == ' ';
  if (plain)
    {
      g_string_append (text, name);
      return;
    }

  g_string_append_c (text, '"');
  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }
  g_string_append_c (text, '"');
}

char *
wax_address_to_string (const WaxAddress *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  if (self->name == NULL)
    g_string_append (text, self->display);
  else
    {
      append_name (text, self->name);
      g_string_append_printf (text, " <%s>", self->display);
    }

  return g_string_free (text, FALSE);
}

WaxAddress *
wax_address_copy (const WaxAddress *self)
{
  WaxAddress *copy = g_new0 (WaxAddress, 1);

  copy->name = g_strdup (self->name);
  copy->mailbox = g_strdup (self->mailbox);
  copy->display = g_strdup (self->display);
  copy->needs_utf8 = self->needs_utf8;
  return copy;
}

void
wax_address_free (WaxAddress *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->mailbox);
  g_free (self->display);
  g_free (self);
}
