/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Foreign programs of an experiment, without their binaries. Internal to report/. */
#ifndef REPORT_EVIDENCE_EVIDENCE_PROGRAM_H
#define REPORT_EVIDENCE_EVIDENCE_PROGRAM_H

#include "report/evidence/evidence.h"

/*
 * Scenarios of the programs that runs say, of 'slowpath compare -- PROGRAM' made from the words, of
 * profiles with the binary's hash put in. -EINVAL if a run says no program, or two differ.
 */
int evidence_programs(struct evidence *x, struct err *e);
/* "PROGRAM ARGS", the binary's SHA-256 and what is needed to repeat it. */
void evidence_program_text(const struct scenario *s, struct buf *out);

#endif
