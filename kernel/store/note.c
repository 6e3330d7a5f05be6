// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/note.h"

#include <stdarg.h>
#include <stdio.h>

void note(const struct notes *n, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (!n || !n->fn)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n->fn(n->arg, text);
}
