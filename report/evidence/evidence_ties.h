/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an experiment says in two places: has it said the same? Internal to report/. */
#ifndef REPORT_EVIDENCE_EVIDENCE_TIES_H
#define REPORT_EVIDENCE_EVIDENCE_TIES_H

#include "report/evidence/evidence.h"

/*
 * Of one run: kernel, guest, plugin and QEMU are those of the experiment, the build is that of the
 * kernel's other runs, and what its state was held against is what @s, its scenario, expects and
 * its other runs say. -EINVAL names the run.
 */
int evidence_ties(const struct evidence *x, const struct record_run *run, const struct scenario *s,
		  struct err *e);

#endif
