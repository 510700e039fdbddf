/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether a certificate is revoked, asked of a responder and of lists that lie in
 * every way that they can. */

#include "revocation.h"

#include <string.h>

#include "authority.h"
#include "clock.h"
#include "temp-folder.h"
#include "test-http-server.h"

#define OCSP_SIGNING "1.3.6.1.5.5.7.3.9"
#define DAY          (24 * 3600)

/* ---- the world of a test ---- */

typedef enum
{
  SIGNER_ROOT,
  SIGNER_OTHER,            /* another authority of the same name */
  SIGNER_DELEGATE,         /* by the root, for OCSP */
  SIGNER_SERVER,           /* by the root, for a server */
  SIGNER_FOREIGN_DELEGATE, /* by the other authority, for OCSP */
  SIGNER_EXPIRED_DELEGATE,
  SIGNER_MUTE, /* an authority that may not sign lists */
  N_SIGNERS,
} Signer;

typedef enum
{
  MANNER_NONE, /* the certificate does not name the place */
  MANNER_ANSWERS,
  MANNER_ONLY_POST,
  MANNER_503,
  MANNER_GARBAGE,
  MANNER_CUT,     /* the last octet is missing */
  MANNER_FLIPPED, /* one bit of the signature */
  MANNER_TRY_LATER,
  MANNER_WRONG_TYPE,
  MANNER_HUGE,
  MANNER_SILENT,
  MANNER_EMPTY,
} Manner;

/* What stands at a place. */
typedef struct
{
  Manner manner;
  Signer signer;
  AuthorityVerdict verdict;
  gboolean replayed;      /* about another certificate */
  gboolean endless;       /* OCSP: without a nextUpdate */
  const char *extensions; /* of a list; `URL` in it is the list's own */
} Place;

typedef struct
{
  const char *name;
  Place ocsp, crl;
  gint64 later_s; /* the time of the question, from now */
  gboolean no_issuer;
  WaxRevocationState state;
  const char *words;
} Case;

typedef struct
{
  char *folder;
  WaxTestHttpServer *server;
  char *ocsp_url, *crl_url;
  WaxTestCertificate *signers[N_SIGNERS];
  WaxTestCertificate *leaf;
  WaxTestCertificate *other_leaf;
  const Case *now;
  GMutex mutex; /* openssl(1) works in one folder */
} World;

static const WaxTestCertificate *
signer_of (World *world, Signer signer)
{
  return world->signers[signer];
}

static GBytes *
request_of (const char *method, const char *path, GBytes *body)
{
  g_autofree char *base64 = NULL;
  guchar *data;
  gsize length;

  if (g_str_equal (method, "POST"))
    return g_bytes_ref (body);
  base64 = g_uri_unescape_string (path + strlen ("/ocsp/"), NULL);
  data = g_base64_decode (base64, &length);

  return g_bytes_new_take (data, length);
}

static GBytes *
respond (World *world, const Place *place, GBytes *request)
{
  const WaxTestCertificate *about = world->leaf;
  g_autoptr (GBytes) other = NULL;

  /* The other's answer is got once by its own request, which only openssl(1) knows how
   * to make here. */
  if (place->replayed)
    {
      g_autofree char *path = g_build_filename (world->folder, "other-request", NULL);
      char *data;
      gsize length;

      g_assert_true (g_file_get_contents (path, &data, &length, NULL));
      other = g_bytes_new_take (data, length);
      about = world->other_leaf;
    }

  return authority_respond (world->folder, signer_of (world, SIGNER_ROOT), signer_of (world, place->signer),
                            about, place->verdict, !place->endless, other != NULL ? other : request);
}

static GBytes *
list (World *world, const Place *place)
{
  g_autoptr (GString) extensions = place->extensions != NULL ? g_string_new (place->extensions) : NULL;

  if (extensions != NULL)
    g_string_replace (extensions, "URL", world->crl_url, 0);

  return authority_list (world->folder, signer_of (world, place->signer),
                         place->replayed ? world->other_leaf : world->leaf, place->verdict,
                         extensions != NULL ? extensions->str : NULL);
}

static void
wait_for_end (WaxTestHttpServer *server)
{
  GPollFD fd;

  g_assert_true (g_cancellable_make_pollfd (server->stop, &fd));
  g_poll (&fd, 1, -1);
  g_cancellable_release_fd (server->stop);
}

static void
answer (WaxTestHttpServer *server,
        const char *method,
        const char *path,
        GBytes *body,
        GOutputStream *out,
        gpointer data)
{
  World *world = data;
  gboolean is_ocsp = g_str_has_prefix (path, "/ocsp");
  const Place *place = is_ocsp ? &world->now->ocsp : &world->now->crl;
  const char *type = is_ocsp ? "application/ocsp-response" : "application/pkix-crl";
  static const char try_later[] = { 0x30, 0x03, 0x0a, 0x01, 0x03 };
  g_autoptr (GBytes) request = is_ocsp ? request_of (method, path, body) : NULL;
  g_autoptr (GBytes) octets = NULL;
  g_autofree guint8 *copy = NULL;
  gsize length = 0;

  if (place->manner == MANNER_SILENT)
    {
      wait_for_end (server);
      return;
    }
  if (place->manner == MANNER_503 || (place->manner == MANNER_ONLY_POST && g_str_equal (method, "GET")))
    {
      wax_test_http_answer (out, place->manner == MANNER_503 ? 503 : 405, "text/html", "no", 2);
      return;
    }
  if (place->manner == MANNER_TRY_LATER)
    {
      wax_test_http_answer (out, 200, type, try_later, sizeof try_later);
      return;
    }
  g_mutex_lock (&world->mutex);
  octets = is_ocsp ? respond (world, place, request) : list (world, place);
  g_mutex_unlock (&world->mutex);
  copy = g_memdup2 (g_bytes_get_data (octets, &length), g_bytes_get_size (octets));
  switch (place->manner)
    {
    case MANNER_GARBAGE:
      wax_test_http_answer (out, 200, type, "garbage", 7);
      return;
    case MANNER_EMPTY:
      wax_test_http_answer (out, 200, type, "", 0);
      return;
    case MANNER_HUGE:
      {
        g_autofree char *huge = g_malloc0 (21 * 1024 * 1024);

        wax_test_http_answer (out, 200, type, huge, 21 * 1024 * 1024);
        return;
      }
    case MANNER_CUT:
      wax_test_http_answer (out, 200, type, copy, length - 1);
      return;
    case MANNER_FLIPPED:
      {
        /* In what is signed: the year of a time, which both have near their front. */
        g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
        g_autofree char *year = g_date_time_format (now, is_ocsp ? "%Y" : "%y");
        guint8 *found = memmem (copy, length, year, strlen (year));

        g_assert_nonnull (found);
        found[strlen (year) - 1] ^= 1;
        wax_test_http_answer (out, 200, type, copy, length);
        return;
      }
    case MANNER_WRONG_TYPE:
      wax_test_http_answer (out, 200, "text/html", copy, length);
      return;
    default:
      wax_test_http_answer (out, 200, type, copy, length);
      return;
    }
}

static WaxTestCertificate *
make_signer (World *world, Signer signer)
{
  WaxTestCertificateSpec spec = { .common_name = "Somebody", .issuer = world->signers[SIGNER_ROOT] };

  switch (signer)
    {
    case SIGNER_ROOT:
    case SIGNER_OTHER:
    case SIGNER_MUTE:
      spec.common_name = signer == SIGNER_MUTE ? "Mute root" : "Root";
      spec.issuer = NULL;
      spec.is_ca = TRUE;
      spec.no_crl_sign = signer == SIGNER_MUTE;
      break;
    case SIGNER_DELEGATE:
      spec.usage = OCSP_SIGNING;
      break;
    case SIGNER_EXPIRED_DELEGATE:
      spec.usage = OCSP_SIGNING;
      spec.from_s = -2 * DAY;
      spec.to_s = -DAY;
      break;
    case SIGNER_FOREIGN_DELEGATE:
      spec.usage = OCSP_SIGNING;
      spec.issuer = world->signers[SIGNER_OTHER];
      break;
    case SIGNER_SERVER:
    default:
      break;
    }

  return wax_test_certificate_new (&spec);
}

static WaxTestCertificate *
make_leaf (World *world, const Case *one, const WaxTestCertificate *issuer)
{
  return wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf",
      .names = "localhost",
      .issuer = issuer,
      .ocsp_url = one->ocsp.manner != MANNER_NONE ? world->ocsp_url : NULL,
      .crl_url = one->crl.manner != MANNER_NONE ? world->crl_url : NULL,
  });
}

static void
world_clear (World *world)
{
  g_clear_pointer (&world->server, wax_test_http_server_free);
  for (guint i = 0; i < N_SIGNERS; i++)
    g_clear_pointer (&world->signers[i], wax_test_certificate_free);
  g_clear_pointer (&world->leaf, wax_test_certificate_free);
  g_clear_pointer (&world->other_leaf, wax_test_certificate_free);
  temp_folder_remove (world->folder);
  g_mutex_clear (&world->mutex);
  g_free (world->folder);
  g_free (world->ocsp_url);
  g_free (world->crl_url);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
world_prepare (World *world)
{
  g_mutex_init (&world->mutex);
  world->folder = temp_folder_new ();
  world->server = wax_test_http_server_new (answer, world);
  world->ocsp_url = wax_test_http_server_url (world->server, "/ocsp");
  world->crl_url = wax_test_http_server_url (world->server, "/list.crl");
  for (int i = 0; i < N_SIGNERS; i++)
    world->signers[i] = make_signer (world, (Signer) i);
}

/* A request about the other leaf, made by openssl(1). */
static void
write_other_request (World *world)
{
  const char *names[] = { "other.pem", "root.pem" };
  const WaxTestCertificate *certificates[] = { world->other_leaf, world->signers[SIGNER_ROOT] };
  char *argv[] = { "openssl",   "ocsp",    "-issuer",       "root.pem",  "-cert",
                   "other.pem", "-reqout", "other-request", "-no_nonce", NULL };
  int status = -1;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (world->folder, names[i], NULL);

      g_assert_true (g_file_set_contents (path, certificates[i]->own_pem, -1, NULL));
    }
  g_assert_true (g_spawn_sync (world->folder, argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
world_set (World *world, const Case *one, const WaxTestCertificate *issuer)
{
  world->now = one;
  g_clear_pointer (&world->leaf, wax_test_certificate_free);
  g_clear_pointer (&world->other_leaf, wax_test_certificate_free);
  world->leaf = make_leaf (world, one, issuer);
  world->other_leaf = make_leaf (world, one, issuer);
  if (one->ocsp.replayed)
    write_other_request (world);
}

static WaxRevocationState
ask (World *world,
     const WaxTestCertificate *issuer,
     const WaxRevocationCache *cache,
     gint64 later_s,
     guint timeout_s,
     char **detail)
{
  g_autoptr (GPtrArray) chain = authority_chain (world->leaf, issuer);
  WaxRevocationState state = wax_revocation_ask (
      &(WaxRevocationQuestion) { chain, cache, wax_clock_now () / G_USEC_PER_SEC + later_s, timeout_s },
      detail, NULL);

  g_assert_nonnull (*detail);
  g_assert_true (g_str_has_suffix (*detail, "."));
  g_test_message ("%s", *detail);

  return state;
}

/* ---- what is answered ---- */

#define GOOD_OCSP { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD }
#define GOOD_LIST { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD }

static const Case cases[] = {
  { "ocsp-good", GOOD_OCSP, .state = WAX_REVOCATION_GOOD,
    .words = "is not revoked, says the OCSP responder of 127.0.0.1" },
  { "ocsp-only-post",
    { MANNER_ONLY_POST, SIGNER_ROOT, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_GOOD,
    .words = "OCSP" },
  { "ocsp-revoked",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED },
    .state = WAX_REVOCATION_REVOKED,
    .words = "was revoked at 2026-01-01T12:00:00Z" },
  { "ocsp-on-hold",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_ON_HOLD },
    .state = WAX_REVOCATION_REVOKED,
    .words = "was suspended" },
  { "ocsp-unknown",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_UNKNOWN },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "unknown" },
  { "ocsp-by-delegate",
    { MANNER_ANSWERS, SIGNER_DELEGATE, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_GOOD,
    .words = "OCSP" },
  { "ocsp-revoked-by-delegate",
    { MANNER_ANSWERS, SIGNER_DELEGATE, AUTHORITY_REVOKED },
    .state = WAX_REVOCATION_REVOKED,
    .words = "OCSP" },
  { "ocsp-by-server",
    { MANNER_ANSWERS, SIGNER_SERVER, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "not made for OCSP" },
  { "ocsp-by-other",
    { MANNER_ANSWERS, SIGNER_OTHER, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "signed" },
  { "ocsp-by-foreign-delegate",
    { MANNER_ANSWERS, SIGNER_FOREIGN_DELEGATE, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "signed" },
  { "ocsp-by-expired-delegate",
    { MANNER_ANSWERS, SIGNER_EXPIRED_DELEGATE, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "expired" },
  { "ocsp-replayed",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD, .replayed = TRUE },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "another certificate" },
  { "ocsp-expired", GOOD_OCSP, .later_s = 2 * DAY, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "out of date" },
  { "ocsp-revoked-expired",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED },
    .later_s = 2 * DAY,
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "out of date" },
  { "ocsp-of-the-future", GOOD_OCSP, .later_s = -3600, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "of the future" },
  { "ocsp-clocks-differ", GOOD_OCSP, .later_s = -200, .state = WAX_REVOCATION_GOOD, .words = "OCSP" },
  { "ocsp-without-end",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD, .endless = TRUE },
    .state = WAX_REVOCATION_GOOD,
    .words = "OCSP" },
  { "ocsp-without-end-old",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD, .endless = TRUE },
    .later_s = 2 * 3600,
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "out of date" },
  { "ocsp-flipped",
    { MANNER_FLIPPED, SIGNER_ROOT, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "signed" },
  { "ocsp-cut",
    { MANNER_CUT, SIGNER_ROOT, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "not an OCSP response" },
  { "ocsp-garbage", { MANNER_GARBAGE }, .state = WAX_REVOCATION_NO_ANSWER, .words = "not an OCSP response" },
  { "ocsp-empty", { MANNER_EMPTY }, .state = WAX_REVOCATION_NO_ANSWER, .words = "not an OCSP response" },
  { "ocsp-try-later", { MANNER_TRY_LATER }, .state = WAX_REVOCATION_NO_ANSWER, .words = "try later" },
  { "ocsp-503", { MANNER_503 }, .state = WAX_REVOCATION_NO_ANSWER, .words = "503" },
  { "ocsp-wrong-type",
    { MANNER_WRONG_TYPE, SIGNER_ROOT, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "something else" },
  { "ocsp-huge", { MANNER_HUGE }, .state = WAX_REVOCATION_NO_ANSWER, .words = "more than the 65536 octets" },
  { "no-issuer", GOOD_OCSP, .no_issuer = TRUE, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "own certificate is not known" },
  { "no-place", .state = WAX_REVOCATION_NO_PLACE, .words = "names no place" },

  { "list-good", .crl = GOOD_LIST, .state = WAX_REVOCATION_GOOD,
    .words = "is not revoked, says the revocation list of 127.0.0.1" },
  { "list-revoked", .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED },
    .state = WAX_REVOCATION_REVOKED, .words = "was revoked at 2026-01-01T12:00:00Z" },
  { "list-revoked-another", .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED, .replayed = TRUE },
    .state = WAX_REVOCATION_GOOD, .words = "list" },
  { "list-on-hold", .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_ON_HOLD },
    .state = WAX_REVOCATION_REVOKED, .words = "was suspended" },
  { "list-removed", .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REMOVED }, .state = WAX_REVOCATION_GOOD,
    .words = "list" },
  { "list-by-other", .crl = { MANNER_ANSWERS, SIGNER_OTHER, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "not signed" },
  { "list-by-delegate", .crl = { MANNER_ANSWERS, SIGNER_DELEGATE, AUTHORITY_GOOD },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "another authority" },
  { "list-expired", .crl = GOOD_LIST, .later_s = 2 * DAY, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "out of date" },
  { "list-of-the-future", .crl = GOOD_LIST, .later_s = -3600, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "of the future" },
  { "list-of-this-place",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED,
             .extensions = "issuingDistributionPoint = critical, @idp\n[idp]\nfullname = "
                           "URI:http://127.0.0.1:1/other, URI:URL\nonlyuser = TRUE" },
    .state = WAX_REVOCATION_REVOKED, .words = "list" },
  { "list-of-another-place",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions = "issuingDistributionPoint = critical, @idp\n[idp]\nfullname = "
                           "URI:http://127.0.0.1:1/other" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "another place" },
  { "list-of-authorities",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions = "issuingDistributionPoint = critical, @idp\n[idp]\nonlyCA = TRUE" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "another kind" },
  { "list-of-attributes",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions = "issuingDistributionPoint = critical, @idp\n[idp]\nonlyAA = TRUE" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "another kind" },
  { "list-of-some-reasons",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions =
                 "issuingDistributionPoint = critical, @idp\n[idp]\nonlysomereasons = keyCompromise" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "some reasons" },
  { "list-indirect",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions = "issuingDistributionPoint = critical, @idp\n[idp]\nindirectCRL = TRUE" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "indirect" },
  { "list-of-changes",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD,
             .extensions = "2.5.29.27 = critical, DER:02:01:01" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "changes only" },
  { "list-with-a-critical-part",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD, .extensions = "1.2.3.4 = critical, DER:05:00" },
    .state = WAX_REVOCATION_NO_ANSWER, .words = "critical part" },
  { "list-with-another-part",
    .crl = { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED, .extensions = "1.2.3.4 = DER:05:00" },
    .state = WAX_REVOCATION_REVOKED, .words = "list" },
  { "list-flipped", .crl = { MANNER_FLIPPED, SIGNER_ROOT, AUTHORITY_GOOD }, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "not signed" },
  { "list-cut", .crl = { MANNER_CUT, SIGNER_ROOT, AUTHORITY_GOOD }, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "not a revocation list" },
  { "list-garbage", .crl = { MANNER_GARBAGE }, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "not a revocation list" },
  { "list-huge", .crl = { MANNER_HUGE }, .state = WAX_REVOCATION_NO_ANSWER,
    .words = "more than the 20971520 octets" },
  { "list-503", .crl = { MANNER_503 }, .state = WAX_REVOCATION_NO_ANSWER, .words = "503" },

  { "list-where-ocsp-fails",
    { MANNER_503 },
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED },
    .state = WAX_REVOCATION_REVOKED,
    .words = "list" },
  { "list-where-ocsp-does-not-know",
    { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_UNKNOWN },
    GOOD_LIST,
    .state = WAX_REVOCATION_GOOD,
    .words = "list" },
  { "neither",
    { MANNER_GARBAGE },
    { MANNER_GARBAGE },
    .state = WAX_REVOCATION_NO_ANSWER,
    .words = "; the revocation list" },
};

static void
test_case (gconstpointer data)
{
  const Case *one = data;
  g_auto (World) world = { 0 };
  const WaxTestCertificate *root;
  g_autofree char *detail = NULL;

  world_prepare (&world);
  root = world.signers[SIGNER_ROOT];
  world_set (&world, one, root);
  g_assert_cmpint (ask (&world, one->no_issuer ? NULL : root, NULL, one->later_s, 60, &detail), ==,
                   one->state);
  g_assert_nonnull (strstr (detail, one->words));
}

/* The authority's certificate says that it may not sign lists. */
static void
test_mute_authority (void)
{
  static const Case one = { "mute", .crl = { MANNER_ANSWERS, SIGNER_MUTE, AUTHORITY_GOOD } };
  g_auto (World) world = { 0 };
  g_autofree char *detail = NULL;

  world_prepare (&world);
  world_set (&world, &one, world.signers[SIGNER_MUTE]);
  g_assert_cmpint (ask (&world, world.signers[SIGNER_MUTE], NULL, 0, 60, &detail), ==,
                   WAX_REVOCATION_NO_ANSWER);
  g_assert_nonnull (strstr (detail, "may not sign lists"));
}

/* ---- the chain ---- */

static void
check_chain (AuthorityVerdict leaf_verdict,
             Manner authority_manner,
             AuthorityVerdict authority_verdict,
             WaxRevocationState state,
             const char *words)
{
  /* The leaf asks by OCSP, the authority by a list. */
  Case one = { "chain", .ocsp = { MANNER_ANSWERS, SIGNER_ROOT, leaf_verdict },
               .crl = { authority_manner, SIGNER_ROOT, authority_verdict } };
  g_auto (World) world = { 0 };
  g_autoptr (WaxTestCertificate) intermediate = NULL;
  g_autoptr (WaxTestCertificate) root = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *detail = NULL;

  world_prepare (&world);
  root = g_steal_pointer (&world.signers[SIGNER_ROOT]);
  intermediate = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "Intermediate", .issuer = root, .is_ca = TRUE, .crl_url = world.crl_url });
  /* The responder signs for the intermediate; the list is the root's, about it. */
  world.signers[SIGNER_ROOT] = intermediate;
  world.now = &one;
  world.leaf = wax_test_certificate_new (&(WaxTestCertificateSpec) {
      .common_name = "leaf", .names = "localhost", .issuer = intermediate, .ocsp_url = world.ocsp_url });
  chain = authority_chain (world.leaf, intermediate);
  g_ptr_array_add (chain, authority_der (root->own_pem));

  {
    /* First the leaf alone, so that its answer is kept; then the list's world. */
    g_autoptr (GPtrArray) leaf_chain = authority_chain (world.leaf, intermediate);
    g_autofree char *leaf_detail = NULL;
    WaxRevocationQuestion question = { leaf_chain, wax_revocation_cache_in_memory (),
                                       wax_clock_now () / G_USEC_PER_SEC, 60 };
    WaxTestCertificate *leaf = world.leaf;

    wax_revocation_ask (&question, &leaf_detail, NULL);
    g_test_message ("%s", leaf_detail);
    world.signers[SIGNER_ROOT] = root;
    world.leaf = intermediate;
    question.chain = chain;
    wax_test_http_server_requests (world.server);
    g_assert_cmpint (wax_revocation_ask (&question, &detail, NULL), ==, state);
    g_test_message ("%s", detail);
    g_assert_nonnull (strstr (detail, words));
    g_assert_cmpuint (wax_test_http_server_requests (world.server), ==,
                      leaf_verdict == AUTHORITY_GOOD ? 1 : 0);
    world.leaf = leaf;
    world.signers[SIGNER_ROOT] = NULL;
  }
}

static void
test_chain (void)
{
  check_chain (AUTHORITY_GOOD, MANNER_ANSWERS, AUTHORITY_GOOD, WAX_REVOCATION_GOOD,
               "The server's certificate is not");
  check_chain (AUTHORITY_GOOD, MANNER_ANSWERS, AUTHORITY_REVOKED, WAX_REVOCATION_REVOKED,
               "The authority's certificate “CN=Intermediate” was revoked");
  check_chain (AUTHORITY_GOOD, MANNER_503, AUTHORITY_GOOD, WAX_REVOCATION_NO_ANSWER,
               "The authority's certificate “CN=Intermediate” could not");
  check_chain (AUTHORITY_REVOKED, MANNER_ANSWERS, AUTHORITY_GOOD, WAX_REVOCATION_REVOKED,
               "The server's certificate was revoked");
}

/* The server sends an authority of its own making, with the name of the one that signed
 * its certificate, and answers with that one's key. GIO was seen to refuse such a chain; nobody is to
 * be believed here for that alone. */
static void
check_impostor (const Case *one)
{
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  const WaxTestCertificate *root, *impostor;
  WaxTestCertificate *swapped;

  world_prepare (&world);
  root = world.signers[SIGNER_ROOT];
  impostor = world.signers[SIGNER_OTHER];
  world_set (&world, one, root);
  /* Whatever is said from here on, the impostor says. */
  swapped = world.signers[SIGNER_ROOT];
  world.signers[SIGNER_ROOT] = world.signers[SIGNER_OTHER];
  world.signers[SIGNER_OTHER] = swapped;
  chain = authority_chain (world.leaf, impostor);
  for (guint with_root = 0; with_root < 2; with_root++)
    {
      g_autofree char *detail = NULL;
      WaxRevocationState state = wax_revocation_ask (
          &(WaxRevocationQuestion) { chain, NULL, wax_clock_now () / G_USEC_PER_SEC, 60 }, &detail, NULL);

      g_test_message ("%s", detail);
      g_assert_cmpint (state, ==, WAX_REVOCATION_NO_ANSWER);
      g_ptr_array_add (chain, authority_der (root->own_pem));
    }
}

static void
test_impostor (void)
{
  static const Case ocsp = { "", GOOD_OCSP };
  static const Case crl = { "", .crl = GOOD_LIST };

  check_impostor (&ocsp);
  check_impostor (&crl);
}

/* An authority whom a certificate of its name stands before is found all the same. */
static void
test_out_of_order (void)
{
  static const Case one = { "", { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED } };
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *detail = NULL;

  world_prepare (&world);
  world_set (&world, &one, world.signers[SIGNER_ROOT]);
  chain = authority_chain (world.leaf, world.signers[SIGNER_OTHER]);
  g_ptr_array_add (chain, authority_der (world.signers[SIGNER_ROOT]->own_pem));
  g_assert_cmpint (
      wax_revocation_ask (&(WaxRevocationQuestion) { chain, NULL, wax_clock_now () / G_USEC_PER_SEC, 60 },
                          &detail, NULL),
      ==, WAX_REVOCATION_REVOKED);
}

/* ---- the cache ---- */

static void
check_cache (const Case *one, guint requests)
{
  const WaxRevocationCache *cache = wax_revocation_cache_in_memory ();
  g_auto (World) world = { 0 };
  const WaxTestCertificate *root;

  world_prepare (&world);
  root = world.signers[SIGNER_ROOT];
  world_set (&world, one, root);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *detail = NULL;

      g_assert_cmpint (ask (&world, root, cache, 0, 60, &detail), ==, one->state);
      g_assert_cmpuint (wax_test_http_server_requests (world.server), ==,
                        i == 0 || one->state == WAX_REVOCATION_NO_ANSWER ? requests : 0);
    }
  {
    /* What was kept is judged again: a day later it is asked for, and is out of date. */
    g_autofree char *detail = NULL;

    g_assert_cmpint (ask (&world, root, cache, 2 * DAY, 60, &detail), ==, WAX_REVOCATION_NO_ANSWER);
    g_assert_cmpuint (wax_test_http_server_requests (world.server), ==, requests);
  }
}

static void
test_cache (void)
{
  static const Case ocsp = { "", GOOD_OCSP, .state = WAX_REVOCATION_GOOD };
  static const Case revoked = { "",
                                { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_REVOKED },
                                .state = WAX_REVOCATION_REVOKED };
  static const Case crl = { "", .crl = GOOD_LIST, .state = WAX_REVOCATION_GOOD };
  static const Case wrong = { "",
                              { MANNER_ANSWERS, SIGNER_OTHER, AUTHORITY_GOOD },
                              .state = WAX_REVOCATION_NO_ANSWER };

  check_cache (&ocsp, 1);
  check_cache (&revoked, 1);
  check_cache (&crl, 1);
  check_cache (&wrong, 1);
}

static void
keep_sized (const WaxRevocationCache *cache, const char *key, gsize size, gint64 expires)
{
  g_autoptr (GBytes) octets = g_bytes_new_take (g_malloc0 (size), size);

  cache->keep (cache->data, key, octets, expires);
}

static gboolean
has (const WaxRevocationCache *cache, const char *key)
{
  g_autoptr (GBytes) octets = cache->lookup (cache->data, key);

  return octets != NULL;
}

static void
test_memory_is_bounded (void)
{
  const WaxRevocationCache *cache = wax_revocation_cache_in_memory ();
  gint64 now = wax_clock_now () / G_USEC_PER_SEC;

  keep_sized (cache, "gone", 10, now - 1);
  g_assert_false (has (cache, "gone"));
  keep_sized (cache, "first", 6 * 1024 * 1024, now + 60);
  keep_sized (cache, "second", 6 * 1024 * 1024, now + 60);
  g_assert_true (has (cache, "first"));
  keep_sized (cache, "third", 6 * 1024 * 1024, now + 60);
  g_assert_true (has (cache, "first"));
  g_assert_false (has (cache, "second"));
  g_assert_true (has (cache, "third"));
  keep_sized (cache, "enormous", 17 * 1024 * 1024, now + 60);
  g_assert_false (has (cache, "enormous"));
  g_assert_true (has (cache, "third"));
  keep_sized (cache, "third", 1, now + 60);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *key = g_strdup_printf ("small %u", i);

      keep_sized (cache, key, 10, now + 60);
    }
  g_assert_false (has (cache, "third"));
  g_assert_true (has (cache, "small 299"));
  g_assert_true (has (cache, "small 100"));
  g_assert_false (has (cache, "small 0"));
}

/* ---- limits ---- */

static void
test_time (void)
{
  static const Case one = { "", { MANNER_SILENT }, { MANNER_ANSWERS, SIGNER_ROOT, AUTHORITY_GOOD } };
  g_auto (World) world = { 0 };
  const WaxTestCertificate *root;
  g_autofree char *detail = NULL;

  world_prepare (&world);
  root = world.signers[SIGNER_ROOT];
  world_set (&world, &one, root);
  g_assert_cmpint (ask (&world, root, NULL, 0, 1, &detail), ==, WAX_REVOCATION_NO_ANSWER);
  g_assert_nonnull (strstr (detail, "did not answer within"));
  g_assert_nonnull (strstr (detail, "there was no time left"));
}

static gpointer
cancel_soon (gpointer data)
{
  World *world = ((gpointer *) data)[0];

  /* The question has arrived, and will not be answered. */
  while (wax_test_http_server_requests (world->server) == 0)
    g_usleep (1000);
  g_cancellable_cancel (((gpointer *) data)[1]);

  return NULL;
}

static void
test_cancel (void)
{
  static const Case one = { "", { MANNER_SILENT }, { MANNER_SILENT } };
  g_auto (World) world = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) chain = NULL;
  g_autofree char *detail = NULL;
  gpointer both[2] = { &world, cancellable };
  GThread *thread;

  world_prepare (&world);
  world_set (&world, &one, world.signers[SIGNER_ROOT]);
  chain = authority_chain (world.leaf, world.signers[SIGNER_ROOT]);
  thread = g_thread_new ("cancel", cancel_soon, both);
  g_assert_cmpint (
      wax_revocation_ask (&(WaxRevocationQuestion) { chain, NULL, wax_clock_now () / G_USEC_PER_SEC, 3000 },
                          &detail, cancellable),
      ==, WAX_REVOCATION_NO_ANSWER);
  g_thread_join (thread);
  g_assert_cmpuint (wax_test_http_server_requests (world.server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_setenv ("no_proxy", "*", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/tls/revocation/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/tls/revocation/list-by-mute-authority", test_mute_authority);
  g_test_add_func ("/tls/revocation/chain", test_chain);
  g_test_add_func ("/tls/revocation/impostor", test_impostor);
  g_test_add_func ("/tls/revocation/out-of-order", test_out_of_order);
  g_test_add_func ("/tls/revocation/cache", test_cache);
  g_test_add_func ("/tls/revocation/memory-is-bounded", test_memory_is_bounded);
  g_test_add_func ("/tls/revocation/time", test_time);
  g_test_add_func ("/tls/revocation/cancel", test_cancel);

  return g_test_run ();
}
