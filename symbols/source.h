/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that a C file of the kernel defines, as universal-ctags finds them: all that are
 * written there, whatever #ifdef stands around them. A system call is the function that does the
 * work: SYSCALL_DEFINE3(mprotect, ...) is "__do_sys_mprotect".
 */
#ifndef SYMBOLS_SOURCE_H
#define SYMBOLS_SOURCE_H

#include "base/err.h"

#include <stddef.h>

struct source_function {
	char *name;
	unsigned line;
};

struct source {
	struct source_function *functions; /* owned; by name, each once */
	size_t count;
};

/* -ENOENT without universal-ctags. */
int source_check_ctags(struct err *e);
/* -ENOENT without universal-ctags, or without the file. */
int source_read(const char *path, struct source *out, struct err *e);
/* Lines "NAME \t LINE \t TEXT OF THE LINE", as source_read() has ctags print them. Untrusted. */
int source_parse(const char *text, size_t len, struct source *out, struct err *e);
void source_free(struct source *s);
#define _cleanup_source_ __attribute__((cleanup(source_free)))

#endif
