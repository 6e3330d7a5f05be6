/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an experiment of a profile ends: its judgement, printed. */
#ifndef CMD_MEASURE_RUN_CONCLUDE_H
#define CMD_MEASURE_RUN_CONCLUDE_H

#include "cmd/common/cmd.h"
#include "drive/execute/execution.h"

/* Returns the exit status. */
int run_conclude(const struct cmd_ctx *ctx, const struct execution *w, struct err *e);

#endif
