// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/teller.h"

#include <stdarg.h>
#include <stdio.h>

#define NOTE_BYTES_MAX 4096
#define SIDE_BYTES_MAX 160

void teller_note(const struct teller *t, const char *fmt, ...)
{
	char text[NOTE_BYTES_MAX];
	va_list ap;

	if (!t || !t->note)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->note(t->arg, text);
}

void teller_side(const struct teller *t, unsigned side, const char *fmt, ...)
{
	char text[SIDE_BYTES_MAX];
	va_list ap;

	if (!t || !t->side)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->side(t->arg, side, text);
}

void teller_step(const struct teller *t, const struct teller_step *step)
{
	if (t && t->step)
		t->step(t->arg, step);
}

void teller_row(const struct teller *t, const char *text)
{
	if (t && t->row)
		t->row(t->arg, text);
}

void teller_console(const struct teller *t, const char *kernel, const char *text)
{
	if (t && t->console)
		t->console(t->arg, kernel, text);
}

void teller_done(const struct teller *t)
{
	if (t && t->done)
		t->done(t->arg);
}

void teller_hear_note(void *arg, const char *text)
{
	teller_note(arg, "%s", text);
}

void teller_hear_side(void *arg, unsigned side, const char *text)
{
	teller_side(arg, side, "%s", text);
}

void teller_hear_watch(void *arg, const struct kernel_watch *w)
{
	const struct teller *t = arg;

	if (t && t->watch)
		t->watch(t->arg, w);
}
