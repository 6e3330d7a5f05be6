// SPDX-License-Identifier: GPL-2.0-or-later
#define BASE_ERR_C
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 4, 0))) static void
err_start(struct err *e, int code, enum err_status status, const char *fmt, va_list ap)
{
	e->code = -code;
	e->status = status;
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -code;
	va_start(ap, fmt);
	err_start(e, code, ERR_TOOL, fmt, ap);
	va_end(ap);
	return -code;
}

int err_unmeasured(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -code;
	va_start(ap, fmt);
	err_start(e, code, ERR_UNMEASURED, fmt, ap);
	va_end(ap);
	return -code;
}

int err_errno(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	if (!e)
		return -code;
	va_start(ap, fmt);
	err_start(e, code, ERR_TOOL, fmt, ap);
	va_end(ap);
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s", strerror(code));
	return -code;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char chain[sizeof(e->text)];
	const char *tail = chain;
	size_t len, room, have;
	va_list ap;

	if (!e)
		return -EIO;
	memcpy(chain, e->text, sizeof(chain));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text) / 2, fmt, ap);
	va_end(ap);
	/* A caller that wraps has failed, whatever it forgot to set. */
	if (!e->code)
		e->code = -EIO;
	have = strlen(chain);
	if (!have)
		return e->code;
	len = strlen(e->text);
	room = sizeof(e->text) - len - sizeof(": ...");
	if (have > room)
		tail += have - room;
	snprintf(e->text + len, sizeof(e->text) - len, ": %s%s", have > room ? "..." : "", tail);
	return e->code;
}

int err_oom(struct err *e)
{
	return err_set(e, ENOMEM, "out of memory");
}

void err_clear(struct err *e)
{
	if (!e)
		return;
	e->code = 0;
	e->status = ERR_TOOL;
	e->text[0] = '\0';
}
