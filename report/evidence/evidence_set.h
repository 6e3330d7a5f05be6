/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An experiment with others that explain it: of the same kernels and the same scenario, but
 * measured for another purpose, and never mixed with it.
 */
#ifndef REPORT_EVIDENCE_EVIDENCE_SET_H
#define REPORT_EVIDENCE_EVIDENCE_SET_H

#include "report/evidence/evidence.h"

#define EVIDENCE_WITH_MAX 8

struct evidence_set {
	struct record
		records[1 + EVIDENCE_WITH_MAX]; /* filled by the caller; [0] is the main one */
	struct evidence all[1 + EVIDENCE_WITH_MAX];
	size_t count;
};

/*
 * Makes the evidence of all records and hangs all[1]... on all[0]. -EINVAL if one does not belong
 * to the main one: it is no study, there twice, of another scenario or number of CPUs, or of other
 * kernels. A series, a gap and a bisection have to have all kernels of the main one, the others
 * none beside these.
 */
int evidence_set_make(struct evidence_set *s, struct err *e);
void evidence_set_free(struct evidence_set *s);
#define _cleanup_evidence_set_ __attribute__((cleanup(evidence_set_free)))

/* The folder of an attached one in a bundle: "with/1-attribute/"; @at from 1. */
struct evidence_folder {
	char text[48];
};
struct evidence_folder evidence_folder(const struct evidence *x, size_t at);

#endif
