/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMMON_TREE_VERSION_H
#define CMD_COMMON_TREE_VERSION_H

/* Which kernel a source tree is of, "6.17.13" (malloc'ed); NULL if its Makefile does not tell. */
char *tree_version(const char *tree);

#endif
