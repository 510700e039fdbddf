/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs one fuzz target as a test where libFuzzer is not there: every file of
 * its seed corpus, then mutations of them from a fixed seed, so that a failure
 * comes again on the next run. With file names as arguments, runs just those.
 *
 *   fuzz-TARGET CORPUS-FOLDER        all seeds, then the mutations
 *   fuzz-TARGET FILE…                these inputs, for instance one that failed
 *
 * The input that was running when the process died is left in the file
 * `crash-TARGET` of the temporary folder; its name is the last line printed. */

#include "fuzz-target.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MUTATIONS     20000
#define LARGEST_INPUT (256 * 1024)
#define SEED          20261124
/* A target that is slow, under a sanitizer for instance, stops earlier. */
#define BUDGET_US (3 * G_USEC_PER_SEC)

/* What a signal handler needs to know. */
static const guint8 *running_data;
static gsize running_size;
static char crash_file[4096];

/* Exported by the sanitizers' runtime where there is one. */
extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

/* Leaves the input behind. Only calls that a signal handler may make. */
static void
keep_input (void)
{
  static const char words[] = "# the input that failed: ";
  int fd = open (crash_file, O_CREAT | O_WRONLY | O_TRUNC, 0600);

  if (fd < 0)
    return;
  if (write (fd, running_data, running_size) >= 0 && write (STDOUT_FILENO, words, sizeof words - 1) >= 0
      && write (STDOUT_FILENO, crash_file, strlen (crash_file)) >= 0 && write (STDOUT_FILENO, "\n", 1) >= 0)
    fsync (fd);
  close (fd);
}

static void
died_cb (int number)
{
  keep_input ();
  signal (number, SIG_DFL);
  raise (number);
}

static void
watch_for_death (const char *program)
{
  g_autofree char *base = g_path_get_basename (program);
  g_autofree char *name = g_strdup_printf ("%s/crash-%s", g_get_tmp_dir (), base);

  g_strlcpy (crash_file, name, sizeof crash_file);
  signal (SIGABRT, died_cb);
  signal (SIGTRAP, died_cb);
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (keep_input);
  else
    signal (SIGSEGV, died_cb);
}

/* The input is a copy of exactly its size, so that a read past its end shows. */
static void
run_one (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  running_data = copy;
  running_size = size;
  LLVMFuzzerTestOneInput (copy, size);
}

static GBytes *
read_input (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  if (!g_file_get_contents (path, &data, &length, &error))
    g_error ("%s", error->message);

  return g_bytes_new_take (data, length);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The seeds in the order of their names: a run must not hang on the file system's order. */
static GPtrArray *
read_corpus (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (seeds, read_input (names->pdata[i]));

  return g_steal_pointer (&seeds);
}

static gsize
pick (GRand *rand, gsize below)
{
  return below == 0 ? 0 : (gsize) g_rand_int_range (rand, 0, (gint32) MIN (below, G_MAXINT32));
}

static void
flip_bits (GByteArray *input, GRand *rand)
{
  for (gsize n = 1 + pick (rand, 4); n > 0 && input->len > 0; n--)
    input->data[pick (rand, input->len)] ^= (guint8) (1u << pick (rand, 8));
}

static void
set_interesting (GByteArray *input, GRand *rand)
{
  static const guint8 interesting[] = { 0x00, 0xff, 0x7f, 0x80, '\r', '\n', ' ', '-', '0', '9', '=', '<' };

  if (input->len > 0)
    input->data[pick (rand, input->len)] = interesting[pick (rand, sizeof interesting)];
}

static void
truncate_input (GByteArray *input, GRand *rand)
{
  g_byte_array_set_size (input, (guint) pick (rand, input->len + 1));
}

/* Puts a piece of @from anywhere into @input, over what is there or between. */
static void
put_piece (GByteArray *input, const guint8 *from, gsize size, gboolean over, GRand *rand)
{
  gsize start = pick (rand, size + 1), length = pick (rand, MIN (size - start, 4096) + 1);
  gsize at = pick (rand, input->len + 1);
  gsize tail = input->len - at;
  gsize skip = over ? MIN (length, tail) : 0;
  g_autofree guint8 *rest = g_memdup2 (input->data + at + skip, tail - skip);

  if (input->len + length > LARGEST_INPUT)
    return;
  g_byte_array_set_size (input, (guint) at);
  g_byte_array_append (input, from + start, (guint) length);
  if (tail > skip)
    g_byte_array_append (input, rest, (guint) (tail - skip));
}

static void
insert_noise (GByteArray *input, GRand *rand)
{
  guint8 noise[64];

  for (gsize i = 0; i < sizeof noise; i++)
    noise[i] = (guint8) g_rand_int_range (rand, 0, 256);
  put_piece (input, noise, sizeof noise, FALSE, rand);
}

static void
splice_seeds (GByteArray *input, GPtrArray *seeds, GRand *rand)
{
  gsize size;
  const guint8 *other = g_bytes_get_data (seeds->pdata[pick (rand, seeds->len)], &size);

  put_piece (input, other, size, g_rand_boolean (rand), rand);
}

static void
repeat_piece (GByteArray *input, GRand *rand)
{
  g_autofree guint8 *copy = g_memdup2 (input->data, input->len);

  put_piece (input, copy, input->len, FALSE, rand);
}

static void
run_mutation (GPtrArray *seeds, GRand *rand)
{
  gsize size;
  const guint8 *seed = g_bytes_get_data (seeds->pdata[pick (rand, seeds->len)], &size);
  g_autoptr (GByteArray) input = g_byte_array_new ();

  if (size > 0)
    g_byte_array_append (input, seed, (guint) MIN (size, LARGEST_INPUT));
  for (gsize n = 1 + pick (rand, 4); n > 0; n--)
    switch (pick (rand, 6))
      {
      case 0:
        flip_bits (input, rand);
        break;
      case 1:
        set_interesting (input, rand);
        break;
      case 2:
        truncate_input (input, rand);
        break;
      case 3:
        insert_noise (input, rand);
        break;
      case 4:
        splice_seeds (input, seeds, rand);
        break;
      default:
        repeat_piece (input, rand);
        break;
      }
  run_one (input->data, input->len);
}

static void
run_corpus (const char *folder)
{
  g_autoptr (GPtrArray) seeds = read_corpus (folder);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;
  guint n = 0;

  g_assert_cmpuint (seeds->len, >, 0);
  g_print ("TAP version 13\n1..2\n");
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (seeds->pdata[i], &size);

      run_one (data, size);
    }
  run_one (NULL, 0);
  g_print ("ok 1 seeds\n# %u seeds\n", seeds->len);

  while (n < MUTATIONS && g_get_monotonic_time () < deadline)
    {
      run_mutation (seeds, rand);
      n++;
    }
  g_print ("ok 2 mutations\n# %u mutations\n", n);
}

int
main (int argc, char **argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  watch_for_death (argv[0]);

  if (argc < 2)
    g_error ("usage: %s CORPUS-FOLDER | FILE…", argv[0]);
  if (g_file_test (argv[1], G_FILE_TEST_IS_DIR))
    {
      run_corpus (argv[1]);
      return 0;
    }
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GBytes) input = read_input (argv[i]);
      gsize size;
      const guint8 *data = g_bytes_get_data (input, &size);

      run_one (data, size);
    }

  return 0;
}
