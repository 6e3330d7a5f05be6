/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With what a command that has judged rows ends. */
#ifndef CMD_COMMON_JUDGED_EXIT_H
#define CMD_COMMON_JUDGED_EXIT_H

#include "cmd/common/cmd.h"
#include "judge/judgement/judgement.h"

/* judgement_exit(), or 0 under --exit-zero if every primary metric was measured on all sides. */
int judged_exit(const struct cmd_ctx *ctx, const struct judgement *j, enum judge_rules rules);

#endif
