/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time of a replayed call that stands beside a comparison's count, concluded anew from its
 * blocks. The document of the comparison has it as "time" (man/slowpath-compare.1); a bundle keeps
 * it in raw/result.json, as {"time": {SCENARIO: as there}}.
 */
#ifndef REPORT_EVIDENCE_IN_TIME_H
#define REPORT_EVIDENCE_IN_TIME_H

#include "judge/times/replayed.h"
#include "store/record.h"

struct in_time {
	json_t *document; /* owned; as it is kept */
	const char *function, *segment, *caches;
	double insns_ratio; /* of the call */
	struct replayed judged;
	bool joined;	 /* it contradicts the count, which is suspect by that */
	char *processor; /* owned; NULL: not known */
};

/*
 * What a comparison of @r keeps of the times that were asked for, {"time": {SCENARIO: {...}}}: a
 * new reference; NULL: none was asked for or kept, or out of memory.
 */
json_t *in_time_kept(const struct record *r);
/*
 * One of them, or of another document, of @scenario. @threshold: the smallest change that matters.
 * -EINVAL: what stands there does not follow from its blocks.
 */
int in_time_read(const struct record *r, const json_t *time, const char *scenario, double threshold,
		 struct in_time **out, struct err *e);
/* "change_protection in protect takes 2.15 times as long, with 2.24 times as many instructions..."
 */
void in_time_sentence(const struct in_time *t, struct buf *out);
void in_time_free(struct in_time *t); /* NULL is fine */

#endif
