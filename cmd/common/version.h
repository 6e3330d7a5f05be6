/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which slowpath this is. Only cmd/ has it, and hands it down: what changes with every commit is
 * then linked into one program, and no test is linked anew.
 */
#ifndef CMD_COMMON_VERSION_H
#define CMD_COMMON_VERSION_H

/* "0.1.0". */
const char *slowpath_version(void);
/* "9aecf00aa21b", "9aecf00aa21b-dirty", or "unknown" if it was built from no repository. */
const char *slowpath_commit(void);

#endif
