/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How git is called, for the files of this folder only. */
#ifndef KERNEL_GIT_GIT_CALL_H
#define KERNEL_GIT_GIT_CALL_H

#include "base/buf.h"
#include "kernel/git/git_view.h"

#include <stdbool.h>

/* In which folder, and with what of its surroundings. */
struct git_call {
	const char *dir;
	const struct git_view *view; /* NULL: whatever repository the folder is in */
	const char *in_path;	     /* a file that git reads as its stdin; NULL: nothing */
	bool configured;	     /* by its user, system and repository */
};

/* The one place where git is called. As git_run(). */
int git_call(const struct git_call *c, const char *const *words, bool strict, struct buf *out,
	     struct err *e);
/* Where the parts of the repository are that @dir is in; *top is NULL if that is bare. */
int git_locate(const char *dir, struct git_place *out, char **top, struct err *e);
/* The next line of *@text, which moves behind it; malloc'ed. NULL if there is none. */
char *git_next_line(const char **text);

#endif
