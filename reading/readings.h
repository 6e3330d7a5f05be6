/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that one run says, as readings: the iteration, its segments, and what a program printed. */
#ifndef READING_READINGS_H
#define READING_READINGS_H

#include "base/err.h"
#include "lab/run.h"
#include "reading/reading.h"
#include "scenario/metric.h"
#include "scenario/scenario.h"

/* What a run was of, as far as readings depend on it. All is borrowed. */
struct reading_source {
	const struct run *run;
	const char *segments[MARKER_SEGMENTS];
	unsigned n_segments;
	const char *item; /* page, call */
	uint64_t items;	  /* that an iteration has; above 0 */
	unsigned cpus;
	bool counted;	    /* else timed */
	bool program;	    /* of a foreign one */
	const char *metric; /* that was chosen (scenario/metric.h); NULL: the default */
};

struct reading_source reading_source_of(const struct scenario *s, const struct run *run,
					unsigned cpus);

/* What the word of @s comes to; -EINVAL as metric_choose(). */
int reading_choice(const struct reading_source *s, struct metric_choice *out, struct err *e);

/* "function:move_page_tables_insns_per_page". @counted: else it is timed. */
void metric_quantity(const struct metric_choice *m, bool counted, const char *item,
		     struct quantity *out);

/* The iteration, its segments, kernel and user, what was chosen, and what was printed. */
#define READINGS_MAX (1 + MARKER_SEGMENTS + 3 + OUTPUT_METRICS_MAX)

struct readings {
	struct reading at[READINGS_MAX]; /* the iteration is the first */
	size_t count;
	size_t decides; /* which of them: what was chosen */
	/* Counted ones: by how much counts and clock differ in the phase where it is the most. */
	int64_t clock_difference;
};

/*
 * -EIO if nothing was counted or timed in it; -EINVAL if what was chosen is no metric of it. What
 * decides and was not printed, or is not known of this run, is refused in its reading. A time that
 * the guest's clock cannot tell, of a span under TIMED_STEPS_MIN of its steps, is refused in its
 * own reading.
 */
int readings_of(const struct reading_source *s, struct readings *out, struct err *e);
/*
 * The one that decides, alone. -EPROTO with status ERR_UNMEASURED if it is refused, or if no time
 * went by.
 */
int reading_deciding(const struct scenario *s, const struct run *run, unsigned cpus,
		     struct reading *out, struct err *e);
/* The value of a timed run's, in ns per item. */
int reading_deciding_ns(const struct scenario *s, const struct run *run, double *out_ns,
			struct err *e);

#endif
