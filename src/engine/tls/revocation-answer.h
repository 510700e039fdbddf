/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* What the files of this room that deal with revocation share. */

#define WAX_REVOCATION_ERROR (wax_revocation_error_quark ())
GQuark wax_revocation_error_quark (void);

/** Why what came back is no answer. Each message is a clause that goes on from "…, which " or "it ". */
typedef enum {
  WAX_REVOCATION_ERROR_MALFORMED,
  WAX_REVOCATION_ERROR_REFUSED,   /* the responder itself says that it has no answer */
  WAX_REVOCATION_ERROR_SIGNATURE, /* not signed by who may */
  WAX_REVOCATION_ERROR_SCOPE,     /* not about this certificate */
  WAX_REVOCATION_ERROR_TIME,      /* of another time */
  WAX_REVOCATION_ERROR_UNKNOWN,   /* the responder does not know the certificate */
} WaxRevocationError;

/** Seconds that clocks may differ. */
#define WAX_REVOCATION_SKEW_S 300
/** Seconds that an answer which names no end is taken for. */
#define WAX_REVOCATION_SHORT_S 3600

/**
 * WaxRevocationAnswer:
 *
 * What somebody who may say so said of one certificate.
 * @since: when; @until: to when; both seconds since the Unix epoch
 * @revoked_at: since when, if @revoked
 */
typedef struct {
  gboolean revoked;
  gboolean on_hold;
  gint64   since;
  gint64   until;
  gint64   revoked_at;
} WaxRevocationAnswer;

/**
 * Whether an answer of @since to @until (0: it names no end) counts at @now; sets both in @answer.
 */
gboolean wax_revocation_answer_set_times (WaxRevocationAnswer  *answer,
                                          gint64                since,
                                          gint64                until,
                                          gint64                now,
                                          GError              **error);

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)

G_END_DECLS
