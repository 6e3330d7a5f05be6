/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bisection from its beginning to its document. */
#ifndef DRIVE_BISECT_BISECT_SEARCH_H
#define DRIVE_BISECT_BISECT_SEARCH_H

#include "bisect/proof.h"
#include "drive/bisect/bisection.h"

/*
 * Measures what the search asks for, proves what it found, and puts it together. @start_ns,
 * @status and @document as in drive/bisect/bisect_document.h.
 */
int bisection_search(struct bisection *b, uint64_t start_ns, enum proof_status *status,
		     json_t **document, struct err *e);

#endif
