/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels of an experiment, in the order that was asked for and not the one that was drawn. */
#ifndef REPORT_WORDS_KERNELS_H
#define REPORT_WORDS_KERNELS_H

#include "store/record.h"

/* The first run of every build. */
struct kernel_runs {
	const struct record_run **items; /* owned; the runs are borrowed */
	size_t count;
};

/* @by_spec: a kernel goes by its spec and not by its side's name. 0 or -ENOMEM. */
int kernel_runs_make(const struct record *r, bool by_spec, struct kernel_runs *out);
void kernel_runs_free(struct kernel_runs *k);
#define _cleanup_kernel_runs_ __attribute__((cleanup(kernel_runs_free)))

#endif
