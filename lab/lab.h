/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every run needs: the parts that were installed, the folders, and who may interrupt. */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include "base/err.h"
#include "vm/qemu.h"

#include <stdatomic.h>

/*
 * Progress of one run: @side tells parallel runs apart, @text is what it does now. Called from the
 * run's thread.
 */
typedef void (*lab_progress_fn)(void *arg, unsigned side, const char *text);

struct kernel_store;

struct lab {
	const struct arch *arch; /* that qemu and guest are for */
	const struct qemu *qemu;
	const char *guest;  /* slowpath-guest */
	const char *plugin; /* the plugin that fits the QEMU */
	const char *tracer; /* the one that traces or watches lines; NULL: neither is done */
	struct kernel_store *kernels; /* where their modules are */
	const char *cache_dir;	      /* snapshots/, symbols/, run/ */
	const char *cpu_model; /* of guests, as in struct machine_spec; NULL: the usual one */
	unsigned tsc_khz;      /* of the host, where times are emulated; else 0 */
	unsigned deadline_s;   /* for every wait for a guest, in host seconds */
	const atomic_int *cancel;
	lab_progress_fn progress; /* may be NULL */
	void *progress_arg;
};

#endif
