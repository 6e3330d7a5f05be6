/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment on its way out: read, with its kernels' configs, and without the machine's names.
 */
#ifndef CMD_KEPT_EVIDENCE_H
#define CMD_KEPT_EVIDENCE_H

#include "cmd/common/cmd.h"
#include "report/evidence/evidence_set.h"

/*
 * The records of @id and of those that are to be attached to it. -EINVAL if one has no runs.
 * @keep_host: paths and names stay.
 */
int evidence_load(const struct cmd_ctx *ctx, const char *id, const struct opt_list *with,
		  bool keep_host, struct evidence_set *out, struct err *e);

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define EVIDENCE_WITH_OPT(list) \
	{ "with", 0, OPT_LIST, "ID", "attach what explains it; may be given again", (list) }
/* clang-format on */

#endif
