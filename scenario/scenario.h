/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario: one scoped use of mm, as data. One YAML file per mm source file under scenarios/,
 * each a mapping of scenario names:
 *
 *	shared-dirty-toggle:
 *	  help: one line
 *	  source: [change_protection]	kernel functions that it is meant to reach; a|b: either
 *	  needs: [CONFIG_SHMEM, nodes: 2, cpus: 2, swap: no, function: do_mseal]
 *		swap: {on: brd, size: 64M}, disk: {fs: ext4, size: 64M, on: ram},
 *		cgroup: {depth: 4, high: 2M}
 *	  probe: [commit_ptes:6]	FUNCTION:ARGUMENT to look at, the first that there is
 *	  item: page			what metrics are divided by: page or call
 *	  metric: task:ksmd		what decides, unless the user says otherwise
 *	  memory: 1G			of the guest, unless the user says otherwise
 *	  sysfs: {transparent_hugepage/enabled: always}
 *	  maps:
 *	    area: {kind: anon-shared, size: 64M}	and more
 *	  prepare:			run once, before any window
 *	    - touch: {map: area, access: write}
 *	  segments:			in this order, every iteration
 *	    protect:			a list of what is measured, or
 *	      - mprotect: {map: area, to: r}
 *	    restore:
 *	      before: [...]		not measured
 *	      do: [...]			measured
 *	      after: [...]		not measured
 *	      threads: cpus		one to every CPU ...
 *	      spinner: yes		something runs while it sleeps
 *	      ranges: own		... on its own slice of every range, or shared
 *	  warmup: 1			iterations before the windows
 *	  iterations: 2			N; N and 2N are measured
 *	  rounds: 1000			timed: iterations at most ...
 *	  min_time_ms: 500		... and until so much time was measured
 *	  expect: {present: all, dirty: all, vmas: 1, folios: 64K, node: 0}
 *	  outcomes: {vmas: {protect: 3}, major-faults: {restore: 0}}	after, in these segments
 *
 * or, instead of maps, prepare and segments, a foreign program (scenario/program.h)
 *
 *	  program: {file: ./prog, args: [a], env: {K: V}, metrics: {NAME: 'a pattern (group)'},
 *	    files: ['SRC:DST'], stdin: ./in, cgroup: yes}
 *
 * Operations are in scenario/op_words.h and slowpath-scenario(1).
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "proto/marker.h"
#include "proto/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_WORDS_MAX 16
#define SCENARIO_PROBES_MAX 8
#define SCENARIO_MEMORY_MIB 512 /* of the guest, if nobody says otherwise */
/* What an iteration may do: accesses and calls. More would not end in any deadline. */
#define SCENARIO_STEPS_MAX (1ull << 24)

enum scenario_item { ITEM_PAGE, ITEM_CALL };

/* What the guest must find before the window opens; SCENARIO_ANY: nothing is expected. */
#define SCENARIO_ANY UINT64_MAX
struct scenario_expect {
	uint64_t vmas;
	uint64_t present_pages;
	uint64_t dirty_pages;
	uint64_t pmd_mapped_pages;
	uint64_t swapped_pages;
	uint64_t cached_pages;	     /* of the maps' files */
	uint64_t cached_large_pages; /* of these, in folios of more than 4 KiB */
	uint64_t folio_bytes;	     /* of the folios that all present pages are in */
	uint64_t node;		     /* that all present pages are on */
};

/* Where to look at an argument: a function, and which of its arguments, from 1 up. */
struct scenario_probe {
	char function[PLAN_PROBE_BYTES];
	unsigned argument; /* 0: none, its calls are to be counted; no scenario names such */
};
/*
 * Reads "FUNCTION:ARGUMENT", or @bare "FUNCTION" too; false for anything else, such as what is no
 * name in C: it is written into the guest's tracefs.
 */
bool scenario_probe_read(const char *text, bool bare, struct scenario_probe *out);

/* As in the plan. */
enum scenario_swap { SWAP_ANY, SWAP_NO, SWAP_YES };

struct scenario {
	char *name; /* "mprotect/shared-dirty-toggle" */
	char *help;
	char *file; /* that it was read from; NULL: none */
	char *source[SCENARIO_WORDS_MAX];
	size_t n_source;
	/* Places of the same thing in different kernels: the first that there is. */
	struct scenario_probe probes[SCENARIO_PROBES_MAX];
	size_t n_probes;
	char *needs[SCENARIO_WORDS_MAX]; /* CONFIG_* */
	size_t n_needs;
	/* Of the kernel's, by which one knows that it has what no option tells; a|b: either. */
	char *functions[SCENARIO_WORDS_MAX];
	size_t n_functions;
	unsigned nodes, cpus; /* at least; 1 if it does not say */
	enum scenario_swap swap;
	enum plan_swap_on swap_on; /* swap is YES where it says something */
	uint64_t swap_bytes;
	enum plan_disk_fs disk_fs;
	enum plan_disk_on disk_on;
	char *disk_why; /* it is NVMe although the file says ram; NULL: it is as the file says */
	uint64_t disk_bytes;
	unsigned cgroup_depth; /* groups within groups that it runs in; 0: none of its own */
	uint64_t cgroup_high, cgroup_max; /* bytes; 0: no limit */
	unsigned memory_mib; /* of the guest, unless the user says otherwise; 0: does not matter */
	struct plan_setting settings[PLAN_MAX_SETTINGS];
	size_t n_settings;
	enum scenario_item item;
	struct plan_map maps[PLAN_MAX_MAPS];
	char *map_names[PLAN_MAX_MAPS];
	size_t n_maps;
	struct plan_segment segments[MARKER_SEGMENTS];
	size_t n_segments;
	struct plan_op ops[PLAN_MAX_OPS]; /* as in the plan */
	size_t n_ops;
	size_t n_prepare;
	bool to_end[PLAN_MAX_OPS]; /* the file gave the operation no size */
	unsigned warmup_iterations;
	unsigned iterations;
	unsigned rounds_max;  /* timed modes: iterations of one measurement at most */
	unsigned min_time_ms; /* timed modes: how long one measurement goes on, if it may */
	struct scenario_expect expect;
	unsigned expect_all; /* bit k: the k-th number of expect was "all" */
	/* Outcomes; SCENARIO_ANY: nothing is expected. */
	uint64_t vmas_after[MARKER_SEGMENTS];
	uint64_t major_faults_in[MARKER_SEGMENTS];
	struct program
		*program; /* a foreign one (scenario/program.h) in its one segment, or NULL */
	/* That decides, by the file or where somebody chose one (scenario/metric.h); NULL: the
	 * default. */
	char *metric;
	struct hash_hex sha256; /* of the file that it was read from, and its name */
};

/* What a file need not say, in a scenario that is all zero. */
void scenario_defaults(struct scenario *s);
void scenario_free(struct scenario *s);
DEFINE_CLEANUP(struct scenario *, scenario_free)

/*
 * To be written to @path below /sys/kernel/mm. -EINVAL if the path has a dot (so it cannot leave
 * its folder), -ERANGE if the value is not one word, -E2BIG if there are too many.
 */
int scenario_add_setting(struct scenario *s, const char *path, const char *value, struct err *e);

/* Whether its pages count: a place has none, and of a sparse map only some are ever there. */
bool map_is_counted(const struct plan_map *m);
/* Of the devices that it asks for, what lies in the guest's memory. */
uint64_t scenario_device_bytes(const struct scenario *s);
/* Of all maps of the kinds file-private and file-shared. */
uint64_t scenario_file_pages(const struct scenario *s);
/* 4 KiB pages of all its maps; neither a place nor a map that reserves nothing has any. */
uint64_t scenario_pages(const struct scenario *s);
/* Of the guest, if the user does not say. */
unsigned scenario_memory_mib(const struct scenario *s);
/* What all maps together may have: half of the guest's memory; more would measure reclaim. */
uint64_t scenario_bytes_max(const struct scenario *s);
/* What one map may have; one that reserves nothing may be larger than memory. */
uint64_t scenario_map_bytes_max(const struct scenario *s, const struct plan_map *m);
/* By what an iteration's cost is divided: pages, or the calls that its windows make. */
uint64_t scenario_items(const struct scenario *s);
/* Accesses and calls of @n operations from @from, with those that they repeat; saturates. */
uint64_t scenario_steps(const struct scenario *s, size_t from, size_t n);
/*
 * Of segment @index: where its operations begin in s->ops. They are n_before, n_ops (measured) and
 * n_after in number, in this order.
 */
size_t scenario_segment_ops(const struct scenario *s, size_t index);
/* What it needs, in words ("CONFIG_SHMEM", "nodes: 2"), appended to @out with @between between. */
void scenario_needs(const struct scenario *s, const char *between, struct buf *out);
/* "page" or "call". */
const char *scenario_item_name(const struct scenario *s);

/* How a plan is to be made of a scenario. */
struct plan_request {
	bool timed; /* else counted */
	unsigned online_cpus;
	uint64_t map_offset;	/* bytes by which every map starts later (a perturbation) */
	uint64_t extra_rest_ns; /* added to every rest: another tick phase */
	unsigned iterations;	/* N; 0: as the scenario says */
	unsigned pairs;		/* of phases, of N and 2N; 0: all */
	const struct scenario_probe *probe; /* set there; NULL: none */
	const uint64_t *probe_sites;	    /* calls of it, to probe instead of its entry */
	unsigned n_probe_sites;		    /* up to PLAN_PROBE_SITES; 0: its entry */
};

/*
 * The plan's bytes (malloc'ed) and their number. -EINVAL if they would not fit.
 */
int scenario_plan(const struct scenario *s, const struct plan_request *q, void **out, size_t *len,
		  struct err *e);
/* The plan that asks for symbols and nothing else. */
int symbols_plan(void **out, size_t *len, struct err *e);

#endif
