/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small git repository for tests of what reads history. */
#ifndef TESTS_UNIT_GIT_REPOSITORY_H
#define TESTS_UNIT_GIT_REPOSITORY_H

#include "kernel/git/git.h"

/*
 * Made by a shell script in an empty repository, in which "c NAME [FILE]" commits FILE (NAME if it
 * is left out) under the subject and the tag NAME.
 */
char *git_repository(const char *script);
void git_repository_remove(char *dir);
/* The id of a tag or revision; malloc'ed. */
char *git_repository_id(const struct git_tree *t, const char *rev);
/* The subject of a commit; malloc'ed. */
char *git_repository_name(const struct git_tree *t, const char *id);

#endif
