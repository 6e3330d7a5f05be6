/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OLD and NEW of an experiment exchanged, for who gave them in the wrong order. */
#ifndef REPORT_EVIDENCE_SWAP_H
#define REPORT_EVIDENCE_SWAP_H

#include "store/record.h"

/*
 * The runs stay what they are; each is said to be of the other side, so that all that is concluded
 * afterwards is concluded of the exchanged comparison, by the same rules. -EINVAL if the experiment
 * has not just two sides.
 */
int record_swap_sides(struct record *r, struct err *e);

#endif
