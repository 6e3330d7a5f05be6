/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one error dialect: a function that can fail returns 0 or -errno and fills the caller's
 * struct err with a chain of "where: where: what", outermost first. Whoever adds knowledge wraps;
 * nobody below cmd/ prints.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* The exit status that an error asks for; see sysexits in slowpath(1). */
enum err_status {
	ERR_UNMEASURED = 125, /* the subject under test could not be measured */
	ERR_TOOL = 128,	      /* an input cannot be resolved, or host or tool failed (default) */
	ERR_USAGE = 129,      /* malformed command line */
};

struct err {
	int code; /* -errno of the first cause; 0 while nothing failed */
	enum err_status status;
	char text[2048]; /* the chain; too long a one loses its middle */
};

/* Start a chain: returns -code. A NULL err is allowed everywhere and drops the text. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As err_set() with ": strerror(code)" appended. */
int err_errno(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Put "fmt: " before the chain; returns the code that the chain holds. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As err_set(), and the error says that the subject could not be measured (exit 125). */
int err_unmeasured(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int err_oom(struct err *e);
void err_clear(struct err *e);

#if defined(__clang_analyzer__) && !defined(BASE_ERR_C)
/* clang-tidy reads one file at a time; it is told here that an error is never 0 or more. */
#define err_set(...) ((err_set)(__VA_ARGS__), -1)
#define err_errno(...) ((err_errno)(__VA_ARGS__), -1)
#define err_wrap(...) ((err_wrap)(__VA_ARGS__), -1)
#define err_unmeasured(...) ((err_unmeasured)(__VA_ARGS__), -1)
#define err_oom(...) ((err_oom)(__VA_ARGS__), -1)
#endif

#endif
