/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else differs between the two sides, beside the code under suspicion. */
#ifndef JUDGE_WHY_AUDIT_H
#define JUDGE_WHY_AUDIT_H

#include "base/err.h"
#include "kernel/store/store.h"
#include "lab/exact.h"

#include <stdbool.h>

struct audit_entry {
	char *name;
	char *old_value, *new_value; /* never NULL: "unknown" */
	bool same;
};

struct audit {
	struct audit_entry *entries; /* owned */
	size_t count;
	long config_differences; /* options; -1: not known */
};

int audit_sides(const struct kernel *old_kernel, const struct kernel *new_kernel,
		const struct run *old_run, const struct run *new_run, struct audit *out,
		struct err *e);
void audit_free(struct audit *a);
#define _cleanup_audit_ __attribute__((cleanup(audit_free)))

#endif
