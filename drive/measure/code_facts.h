/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of two kernels, looked at where their counts leave a question (judge/why/renames.h). */
#ifndef DRIVE_MEASURE_CODE_FACTS_H
#define DRIVE_MEASURE_CODE_FACTS_H

#include "judge/counts/comparison.h"
#include "kernel/store/store.h"
#include "lab/run.h"
#include "symbols/code_facts.h"

/* Whether of these rows anything is to be found out there. */
bool code_facts_wanted(const struct comparison *c);

/*
 * Whether the code of these kernels can be looked at: each vmlinux is the one that was measured,
 * and -ENOTSUP for an architecture of which it is not known how calls look and what a prologue is.
 */
int code_facts_check(const struct kernel *const kernels[2], struct err *e);

/*
 * Of the functions that one side alone executed, how alike they are, and who calls them. @runs have
 * kept their symbols. -ENOENT without objdump. Who calls has seen to code_facts_check().
 */
int code_facts_find_pairs(const struct kernel *const kernels[2], const struct run *const runs[2],
			  const struct comparison *c, struct code_facts *out, struct err *e);

/*
 * The source files of the comparison's rows, which are folded already, into @out: as the kernels
 * themselves tell them (symbols/bug_files.h), and where @tree, a source tree, is not NULL, as they
 * are written there. A kernel that does not tell is no error.
 */
int code_facts_find_files(const struct kernel *const kernels[2], const struct run *const runs[2],
			  const struct comparison *c, const char *tree, struct code_facts *out,
			  struct err *e);

#endif
