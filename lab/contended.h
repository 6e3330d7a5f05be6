/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run that is told which lines several CPUs share (proto/contention.h): nothing is counted. */
#ifndef LAB_CONTENDED_H
#define LAB_CONTENDED_H

#include "lab/run.h"
#include "proto/contention.h"

struct contended {
	struct contention_header head;
	struct contention_record *records; /* owned */
};

/* What the plugin wrote, which is untrusted; -EPROTO says what is wrong with it. */
int contended_read(const char *path, struct contended *out, struct err *e);
/*
 * As exact_measure(), with what was shared in q->contended, which the caller frees whether this
 * fails or not, and the symbols of all that was executed kept.
 */
int contended_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		      struct err *e);
void contended_free(struct contended *c);

#endif
