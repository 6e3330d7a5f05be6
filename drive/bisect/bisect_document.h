/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bisection found, as the document of "slowpath/bisect/1". */
#ifndef DRIVE_BISECT_BISECT_DOCUMENT_H
#define DRIVE_BISECT_BISECT_DOCUMENT_H

#include "bisect/proof.h"
#include "drive/bisect/bisection.h"

/*
 * Proves every culprit (measuring what is not in the journal) and puts it all together. @found:
 * NULL if the ends do not differ. @start_ns: of
 * clock_ns(). *status is the weakest of all. *out is a new reference.
 */
int bisect_document(struct bisection *b, const struct culprits *found, uint64_t start_ns,
		    enum proof_status *status, json_t **out, struct err *e);

#endif
