/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several JSON documents have in common. All return a new reference, or NULL. */
#ifndef REPORT_VIEWS_PARTS_H
#define REPORT_VIEWS_PARTS_H

#include "judge/why/audit.h"
#include "judge/counts/comparison.h"

#include <jansson.h>

/* null for what is not finite. */
json_t *part_number(double value);
/* null for REPORT_UNKNOWN and its like. */
json_t *part_count(uint64_t value);
/* plain_json(): one odd name must not lose the document. */
json_t *part_text(const char *value);
/* {"value", "unit", "kind", "spread", "unseen", "exact", "why_not"} */
json_t *part_reading(const struct reading *r);
/*
 * {"spec", "title", "commit", "reverted", "subject", "release", "version", "compiler",
 * "config_sha256", "image_sha256"}; the third to fifth are null for what is not of git.
 */
json_t *part_kernel(const struct kernel *k);
/* {"same", "checks": [{"name", "expected", "old", "new", "result"}], "outcomes"} */
json_t *part_state(const struct comparison *c);
/* [{"name", "old", "new", "same"}] */
json_t *part_audit(const struct audit *a);

#endif
