/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The beginning and the end of a bisection. */
#ifndef DRIVE_BISECT_BISECT_BEGIN_H
#define DRIVE_BISECT_BISECT_BEGIN_H

#include "bisect/proof.h"
#include "drive/bisect/bisection.h"

/*
 * Finds tree, commits, chain and scenario, and begins an experiment with a journal; or, to resume,
 * takes them from the experiment. Nothing is built yet.
 */
int bisection_begin(struct bisection *b, struct err *e);
/* Keeps the result, unless it was kept before. */
int bisection_finish(struct bisection *b, const json_t *document, enum proof_status status,
		     struct err *e);
void bisection_close(struct bisection *b);

#endif
