/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario: one scoped use of mm, as data. One YAML file per mm source file under scenarios/,
 * each a mapping of scenario names:
 *
 *	shared-dirty-toggle:
 *	  help: one line
 *	  source: [change_protection]	kernel functions that it is meant to reach
 *	  needs: [CONFIG_SHMEM]		kernel options without which it cannot run
 *	  item: page			what metrics are divided by: page or call
 *	  maps:
 *	    area: {kind: anon-shared, size: 64M}   also: align, advice
 *	  prepare:			run once, before any window
 *	    - touch: {map: area, access: write}
 *	  segments:			measured in this order, every iteration
 *	    protect:
 *	      - mprotect: {map: area, to: r}
 *	  warmup: 1			iterations before the first window
 *	  iterations: 2			N; N and 2N are measured
 *	  rounds: 1000			timed: iterations at most ...
 *	  min_time_ms: 500		... and until so much time was measured
 *	  expect: {present: all, dirty: all, vmas: 1}
 *
 * Operations: touch {map, access: read|write, stride}, mprotect {map, to: none|r|rw},
 * madvise {map, advice}; each may be narrowed by offset and size.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "proto/marker.h"
#include "proto/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_WORDS_MAX 16
/* Of all maps together: half of a 512 MiB guest; more would measure reclaim. */
#define SCENARIO_BYTES_MAX (256ull << 20)

enum scenario_item { ITEM_PAGE, ITEM_CALL };

/* What the guest must find before the window opens; SCENARIO_ANY: nothing is expected. */
#define SCENARIO_ANY UINT64_MAX
struct scenario_expect {
	uint64_t vmas;
	uint64_t present_pages;
	uint64_t dirty_pages;
	uint64_t pmd_mapped_pages;
	uint64_t swapped_pages;
};

struct scenario {
	char *name; /* "mprotect/shared-dirty-toggle" */
	char *help;
	char *source[SCENARIO_WORDS_MAX];
	size_t n_source;
	char *needs[SCENARIO_WORDS_MAX];
	size_t n_needs;
	enum scenario_item item;
	struct plan_map maps[PLAN_MAX_MAPS];
	char *map_names[PLAN_MAX_MAPS];
	size_t n_maps;
	struct plan_segment segments[MARKER_SEGMENTS];
	size_t n_segments;
	struct plan_op ops[PLAN_MAX_OPS]; /* prepare, then the segments', in order */
	size_t n_ops;
	size_t n_prepare;
	bool to_end[PLAN_MAX_OPS]; /* the file gave the operation no size */
	unsigned warmup_iterations;
	unsigned iterations;
	unsigned rounds_max;  /* timed modes: iterations of one measurement at most */
	unsigned min_time_ms; /* timed modes: how long one measurement goes on, if it may */
	struct scenario_expect expect;
	unsigned expect_all;	/* bit k: the k-th number of expect was "all" */
	struct hash_hex sha256; /* of the file that it was read from, and its name */
};

void scenario_free(struct scenario *s);
DEFINE_CLEANUP(struct scenario *, scenario_free)

/* 4 KiB pages of all its maps. */
uint64_t scenario_pages(const struct scenario *s);
/* By what an iteration's cost is divided: pages, or the operations of all segments. */
uint64_t scenario_items(const struct scenario *s);
/* "page" or "call". */
const char *scenario_item_name(const struct scenario *s);

/* How a plan is to be made of a scenario. */
struct plan_request {
	bool timed; /* else counted */
	unsigned online_cpus;
	uint64_t map_offset;	/* bytes by which every map starts later (a perturbation) */
	uint64_t extra_rest_ns; /* added to every rest: another tick phase */
};

/*
 * The plan's bytes (malloc'ed) and their number. -EINVAL if they would not fit.
 */
int scenario_plan(const struct scenario *s, const struct plan_request *q, void **out, size_t *len,
		  struct err *e);
/* The plan that asks for symbols and nothing else. */
int symbols_plan(void **out, size_t *len, struct err *e);

#endif
