/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes of a stranger's text may be shown as they are. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/*
 * Bytes of the valid UTF-8 sequence at @text that is no control character and does not turn the
 * direction of text; 0: there is none. Reads no further than the end of the string.
 */
size_t utf8_printable(const char *text);

#endif
