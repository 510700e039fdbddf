/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>
#include <string.h>

/* The authority and the certificate that the seeds of ocsp and crl are about; its key
 * was thrown away. They are valid for a hundred years from 2026 on. */

/* A time at which the seeds hold. */
#define FUZZ_NOW G_GINT64_CONSTANT (1795518200)

static const char fuzz_issuer_pem[] =
  "-----BEGIN CERTIFICATE-----\n"
  "MIIBhTCCASugAwIBAgIUCVfKKtH9aMtYdY6VqZulLCd5zREwCgYIKoZIzj0EAwIw\n"
  "DzENMAsGA1UEAwwEUm9vdDAgFw0yNjExMjQxMTAyMzNaGA8yMTI2MTAzMTExMDIz\n"
  "M1owDzENMAsGA1UEAwwEUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAwI\n"
  "cq1vpXvMHQXUENZ0McAfTUCPI8knVk1OlnIHUZr58EppIWOtJGrb8Ipdt8qUSj2R\n"
  "3dy/RYK01HTstx1IP3+jYzBhMB0GA1UdDgQWBBT369tsP5NtnRKf8sG1hF5WMfPn\n"
  "rjAfBgNVHSMEGDAWgBT369tsP5NtnRKf8sG1hF5WMfPnrjAPBgNVHRMBAf8EBTAD\n"
  "AQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNIADBFAiEAzeKVhfckUvIo\n"
  "b88gPQOz/E2PMIT3oRsLtqvdbWFtQegCIBUU5VtPqtZF6oqFPS1llz7/4n9DDafq\n"
  "uisqJUhsbeff\n"
  "-----END CERTIFICATE-----\n";

static const char fuzz_leaf_pem[] =
  "-----BEGIN CERTIFICATE-----\n"
  "MIIBeDCCAR+gAwIBAgIIQkJCQkJCQkIwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwE\n"
  "Um9vdDAgFw0yNjExMjQxMTAyMzNaGA8yMTI2MTAzMTExMDIzM1owDzENMAsGA1UE\n"
  "AwwEbGVhZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF5M08GLGFPsNMr7hHfx\n"
  "Us8Hocp+ZbCefxrd8/wRK2U8GY+HYETEaZm7rZVl5taCXFHsNdnoZRxwKpuRwO93\n"
  "DMajYzBhMAkGA1UdEwQCMAAwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1UdDgQW\n"
  "BBRACfLBOZUgY5lWOkQKslxjFed0YzAfBgNVHSMEGDAWgBT369tsP5NtnRKf8sG1\n"
  "hF5WMfPnrjAKBggqhkjOPQQDAgNHADBEAiAvKz5V038plSgH+TZtNyf2hAzTOnp6\n"
  "DCpQTx3YkqRwUwIgH6acVX0cNTtqDkOFtCUi2sL8e2ArPIZP4o16aKemku4=\n"
  "-----END CERTIFICATE-----\n";

static inline gnutls_x509_crt_t
fuzz_certificate (const char *pem)
{
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_crt_t certificate;

  g_assert_cmpint (gnutls_x509_crt_init (&certificate), >=, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM), >=, 0);

  return certificate;
}
