/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that was measured in one experiment, in memory: read from the database (store/load.h) or from
 * a bundle. What is concluded is computed from it, so that both give the same.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "lab/run.h"
#include "reading/readings.h"
#include "store/read.h"
#include "symbols/code_facts.h"

#include <jansson.h>
#include <stddef.h>

/*
 * The columns of table run, which schema.sql explains, but for its experiment: for the database,
 * for bundles, and for struct record_run. In the order of a bundle's runs.csv; "id" is from 1, in
 * the order of the runs, and the database's own differs. _OR_NULL: NULL or NAN is "not known".
 */
/* clang-format off */
#define RUN_COLUMNS(INT, REAL, TEXT, REAL_OR_NULL, TEXT_OR_NULL) \
	INT(id) INT(block) INT(position) INT(attempt) TEXT(side) TEXT(status) \
	TEXT_OR_NULL(failure_reason) TEXT(scenario) TEXT(scenario_sha256) TEXT(item) INT(items) \
	TEXT(kernel_spec) TEXT_OR_NULL(kernel_subject) TEXT(kernel_release) TEXT(kernel_version) \
	TEXT(compiler) TEXT(vmlinux_sha256) TEXT(image_sha256) TEXT_OR_NULL(config_sha256) \
	INT(cpus) INT(memory_mib) TEXT(guest_cmdline) TEXT(perturbation) TEXT(started) \
	TEXT(accelerator) TEXT_OR_NULL(affinity) REAL_OR_NULL(load_before) REAL_OR_NULL(load_after) \
	TEXT(qemu_version) TEXT(qemu_argv) TEXT(guest_sha256) TEXT(plugin_sha256) INT(plugin_api) \
	INT(from_snapshot) REAL(boot_seconds) REAL(measure_seconds) TEXT(environment) TEXT(console) \
	TEXT_OR_NULL(scenario_metric) TEXT_OR_NULL(notes) TEXT(arch)
#define RUN_INT(name) int64_t name;
#define RUN_REAL(name) double name;
#define RUN_TEXT(name) char *name;
#define RUN_ONE(name) + 1
/* clang-format on */

/* One row of table run, and what hangs on it. */
struct record_run {
	RUN_COLUMNS(RUN_INT, RUN_REAL, RUN_TEXT, RUN_REAL, RUN_TEXT)
	/*
	 * Counts, times and page states. Its functions are those of a struct record_counts, its
	 * texts stay NULL: they are above.
	 */
	struct run measured;
	long counts; /* index into the record's counts; -1: there are none */
	/* What was concluded of it when it was kept; owned, of the database only. */
	struct reading *readings;
	size_t n_readings;
	unsigned n_segments;
	char segments[MARKER_SEGMENTS][PLAN_NAME_BYTES];
	/* Nothing was counted or timed, as under a probe: only page states tell of segments. */
	bool segments_by_state;
	/* A foreign program, as in table program; NULL: none. What it printed is in
	 * measured.output. */
	char *program_sha256, *program_words, *program_output, *program_setup;
};

/* Functions' counts. Exact runs of a kernel have the same: they share them. */
struct record_counts {
	struct profile_function *functions; /* owned, with their names; sorted by name */
	size_t count;
	uint64_t hash; /* of all that is compared */
};

/* A file that describes the experiment: "mprotect.yaml", a scenario file. */
struct record_file {
	char *name, *text;
};

/* Table result: concluded, not measured. */
struct record_result {
	char *scenario, *verdict, *document;
};

/* Table code_fact, of one scenario. */
struct record_facts {
	char *scenario;
	struct code_facts facts; /* sorted */
};

struct record {
	char *id, *name, *mode, *purpose, *started, *slowpath_version;
	char *finished; /* NULL: it is not */
	json_t *command, *environment;
	json_t *effect; /* NULL: none was kept */
	struct record_run *runs;
	size_t n_runs, cap_runs;
	struct record_counts *counts;
	size_t n_counts, cap_counts;
	struct record_file *files;
	size_t n_files;
	struct record_file *configs; /* named by their SHA-256; the database has none */
	size_t n_configs;
	struct record_result *results;
	size_t n_results;
	char *metric; /* that decides, whatever was asked for when it was measured; NULL: that */
	struct record_facts *facts;
	size_t n_facts;
};

void record_free(struct record *r);
#define _cleanup_record_ __attribute__((cleanup(record_free)))

/* A column of table run. */
enum field_type { FIELD_TEXT, FIELD_INT, FIELD_REAL };
struct record_field {
	const char *name;
	enum field_type type;
	bool may_be_null; /* NULL or NAN */
	size_t offset;	  /* in struct record_run */
};
#define RECORD_RUN_FIELDS (0 RUN_COLUMNS(RUN_ONE, RUN_ONE, RUN_ONE, RUN_ONE, RUN_ONE))
extern const struct record_field record_run_fields[RECORD_RUN_FIELDS];

/*
 * One row of table page_state; @value: REPORT_UNKNOWN for NULL. "before" and "after" are the whole
 * mappings, "after SEGMENT" is one iteration's segment.
 */
struct record_state {
	char moment[PLAN_NAME_BYTES + 8];
	const char *name;
	uint64_t value;
};
/*
 * False if there is no such moment or name: segments have to be known, unless the run has none but
 * by its states.
 */
bool record_take_state(struct record_run *run, const char *moment, const char *name,
		       uint64_t value);
/* All of a run, numbered from 0; false behind the last. */
bool record_state_at(const struct record_run *run, size_t at, struct record_state *out);

#define RECORD_HASH 0xcbf29ce484222325u /* of nothing */
/* Of bytes behind those that @hash is of; quick, for comparing what is compared whole then. */
uint64_t record_hash(uint64_t hash, const void *data, size_t len);

/* A new run behind the others, empty; NULL when out of memory. */
struct record_run *record_add_run(struct record *r);
/*
 * Takes over @functions (sorted by name), or frees them and finds the counts that are equal; the
 * index, or -ENOMEM.
 */
long record_add_counts(struct record *r, struct profile_function *functions, size_t count);
int record_add_file(struct record *r, const char *name, const char *text, struct err *e);
int record_add_config(struct record *r, const char *sha256, const char *text, struct err *e);
int record_add_result(struct record *r, const char *scenario, const char *verdict,
		      const char *document, struct err *e);
int record_add_fact(struct record *r, const char *scenario, const struct code_fact *f,
		    struct err *e);
/* Once all are there: puts them in order. */
void record_sort_facts(struct record *r);
/* What is known of a scenario's code; NULL: nothing. */
const struct code_facts *record_facts_of(const struct record *r, const char *scenario);
/* Once all are there: gives every run the functions of its counts. */
void record_link_counts(struct record *r);
/* That of the kernels, which all are for one; NULL: it is the default one, or there are no runs. */
const char *record_other_arch(const struct record *r);
/* What of the kernel vmlinux_sha256 is of: "vmlinux", or "Image" where it is kept as that. */
const char *record_kernel_file(const struct record_run *run);
bool record_run_ok(const struct record_run *run);
bool record_run_counted(const struct record_run *run);
/* One of --confirm: of a machine that was changed on purpose, and no block of the experiment. */
bool record_run_perturbed(const struct record_run *run);
/* A good run on which a probe was set: neither counted nor timed. */
bool record_run_probed(const struct record_run *run);

/* The processor that its guest saw, as QEMU's -cpu had it (malloc'ed); NULL: QEMU was not started.
 */
char *record_run_cpu_model(const struct record_run *run);

/*
 * What decides of a scenario (scenario/metric.h), as the profile or the command line said; NULL:
 * the default. Of experiments from before it could be said, the iteration.
 */
const char *record_metric(const struct record *r, const char *scenario);
/* What reading/ wants to know of a run; borrows from both. */
struct reading_source record_reading_source(const struct record *r, const struct record_run *run);
/* store_each_row() and store_each_run() of a record; perturbed runs are no rows. */
int record_each_row(const struct record *r, store_row_fn fn, void *arg, struct err *e);
int record_each_run(const struct record *r, store_row_fn fn, void *arg, struct err *e);

#endif
