/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run that captures one call of a kernel function (proto/capture.h) while the scenario is
 * carried out: with the plugin for it, one iteration a phase, and from the same snapshot as ever.
 */
#ifndef LAB_CAPTURED_H
#define LAB_CAPTURED_H

#include "lab/run.h"
#include "proto/capture.h"

/* In the folder too: the kernel's symbols, as symbols_parse() takes them. */
#define CAPTURED_SYMBOLS "symbols"
/* What has room between 256 MiB, where a replay lays it, and 2 GiB (replay/arch/layout.c). */
#define CAPTURED_MEMORY_MAX_MIB 1792

struct captured_ask {
	const char *plugin;   /* slowpath-capture */
	const char *function; /* NULL: of the scenario's source the one that executes most */
	int segment;	      /* -1: where it executes most */
	const char *dir;      /* exists and is empty: where the capture goes, whole or damaged */
};

/* -ENOTSUP (unmeasured): it has no such function, or it cannot be captured on this machine. */
int captured_measure(const struct lab *lab, const struct run_request *q,
		     const struct captured_ask *ask, struct run *out, struct err *e);

#endif
