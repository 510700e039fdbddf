/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WAX_JSON_ERROR (wax_json_error_quark ())
GQuark wax_json_error_quark (void);

typedef enum {
  WAX_JSON_ERROR_FLOAT,  /* a double has no place in canonical octets of ours */
  WAX_JSON_ERROR_RANGE,  /* an integer outside ±(2^53 - 1), RFC 8785 section 3.2.2.3 */
  WAX_JSON_ERROR_PARSE,  /* not JSON, or not an object */
} WaxJsonError;

/**
 * wax_json_canonicalize:
 *
 * RFC 8785 (JCS): members sorted by UTF-16 code units, no white space, minimal
 * escapes. Integers only.
 * Returns: (transfer full): the octets as a string, or %NULL with a #WaxJsonError.
 */
char       *wax_json_canonicalize (JsonNode    *node,
                                   GError     **error);
/** Parses one object of at most @limit octets; depth is bounded at 64. */
JsonNode   *wax_json_parse_object (const char  *text,
                                   gssize       length,
                                   gsize        limit,
                                   GError     **error);
/** Pretty-printed with two spaces, for people and for `--json`. (transfer full) */
char       *wax_json_to_text      (JsonNode    *node);

/* Reading members of foreign objects: the fallback where absent or another type. */
const char *wax_json_get_string   (JsonObject  *object,
                                   const char  *member,
                                   const char  *fallback);
gint64      wax_json_get_int      (JsonObject  *object,
                                   const char  *member,
                                   gint64       fallback);
gboolean    wax_json_get_bool     (JsonObject  *object,
                                   const char  *member,
                                   gboolean     fallback);
/** (transfer none) (nullable) */
JsonObject *wax_json_get_object   (JsonObject  *object,
                                   const char  *member);
JsonArray  *wax_json_get_array    (JsonObject  *object,
                                   const char  *member);

G_END_DECLS
