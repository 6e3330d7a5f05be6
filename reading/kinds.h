/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How readings_of() makes those of each kind. Not for use outside of reading/. */
#ifndef READING_KINDS_H
#define READING_KINDS_H

#include "reading/readings.h"
#include "reading/slope.h"

/* A reading more, with its name; the rest is for the caller. */
struct reading *readings_add(const struct reading_source *s, const char *segment,
			     enum reading_kind kind, struct readings *out);
void readings_counted(const struct reading_source *s, struct readings *out);
/* That of a choice that is neither the iteration nor a segment nor printed. */
int readings_chosen(const struct reading_source *s, const struct metric_choice *m,
		    struct readings *out, struct err *e);
int readings_timed(const struct reading_source *s, struct readings *out, struct err *e);

/* Of the segments that @m sums, per item; NULL: of them all. */
struct slope reading_slope(const struct reading_source *s, const struct metric_choice *m);
/* Whether the iteration's, a segment's or the kernel's count has that of a function. */
bool chosen_sums(const struct metric_choice *m, const char *function);
/* One CPU, functions that are there and add up, a clock that agrees: what exactness starts from. */
bool reading_is_sound(const struct reading_source *s);

/* A function whose pairs are so many instructions apart; no name: none. */
struct apart {
	const char *name;
	int64_t by;
};

#define APART_NAMED 3

/* How the pairs of a run agree, function by function; a bit of @segments a segment. */
struct agreement {
	unsigned segments;				 /* in which anything differs */
	unsigned counts[MARKER_SEGMENTS];		 /* functions that differ */
	struct apart most[MARKER_SEGMENTS][APART_NAMED]; /* those that do by most, the most first */
	uint64_t hashes[MARKER_SEGMENTS];		 /* of the functions' slopes */
	bool adds_up; /* the functions to the total, in every slot */
};

/* @name: NULL for what is no function's. */
void agreement_hold(struct agreement *a, const char *name, const uint64_t values[MARKER_SLOTS],
		    const struct slope *whole);
/* Of a reading of the segments of @slope: exact, with the hash of its functions, or why not. */
void agreement_judge(const struct reading_source *s, const struct agreement *a,
		     const struct slope *slope, int64_t clock, struct reading *r);
/* Of a run whose functions are not there, or not all, nothing can be said to agree. */
bool profile_adds_up(const struct profile *p, unsigned n_segments);
/* Of the phase where it is the most. */
int64_t clock_difference(const struct run *run);

#endif
