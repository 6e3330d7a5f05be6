/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment on its way out: read, with its kernels' configs, and without the machine's names.
 */
#ifndef CMD_EVIDENCE_H
#define CMD_EVIDENCE_H

#include "cmd/cmd.h"
#include "store/record.h"

/* -EINVAL if it has no runs. @keep_host: paths and names stay. */
int evidence_load(const struct cmd_ctx *ctx, const char *id, bool keep_host, struct record *out,
		  struct err *e);

#endif
