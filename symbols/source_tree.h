/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files of a kernel's source tree define given functions. Looked through are the folders of
 * what any x86-64 kernel is made of; drivers, tools and other architectures are left out.
 */
#ifndef SYMBOLS_SOURCE_TREE_H
#define SYMBOLS_SOURCE_TREE_H

#include "base/err.h"

#include <stddef.h>

/* -ENOENT if @tree is no such tree, or without universal-ctags. */
int source_tree_check(const char *tree, struct err *e);
/*
 * @names are sorted. For each function that is defined in one file and no other, files[i] becomes
 * its path below @tree (malloc'ed), else NULL. -ENOENT without the tree, or universal-ctags.
 */
int source_tree_find(const char *tree, const char *const *names, size_t count, char **files,
		     struct err *e);

#endif
