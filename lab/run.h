/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run: one boot of one kernel doing one scenario, counted (lab/exact.h) or timed
 * (lab/timed.h). What is asked for, and what came of it.
 */
#ifndef LAB_RUN_H
#define LAB_RUN_H

#include "kernel/store/store.h"
#include "lab/counts/calltree.h"
#include "lab/lab.h"
#include "lab/output/output.h"
#include "lab/counts/profile.h"
#include "proto/report.h"
#include "scenario/scenario.h"
#include "vm/argv.h"

#include <jansson.h>
#include <sched.h>
#include <stdbool.h>

struct contended;
struct probed;
struct traced;

/* What --confirm varies. All zero: the standard run. */
struct perturbation {
	unsigned seed;
	int extra_memory_mib; /* may be negative */
	unsigned initrd_pad_bytes;
	uint64_t map_offset; /* bytes */
};

struct run_request {
	unsigned side; /* for progress */
	enum machine_accel accel;
	const struct kernel *kernel;
	const struct scenario *scenario;
	unsigned cpus;
	unsigned memory_mib;
	const char *cmdline;	     /* appended; may be NULL */
	const cpu_set_t *cpuset;     /* host CPUs that the vCPUs are pinned to; NULL: wherever */
	uint64_t extra_rest_ns;	     /* of the guest's clock: another tick phase */
	unsigned iterations;	     /* counted: N; 0: as the scenario says */
	bool fresh;		     /* boot, do not use or make a snapshot */
	struct probed *probed;	     /* lab/probed.h uses it; NULL elsewhere */
	struct traced *traced;	     /* lab/traced.h fills it; NULL: the run is counted */
	struct contended *contended; /* lab/contended.h fills it; NULL: the run is counted */
	bool tree;		     /* follow calls, too; plugin API 1 and one CPU only */
	bool keep_symbols;	     /* for who looks at the code afterwards */
	bool vector;		     /* keep functions' costs, too (enum cost), not slots' alone */
	struct perturbation perturbation;
};

/* What the guest's clock said, in a timed run. */
struct timing {
	struct report_clock clock;
	struct report_timed timed;
	uint64_t *spans_ns[MARKER_SEGMENTS]; /* timed.rounds of each segment; owned */
};

struct run {
	struct profile profile;		   /* counted runs */
	struct calltree tree;		   /* if it was asked for */
	struct timing timing;		   /* timed runs */
	struct report_state expected;	   /* by the scenario, of before; REPORT_UNKNOWN: nothing */
	struct report_state before, after; /* of the window */
	struct report_segment segments[MARKER_SEGMENTS]; /* of one iteration before them all */
	struct report_phase phases[MARKER_PHASES];
	uint64_t halted_ticks[MARKER_PHASES]; /* of the phases', with every CPU halted: measured */
	struct output output;		      /* of a foreign program */
	struct symbols *symbols;	      /* if they were asked for; owned */
	char *environment;		      /* "name=value" lines from the guest */
	char *console;			      /* the end of it; set on failure too */
	char *cmdline;			      /* the guest's, whole */
	json_t *argv;			      /* QEMU's command line of the measuring run */
	json_t *affinity; /* where its vCPUs ran; NULL unless a cpuset was asked for */
	char started[28]; /* UTC */
	double load_before, load_after; /* of the host, of one minute; NAN: not known */
	/* What was otherwise than one would think, in one line; NULL: nothing. */
	char *notes;
	bool from_snapshot;
	double boot_seconds; /* until a restorable machine stood there; 0 from a snapshot */
	double measure_seconds;
};

/* Pairs of phases in which anything was counted: 3, or 2 in runs of earlier versions. */
unsigned run_pairs(const struct run *r);
/* N of N and 2N; 0 where nothing was counted. */
unsigned run_iterations(const struct run *r);
/* What a window took by the guest's clock, on average over all phases; 0 where none was open. */
double run_window_ns(const struct run *r);
/* Adds to its notes, behind a semicolon; -ENOMEM. */
int run_note(struct run *r, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void run_free(struct run *r);
#define _cleanup_run_ __attribute__((cleanup(run_free)))

/* No guest measures longer: two years. */
#define RUN_NS_MAX (1ull << 56)

/* What every kind of run does, for lab/exact.c and lab/timed.c. */
struct boot;
struct report;
typedef int (*run_work_fn)(struct boot *b, const struct run_request *q, struct run *out,
			   struct err *e);
/* Opens a boot, has @work done with it, and keeps the console in @out whatever came of it. */
int run_in_boot(const struct lab *lab, const struct run_request *q, struct run *out,
		run_work_fn work, struct err *e);
/* Waits for the guest to have done its work; a program that is just long is told from a hang. */
struct machine;
int run_wait(struct machine *m, const struct run_request *q, struct err *e);
/* Checks that the guest is the one asked for and did its work; takes states and environment. */
int run_take_report(const struct report *report, const struct run_request *q, struct run *out,
		    struct err *e);

struct symbols;
struct snapshot;
/*
 * boot_prepare() into @snapshot (NULL: boot anew) and @symbols (owned by the caller), and how long
 * it took. -EBADMSG: the snapshot is damaged, and discarded; -ENOTSUP: the kernel has no function
 * that the scenario needs.
 */
int run_prepare(const struct boot *b, const struct run_request *q, struct snapshot *snapshot,
		struct symbols **symbols, struct run *out, struct err *e);
/*
 * Of runs that are not counted: starts the machine with @plugin (NULL: none) from @snapshot (NULL:
 * anew), waits for the guest, and takes its report, which the caller frees.
 */
int run_guest(struct boot *b, const struct run_request *q, const char *plugin, const char *snapshot,
	      struct run *out, struct report *report, struct err *e);
/*
 * Of such runs, those whose plugin (lab->tracer) follows what the kernel does, by the symbols that
 * @out keeps afterwards, with those of modules.
 */
struct run_watch {
	const char *doing; /* for the progress */
	unsigned iterations, pairs;
	/* Before the guest runs; NULL: nothing. */
	void (*prepare)(struct boot *b, const struct run_request *q, const struct symbols *symbols);
	/* Takes what the plugin left. */
	int (*take)(struct boot *b, const struct run_request *q, const struct report *report,
		    struct run *out, struct err *e);
};
int run_watched(struct boot *b, const struct run_request *q, const struct run_watch *w,
		struct run *out, struct err *e);
/* The symbols with those of the modules that the guest has loaded, if it has; else @out is NULL. */
int run_name_modules(const struct boot *b, const struct report *report, struct symbols **out,
		     struct err *e);

#endif
