/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare on several architectures: each is measured by itself, as an experiment of its own, and
 * one table has them side by side.
 */
#ifndef CMD_MEASURE_COMPARE_ARCHES_H
#define CMD_MEASURE_COMPARE_ARCHES_H

#include "arch/arch.h"
#include "cmd/measure/compare_run.h"

/* clang-format off */
#define ARCHES_OPT(target)                                                                \
	{                                                                                 \
		"arch", 0, OPT_STRING, "ARCH",                                            \
			ARCH_CHOICE ": of specs that do not say it; several (amd64,arm64) " \
			"or all: one table of them", target \
	}
/* clang-format on */

struct compare_arches {
	const struct arch *items[ARCH_MAX];
	size_t count; /* 0: not several */
};

/* Of --arch: -1 to go on, else the exit status. */
int compare_arches_parse(const struct cmd *self, const struct compare_options *o,
			 struct compare_arches *out);
/*
 * Measures and prints. An architecture that cannot be measured is said, and the others are: the
 * exit status is the worst of them all.
 */
int compare_arches_run(const struct compare_arches *a, const struct compare_options *o,
		       const struct weight *weight, struct cmd_ctx *ctx, int argc, char **argv);

#endif
