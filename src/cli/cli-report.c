/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection report as text: what the window's inspector shows, for a
 * terminal. */

#include "cli-report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-text.h"
#include "clock.h"
#include "json-canon.h"

static char *
join (GPtrArray *words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (words, i));

  return g_string_free (text, FALSE);
}

static char *
server_words (WaxConnectionReport *report)
{
  const char *mode;

  if (g_strcmp0 (report->mode, "implicit") == 0)
    mode = _ ("TLS from the first octet");
  else if (g_strcmp0 (report->mode, "starttls") == 0)
    mode = _ ("STARTTLS, required");
  else
    mode = _ ("without TLS, on this machine only");

  /* A domain none of whose servers was found. */
  if (report->port == 0)
    return g_strdup_printf (_ ("%s, %s"), report->host, mode);
  if (report->address != NULL)
    return g_strdup_printf (_ ("%s port %u (%s), %s"), report->host, report->port, report->address, mode);
  return g_strdup_printf (_ ("%s port %u, %s"), report->host, report->port, mode);
}

static char *
protection_words (WaxConnectionReport *report)
{
  g_autofree char *version = NULL;
  g_autofree char *cipher = NULL;

  if (report->tls_version == NULL)
    return NULL;
  version = wax_connection_report_version_words (report);
  cipher = wax_connection_report_cipher_words (report);

  return g_strdup_printf ("%s, %s (%s), %s", version, cipher, report->cipher != NULL ? report->cipher : "?",
                          report->verified ? _ ("certificate verified") : _ ("not verified"));
}

static char *
sign_in_words (WaxConnectionReport *report)
{
  GString *text;

  if (report->auth_mechanism == NULL)
    return NULL;
  text = g_string_new (report->auth_mechanism);
  if (report->auth_identity != NULL)
    g_string_append_printf (text, _ (" as %s"), report->auth_identity);
  if (report->channel_binding != NULL)
    g_string_append_printf (text, _ (", bound to this connection by %s"), report->channel_binding);

  return g_string_free (text, FALSE);
}

static char *
timing_words (WaxConnectionReport *report)
{
  const struct
  {
    const char *name;
    gint64 ms;
  } parts[] = {
    { _ ("connect"), report->connect_ms },       { _ ("TLS"), report->tls_ms },
    { _ ("revocation"), report->revocation_ms }, { _ ("sign-in"), report->auth_ms },
    { _ ("envelope"), report->envelope_ms },     { _ ("message"), report->body_ms },
    { _ ("in all"), report->total_ms },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].ms >= 0)
      g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT " ms", text->len > 0 ? ", " : "", parts[i].name,
                              parts[i].ms);

  return g_string_free (text, FALSE);
}

static void
print_check (const WaxCheck *check)
{
  wax_text_print ("  ");
  wax_text_mark (check->result == WAX_CHECK_PASS   ? WAX_STYLE_GOOD
                 : check->result == WAX_CHECK_FAIL ? WAX_STYLE_BAD
                                                   : WAX_STYLE_PLAIN);
  wax_text_row (check->name, check->detail);
  if (check->warning != NULL)
    {
      wax_text_print (" ");
      wax_text_row (_ ("  warning"), check->warning);
    }
  if (check->exception != NULL)
    {
      wax_text_print (" ");
      wax_text_row (_ ("  exception"), check->exception);
    }
  if (check->result == WAX_CHECK_FAIL)
    {
      wax_text_print (" ");
      wax_text_row (_ ("  expected"), check->expected);
      wax_text_print (" ");
      wax_text_row (_ ("  found"), check->found);
    }
}

static void
print_certificate (const WaxCertificateDetails *certificate, guint number)
{
  g_autofree char *title = g_strdup_printf ("%u  %s", number, certificate->subject);
  g_autofree char *from = wax_clock_format (certificate->not_before * G_USEC_PER_SEC);
  g_autofree char *until = wax_clock_format (certificate->not_after * G_USEC_PER_SEC);
  g_autofree char *validity = g_strdup_printf (_ ("%.10s to %.10s"), from, until);
  g_autofree char *key = g_strdup_printf (_ ("%s, signed with %s"), certificate->key, certificate->signature);
  g_autofree char *pin = g_strdup_printf ("sha256:%s", certificate->spki_sha256);
  g_autofree char *names = certificate->names != NULL ? g_strjoinv (", ", certificate->names) : NULL;

  wax_text_print ("  ");
  wax_text_styled (WAX_STYLE_BOLD, title);
  wax_text_print ("\n");
  wax_text_row (_ ("   names"), names);
  wax_text_row (_ ("   issuer"), certificate->issuer);
  wax_text_row (_ ("   valid"), validity);
  wax_text_row (_ ("   key"), key);
  wax_text_row (_ ("   SHA-256"), certificate->sha256);
  wax_text_row (_ ("   public key"), pin);
}

void
wax_cli_print_report (WaxConnectionReport *report)
{
  g_autofree char *server = server_words (report);
  g_autofree char *protection = protection_words (report);
  g_autofree char *sign_in = sign_in_words (report);
  g_autofree char *offers = join (report->extensions);
  g_autofree char *timing = timing_words (report);

  wax_text_heading (_ ("Connection"));
  wax_text_row (_ ("Server"), server);
  wax_text_row (_ ("Found in DNS"), report->server);
  wax_text_row (_ ("Through"), report->via);
  for (guint i = 0; i < report->tried->len; i++)
    wax_text_row (i == 0 ? _ ("Tried before") : "", g_ptr_array_index (report->tried, i));
  wax_text_row (_ ("Protection"), protection);
  wax_text_row (_ ("Sign-in"), sign_in);
  if (sign_in != NULL)
    wax_text_row ("", report->auth_reason);
  for (guint i = 0; i < report->exceptions->len; i++)
    wax_text_row (_ ("Exception"), report->exceptions->pdata[i]);
  if (report->client_cert_asked)
    wax_text_row (_ ("Shown"), report->client_cert != NULL
                                   ? report->client_cert
                                   : _ ("no client certificate, though one was asked for"));
  wax_text_row (_ ("Greeting"), report->greeting);
  wax_text_row (_ ("Offers"), offers);
  wax_text_row (_ ("Time"), timing);

  if (report->checks->len > 0)
    wax_text_heading (_ ("Checks"));
  for (guint i = 0; i < report->checks->len; i++)
    print_check (g_ptr_array_index (report->checks, i));

  if (report->chain->len > 0)
    wax_text_heading (_ ("Certificate chain"));
  for (guint i = 0; i < report->chain->len; i++)
    print_certificate (g_ptr_array_index (report->chain, i), i + 1);
}

char *
wax_cli_reply_words (JsonObject *reply)
{
  const char *enhanced = wax_json_get_string (reply, "enhanced", NULL);
  gint64 code = wax_json_get_int (reply, "code", 0);

  if (code == 0)
    return g_strdup (_ ("not asked"));

  return g_strdup_printf ("%" G_GINT64_FORMAT "%s%s %s", code, enhanced != NULL ? " " : "",
                          enhanced != NULL ? enhanced : "", wax_json_get_string (reply, "text", ""));
}

void
wax_cli_print_recipients (JsonArray *recipients)
{
  guint n = recipients != NULL ? json_array_get_length (recipients) : 0;
  int width = 0;

  if (n == 0)
    return;

  wax_text_heading (_ ("Recipients"));
  for (guint i = 0; i < n; i++)
    {
      JsonObject *one = json_array_get_object_element (recipients, i);

      width = MAX (width, (int) g_utf8_strlen (wax_json_get_string (one, "address", "?"), -1));
    }
  for (guint i = 0; i < n; i++)
    {
      JsonObject *one = json_array_get_object_element (recipients, i);
      gint64 code = wax_json_get_int (one, "code", 0);
      g_autofree char *words = wax_cli_reply_words (one);

      wax_text_print ("  ");
      wax_text_mark (code >= 200 && code < 300 ? WAX_STYLE_GOOD
                     : code == 0               ? WAX_STYLE_PLAIN
                                               : WAX_STYLE_BAD);
      wax_text_row_wide (wax_json_get_string (one, "address", "?"), MIN (width, 40) + 2, words);
    }
}
