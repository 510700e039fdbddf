/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput:
 *
 * One fuzz target: feeds @data to a parser, and aborts if a promise of it is
 * broken. The name is libFuzzer's, which may be the caller; else fuzz-driver.c.
 * Returns: 0
 */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);
