/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bisection measures last: a culprit against what was before it, and what its revert mends.
 */
#ifndef DRIVE_BISECT_BISECTION_PROOF_H
#define DRIVE_BISECT_BISECTION_PROOF_H

#include "drive/bisect/bisection.h"

/* The journal's entry of the pair, measured if it is not there; borrowed. */
int bisection_against_parent(struct bisection *b, const struct culprit *c, const json_t **out,
			     struct err *e);
int bisection_reverted(struct bisection *b, const struct culprit *c, const json_t **out,
		       struct err *e);

#endif
