/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do an experiment's parts belong together? Internal to report/. */
#ifndef REPORT_EVIDENCE_EVIDENCE_CHECK_H
#define REPORT_EVIDENCE_EVIDENCE_CHECK_H

#include "report/evidence/evidence.h"

/*
 * Reads profile and scenarios of x->record into @x, and holds hashes and parameters of the runs
 * against them. -EINVAL with what does not agree.
 */
int evidence_check(struct evidence *x, struct err *e);

#endif
