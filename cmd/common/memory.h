/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --mem: how much memory a guest gets. */
#ifndef CMD_COMMON_MEMORY_H
#define CMD_COMMON_MEMORY_H

#include "cmd/common/cmd.h"

/*
 * "512M", or a bare number of MiB as QEMU has it; @text NULL leaves *mib as it is. -1 to go on,
 * else the exit status, as opts_parse() has it.
 */
int memory_parse(const struct cmd *self, const char *text, unsigned *mib);

#endif
