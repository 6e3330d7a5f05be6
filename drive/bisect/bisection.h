/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bisection while it runs: every commit that is asked about is built and measured once, and what
 * came of it stands in the journal before anything else happens. So a bisection that was killed is
 * taken up by doing all of it again, of which nothing takes time but what is missing.
 *
 * Entries of the journal:
 *   iterations        {n}: N of all measurements, which the ends needed (drive/measure/sharpen.h)
 *   config            {unlike}: what the config of all of them lacks; null: nothing
 *   commit:ID         {value, spread, unseen, exact, why_not, image, block, built[, same_as]} (the
 *                     reading of what decides, and the block of its run), or {skipped, built}
 *   parent:ID         a pair (below): the commit before against it
 *   revert:ID         a pair: the bad end against itself without it
 * A pair is {old, new, part[, old_part, new_part], confirmed, reason, built} (part: it is confirmed
 * of what is exact alone; old_part and new_part: what that is, where it is known), or {failed,
 * built}; both measured from fresh boots. built: how many kernels were built for the entry.
 * {refused} is one that is not measured.
 *
 * By times, commit:ID has no value, pairs have {p, low, high, blocks} too, and there are
 *   accelerator       {name}: on what all is measured
 *   run:N             {commit, ns} or {commit, failed}, from 1
 *   block:PAIR:N      {old, new} (ns) or {failed}, from 1
 */
#ifndef DRIVE_BISECTION_H
#define DRIVE_BISECTION_H

#include "bisect/exact_commits.h"
#include "bisect/journal.h"
#include "bisect/noisy_commits.h"
#include "drive/session/building.h"
#include "drive/session/session.h"
#include "store/record.h"

#include <sched.h>

struct bisect_options {
	const char *tree, *good, *bad; /* as given, or as kept */
	const char *scenario, *metric; /* that decides; NULL: the default */
	struct building building;
	const char *const *paths;      /* NULL-terminated; NULL: all */
	double threshold;	       /* fraction */
	unsigned iterations, budget_s; /* N of counts, or to find it in; 0: as in drive/measure/ */
	unsigned cpus, memory_mib;     /* 0: as the scenario says */
	const char *cpu_model;	       /* NULL: the usual one */
	bool timed;
	const char *resume;
	json_t *kept; /* owned: the command that is resumed; what the strings point into */
};

struct bisection {
	struct session *s;
	struct bisect_options o;
	const struct scenario *scenario;
	struct git_tree tree;
	struct git_commit good, bad;
	struct history chain;
	struct journal *journal;
	char id[STORE_ID_LEN];
	struct record kept;   /* of one that is resumed: its rows; empty: it is not */
	bool finished;	      /* it was, before it was resumed */
	unsigned block;	      /* of the next runs */
	struct run reference; /* of the good end: what state is right */
	bool has_reference;
	const char **kept_paths; /* of a bisection that is resumed; owned */
	char metric[READING_NAME_BYTES];
	/* Of counts: */
	unsigned iterations;  /* N; 0: as the scenario says */
	struct record record; /* of the runs, as far as they were asked for (bisection_part.h) */
	char undecided_ends[1024]; /* why the ends are not told apart; "": they are, or are alike */
	size_t undecided;	   /* stretches between measured commits that cannot be told */

	unsigned built;
	unsigned told; /* of commits that were looked at, for progress */
	double build_s, measure_s;
	/* Of times only: */
	struct noisy_commits noisy;
	enum machine_accel accel; /* once prepared */
	cpu_set_t cpuset;
	bool prepared;
	unsigned runs;		/* of the search, those of the journal included */
	unsigned qemu_failures; /* in a row */
};

/*
 * The journal's entry of a commit; one that is not there yet is built, and measured where counts
 * are. Borrowed.
 */
int bisection_entry(struct bisection *b, const char *commit, const json_t **out, struct err *e);
/* Out of the store, else built. @revert: as in kernel/build.h. */
int bisection_build(struct bisection *b, const char *commit, const char *revert,
		    struct kernel **out, struct err *e);
struct run_request bisection_request(const struct bisection *b, const struct kernel *k,
				     unsigned side);
/* A commit_measure_fn; @arg is the bisection. */
int bisection_measure(void *arg, const char *commit, struct commit_value *out, struct err *e);

#endif
