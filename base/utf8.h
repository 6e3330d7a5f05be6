/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths and arguments may hold any byte; JSON, in which all that is told is kept, only UTF-8. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the sequence at @p (NUL-terminated) and, if wanted, its code point; 0: there is none. No
 * overlong form, no surrogate, nothing beyond U+10FFFF. NUL has one byte.
 */
size_t utf8_sequence(const char *p, uint32_t *code);
bool utf8_valid(const char *text);
/*
 * Bytes of the sequence at @text that is no control character and does not turn the direction of
 * text; 0: there is none. What may be shown of a stranger's text as it is.
 */
size_t utf8_printable(const char *text);
/*
 * -EILSEQ with "WHAT 'TEXT' is not UTF-8, which ..." and its bad bytes as \xNN, if it is not; NULL
 * is nothing.
 */
int utf8_check(const char *what, const char *text, struct err *e);

#endif
