/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Foreign programs of an experiment, without their binaries. Internal to report/. */
#ifndef REPORT_EVIDENCE_EVIDENCE_PROGRAM_H
#define REPORT_EVIDENCE_EVIDENCE_PROGRAM_H

#include "report/evidence/evidence.h"

/*
 * Scenarios that no file has, of a program behind "--": made from the words that runs say. To be
 * called before a profile is read, which may name them.
 */
int evidence_program_scenarios(struct evidence *x, struct err *e);
/*
 * Those of scenario files and profiles get the binary's hash. -EINVAL if a run says no program, or
 * two differ.
 */
int evidence_programs(struct evidence *x, struct err *e);
/* "PROGRAM ARGS", the binary's SHA-256 and what is needed to repeat it. */
void evidence_program_text(const struct scenario *s, struct buf *out);

#endif
