/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One connection to an encrypted file: opened, proved to be encrypted, keyed,
 * and set up. All that pins the file's cryptography stands here. A process can
 * have another SQLite in front of SQLCipher (some libraries pull it in); that
 * one takes a key without a word and writes plaintext. So each connection is
 * asked for its cipher before it gets the key, and the file's header is looked
 * at before and after. */

#include "store-connection.h"
#include "store-private.h"

#include <string.h>

#define KEY_LENGTH 32

static const char plain_header[] = "SQLite format 3";

/* Right after the key and before the file is read. These are SQLCipher 4's own
 * values, said aloud so that no build and no later version reads them otherwise. */
static const char cipher_parameters[] = "PRAGMA cipher_page_size = 4096;"
                                        "PRAGMA cipher_use_hmac = ON;"
                                        "PRAGMA cipher_hmac_algorithm = HMAC_SHA512;"
                                        "PRAGMA cipher_kdf_algorithm = PBKDF2_HMAC_SHA512;"
                                        "PRAGMA cipher_plaintext_header_size = 0;";

/* SQLCipher reports to stderr what it also returns; that is not for a program
 * whose standard error is read by people. */
static const char quiet[] = "PRAGMA cipher_log_level = NONE";

static const char connection_parameters[] = "PRAGMA foreign_keys = ON;"
                                            "PRAGMA secure_delete = ON;"
                                            "PRAGMA temp_store = MEMORY;"
                                            "PRAGMA trusted_schema = OFF;"
                                            "PRAGMA synchronous = FULL;";

/* The first column of the first row, or %NULL. */
static char *
query_text (sqlite3 *db, const char *sql, int *code)
{
  sqlite3_stmt *stmt = NULL;
  char *text = NULL;

  *code = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);
  if (*code != SQLITE_OK)
    return NULL;
  *code = sqlite3_step (stmt);
  if (*code == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  if (*code == SQLITE_ROW || *code == SQLITE_DONE)
    *code = SQLITE_OK;
  sqlite3_finalize (stmt);

  return text;
}

static gboolean
is_cipher (sqlite3 *db, GError **error)
{
  int code;
  g_autofree char *version = query_text (db, "PRAGMA cipher_version", &code);

  if (version != NULL && *version != '\0')
    return TRUE;

  g_set_error (error, WAX_STORE_ERROR, WAX_STORE_ERROR_CIPHER,
               "The SQLite in this process (%s) cannot encrypt, so nothing is written. Waxseal was built or "
               "installed wrongly: it needs SQLCipher, ahead of any other SQLite.",
               sqlite3_libversion ());

  return FALSE;
}

gboolean
wax_store_connection_can_encrypt (GError **error)
{
  sqlite3 *db = NULL;
  int code = sqlite3_open_v2 (":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  gboolean can;

  if (code == SQLITE_OK)
    can = is_cipher (db, error);
  else
    {
      wax_store_set_error (error, db, "(memory)", code);
      can = FALSE;
    }
  sqlite3_close (db);

  return can;
}

gboolean
wax_store_connection_is_plain (sqlite3 *db)
{
  sqlite3_file *file = NULL;
  char header[sizeof plain_header] = { 0 };

  /* Through SQLite's own descriptor: closing another one would drop its locks. */
  if (sqlite3_file_control (db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL
      || file->pMethods == NULL || file->pMethods->xRead (file, header, sizeof header, 0) != SQLITE_OK)
    return FALSE;

  return memcmp (header, plain_header, sizeof plain_header) == 0;
}

static int
give_key (sqlite3 *db, WaxSecret *key)
{
  g_autoptr (WaxSecret) hex = wax_secret_to_hex (key);
  g_autoptr (WaxSecret) raw = wax_secret_wrap (hex, "x'", "'");

  /* Not PRAGMA key: the statement's text would stay in SQLite's memory. */
  return sqlite3_key (db, wax_secret_peek (raw), (int) wax_secret_get_length (raw));
}

static int
set_up (sqlite3 *db, WaxSecret *key)
{
  int code = sqlite3_exec (db, quiet, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    code = give_key (db, key);
  /* Again: the first key of a process starts the cipher, and its reports anew. */
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, quiet, NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, cipher_parameters, NULL, NULL, NULL);
  /* The first read of the file: this is where a wrong key shows. */
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, "SELECT count (*) FROM sqlite_schema", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, connection_parameters, NULL, NULL, NULL);

  return code;
}

sqlite3 *
wax_store_connection_open (const char *path, WaxSecret *key, GError **error)
{
  sqlite3 *db = NULL;
  int code;

  g_return_val_if_fail (wax_secret_get_length (key) == KEY_LENGTH, NULL);

  code = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                          NULL);
  if (code != SQLITE_OK)
    goto failed;
  if (!is_cipher (db, error))
    {
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_busy_timeout (db, WAX_STORE_PATIENCE_MS);
  if (wax_store_connection_is_plain (db))
    {
      g_set_error (
          error, WAX_STORE_ERROR, WAX_STORE_ERROR_KEY,
          "%s is a database that is not encrypted, so not one of Waxseal's. Nothing was written to it.",
          path);
      sqlite3_close (db);
      return NULL;
    }
  code = set_up (db, key);
  if (code != SQLITE_OK)
    goto failed;

  return db;

failed:
  wax_store_set_error (error, db, path, code);
  sqlite3_close (db);

  return NULL;
}

gboolean
wax_store_connection_use_wal (sqlite3 *db, const char *path, GError **error)
{
  int code;
  g_autofree char *mode = query_text (db, "PRAGMA journal_mode = WAL", &code);

  if (code == SQLITE_OK && g_strcmp0 (mode, "wal") == 0)
    return TRUE;

  if (code != SQLITE_OK)
    wax_store_set_error (error, db, path, code);
  else
    g_set_error (
        error, WAX_STORE_ERROR, WAX_STORE_ERROR_FAILED,
        "The file system of %s cannot hold a database that several programs use. Keep the profile on a "
        "local disk.",
        path);

  return FALSE;
}

int
wax_store_connection_query_int (sqlite3 *db, const char *sql, gint64 *value)
{
  int code;
  g_autofree char *text = query_text (db, sql, &code);

  *value = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;

  return code;
}

char *
wax_store_connection_query_text (sqlite3 *db, const char *sql, int *code)
{
  return query_text (db, sql, code);
}
