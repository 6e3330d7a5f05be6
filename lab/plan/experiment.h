/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A formal experiment as its profile describes it: a YAML mapping,
 *
 *	name: mprotect-formal
 *	label: lab-a			names the host in evidence
 *	mode: exact			exact, timed or native
 *	kernels:
 *	  - {name: old, spec: "debian:6.16.12", cmdline: "words"}
 *	baseline: old
 *	scenarios:
 *	  - {name: mprotect/shared-dirty-toggle, primary: iteration, set: {size: 64M}}
 *	cpus: [1, 2, 4]
 *	memory: 512M
 *	repetitions: 9			or looks: [10, 20, 40]
 *	order: balanced			lab/plan/order.h
 *	seed: 20260513
 *	tolerance: 0.05
 *	max_cv: 0.10
 *	aa: false			the baseline is run twice in every block
 *	retries: 0
 *	cpuset: "0-1"			host CPUs, base/cpuset.h
 *	config: my.config		.config that git: kernels are built with, all of them
 *	compiler: gcc-12		and what by
 *	purpose: performance		performance, coverage, attribution or state
 *
 * of which name, kernels (two, or one with aa), baseline and scenarios are required.
 */
#ifndef LAB_PLAN_EXPERIMENT_H
#define LAB_PLAN_EXPERIMENT_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/hash.h"
#include "lab/plan/order.h"
#include "scenario/read.h"
#include "scenario/set.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPERIMENT_KERNELS_MAX (ORDER_ARMS_MAX - 1)
#define EXPERIMENT_SCENARIOS_MAX 64
#define EXPERIMENT_CPUS_MAX 64
#define EXPERIMENT_LOOKS_MAX 6
#define EXPERIMENT_BLOCKS_MAX 1000
/* Boots of one experiment. */
#define EXPERIMENT_STEPS_MAX 100000

enum experiment_mode { EXPERIMENT_EXACT, EXPERIMENT_TIMED, EXPERIMENT_NATIVE };
enum experiment_purpose {
	EXPERIMENT_PERFORMANCE,
	EXPERIMENT_COVERAGE,
	EXPERIMENT_ATTRIBUTION,
	EXPERIMENT_STATE
};

/* Where in the profile, from 1. */
struct experiment_place {
	unsigned line, column;
};

struct experiment_kernel {
	char *name; /* unique; of [A-Za-z0-9._-] */
	char *spec;
	char *cmdline;		    /* appended to the guest's; "" if none was given */
	struct experiment_place at; /* of the spec */
};

/* One column of a block: a kernel, or the baseline once more. */
struct experiment_arm {
	char *name; /* the kernel's, or "NAME#aa" */
	unsigned kernel;
};

struct experiment_scenario {
	struct scenario *scenario; /* a copy, with what was set */
	char *primary;		   /* what decides (scenario/metric.h) */
	bool primary_said;	   /* else it is the default */
	struct scenario_setting *settings;
	size_t n_settings;
	struct experiment_place at; /* of the name */
};

struct experiment {
	char *file;		/* the profile, for messages */
	char *text;		/* of the profile, as it was read */
	struct hash_hex sha256; /* of the text */
	char *name, *label;
	enum experiment_mode mode;
	struct experiment_kernel kernels[EXPERIMENT_KERNELS_MAX];
	unsigned n_kernels;
	unsigned baseline;			    /* index of a kernel, and of its arm */
	struct experiment_arm arms[ORDER_ARMS_MAX]; /* the kernels; then, with aa, one more */
	unsigned n_arms;
	struct experiment_scenario scenarios[EXPERIMENT_SCENARIOS_MAX];
	unsigned n_scenarios;
	unsigned cpus[EXPERIMENT_CPUS_MAX];
	unsigned n_cpus;
	unsigned memory_mib;
	unsigned repetitions;		      /* 0 if there are looks */
	unsigned looks[EXPERIMENT_LOOKS_MAX]; /* ascending numbers of blocks */
	unsigned n_looks;
	enum order_kind order;
	uint64_t seed;
	double tolerance, max_cv; /* fractions */
	bool aa;
	unsigned retries;
	char *cpuset;	 /* "" if none was given */
	char *cpu_model; /* "" if none was given */
	/* Of git: kernels; "": our own config, and $CC or gcc. */
	char *config, *compiler;
	struct experiment_place config_at, compiler_at;
	enum experiment_purpose purpose;
};

/*
 * Reads a profile out of memory; scenarios are looked up in @library. Errors are -EINVAL and say
 * "FILE:LINE:COLUMN: what, and what was expected". *out is the caller's.
 */
int experiment_read(const char *file, const char *text, size_t len,
		    const struct scenario_list *library, struct experiment **out, struct err *e);
/* The same of a file, up to 1 MiB. */
int experiment_open(const char *path, const struct scenario_list *library, struct experiment **out,
		    struct err *e);
void experiment_free(struct experiment *x);
DEFINE_CLEANUP(struct experiment *, experiment_free)
#define _cleanup_experiment_ _cleanup_(experiment_free_p)

/* Blocks: the repetitions, or the last look. */
unsigned experiment_blocks(const struct experiment *x);
/* Boots, without the smoke test and without retries. */
uint64_t experiment_steps(const struct experiment *x);
/* The words of the two enums, in their order, ending with NULL. */
extern const char *const experiment_modes[];
extern const char *const experiment_purposes[];
/* Puts "FILE:LINE:COLUMN: " before an error that came up later; returns its code. */
int experiment_blame(const struct experiment *x, const struct experiment_place *at, struct err *e);
/*
 * The profile with all defaults filled in. Read again (JSON is YAML), it is the same experiment.
 * A new reference, or NULL when out of memory.
 */
json_t *experiment_json(const struct experiment *x);

#endif
