/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bundle says and nothing else in it bears out: neither does it follow from rows, nor do
 * rows follow from it, nor does it stand in two places that have to agree. Only its hash is held.
 */
#ifndef REPORT_EVIDENCE_HASH_ONLY_H
#define REPORT_EVIDENCE_HASH_ONLY_H

#include "report/evidence/evidence.h"
#include "report/evidence/phrases.h"

/* "FILE: FIELD, FIELD (of what)", one after the other. */
int hash_only_each(const struct evidence *x, phrase_fn fn, void *arg);

#endif
