/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 'narrow --dry-run': what it would take. Nothing is fetched, built, measured or kept. */
#ifndef CMD_MEASURE_NARROW_PLAN_H
#define CMD_MEASURE_NARROW_PLAN_H

#include "cmd/common/cmd.h"

struct narrow_wish {
	char **words; /* specs and ranges */
	int count;
	const char *scenario; /* NULL: the usual one */
	const char *arch;     /* --arch; NULL: as the specs say */
	bool timed, all;
	double threshold;
};

/* Prints the plan; returns the exit status. */
int narrow_dry_run(const struct cmd_ctx *ctx, const struct narrow_wish *w);

#endif
