/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_ns(void);
/* Milliseconds since the machine was booted, sleep included. */
uint64_t clock_boot_ms(void);
/* UTC now as "2026-01-31T12:34:56.123456Z" into @out (28 bytes). */
void clock_utc(char out[28]);

#endif
