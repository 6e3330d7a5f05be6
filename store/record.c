// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/record.h"

#include "vm/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(name)                                                          \
	{                                                                   \
#name, FIELD_TEXT, false, offsetof(struct record_run, name) \
	}
#define TEXT_OR_NULL(name)                                                 \
	{                                                                  \
#name, FIELD_TEXT, true, offsetof(struct record_run, name) \
	}
#define INT(name)                                                          \
	{                                                                  \
#name, FIELD_INT, false, offsetof(struct record_run, name) \
	}
#define REAL(name)                                                          \
	{                                                                   \
#name, FIELD_REAL, false, offsetof(struct record_run, name) \
	}
#define REAL_OR_NULL(name)                                                 \
	{                                                                  \
#name, FIELD_REAL, true, offsetof(struct record_run, name) \
	}

const struct record_field record_run_fields[RECORD_RUN_FIELDS] = {
	INT(id),
	INT(block),
	INT(position),
	INT(attempt),
	TEXT(side),
	TEXT(status),
	TEXT_OR_NULL(failure_reason),
	TEXT(scenario),
	TEXT(scenario_sha256),
	TEXT(item),
	INT(items),
	TEXT(kernel_spec),
	TEXT(kernel_release),
	TEXT(kernel_version),
	TEXT(compiler),
	TEXT(vmlinux_sha256),
	TEXT(image_sha256),
	TEXT_OR_NULL(config_sha256),
	INT(cpus),
	INT(memory_mib),
	TEXT(guest_cmdline),
	TEXT(perturbation),
	TEXT(started),
	TEXT(accelerator),
	TEXT_OR_NULL(affinity),
	REAL_OR_NULL(load_before),
	REAL_OR_NULL(load_after),
	TEXT(qemu_version),
	TEXT(qemu_argv),
	TEXT(guest_sha256),
	TEXT(plugin_sha256),
	INT(plugin_api),
	INT(from_snapshot),
	REAL(boot_seconds),
	REAL(measure_seconds),
	TEXT(environment),
	TEXT(console),
};

const char *const record_state_names[RECORD_STATES] = { "online_cpus",	    "vmas",
							"present_pages",    "dirty_pages",
							"pmd_mapped_pages", "swapped_pages" };

uint64_t *record_state_number(struct report_state *s, unsigned which)
{
	uint64_t *const numbers[RECORD_STATES] = { &s->online_cpus,	 &s->vmas,
						   &s->present_pages,	 &s->dirty_pages,
						   &s->pmd_mapped_pages, &s->swapped_pages };

	return numbers[which];
}

static void run_free_record(struct record_run *run)
{
	for (size_t i = 0; i < RECORD_RUN_FIELDS; i++) {
		const struct record_field *f = &record_run_fields[i];

		if (f->type == FIELD_TEXT)
			free(*(char **)((char *)run + f->offset));
	}
	/* Shared: see struct record_counts. */
	run->measured.profile.functions = NULL;
	run->measured.profile.count = 0;
	run_free(&run->measured);
}

static void functions_free(struct profile_function *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(functions[i].name);
	free(functions);
}

void record_free(struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++)
		run_free_record(&r->runs[i]);
	for (size_t i = 0; i < r->n_counts; i++)
		functions_free(r->counts[i].functions, r->counts[i].count);
	for (size_t i = 0; i < r->n_files; i++) {
		free(r->files[i].name);
		free(r->files[i].text);
	}
	for (size_t i = 0; i < r->n_results; i++) {
		free(r->results[i].scenario);
		free(r->results[i].verdict);
		free(r->results[i].document);
	}
	free(r->runs);
	free(r->counts);
	free(r->files);
	free(r->results);
	free(r->id);
	free(r->name);
	free(r->mode);
	free(r->purpose);
	free(r->started);
	free(r->slowpath_version);
	free(r->finished);
	json_decref(r->command);
	json_decref(r->environment);
	json_decref(r->effect);
	*r = (struct record){ 0 };
}

struct record_run *record_add_run(struct record *r)
{
	struct record_run *run;

	if (r->n_runs == r->cap_runs) {
		size_t cap = 2 * r->cap_runs + 16;
		struct record_run *grown = realloc(r->runs, cap * sizeof(*grown));

		if (!grown)
			return NULL;
		r->runs = grown;
		r->cap_runs = cap;
	}
	run = &r->runs[r->n_runs++];
	*run = (struct record_run){ .counts = -1 };
	return run;
}

static bool same_counts(const struct record_counts *c, const struct profile_function *functions,
			size_t count)
{
	if (c->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct profile_function *a = &c->functions[i], *b = &functions[i];

		if (memcmp(a->insns, b->insns, sizeof(a->insns)) != 0 ||
		    memcmp(a->calls, b->calls, sizeof(a->calls)) != 0 ||
		    strcmp(a->name, b->name) != 0)
			return false;
	}
	return true;
}

long record_add_counts(struct record *r, struct profile_function *functions, size_t count)
{
	/* The newest first: neighbours are of the same experiment's next block. */
	for (size_t i = r->n_counts; i-- > 0;) {
		if (same_counts(&r->counts[i], functions, count)) {
			functions_free(functions, count);
			return (long)i;
		}
	}
	if (r->n_counts == r->cap_counts) {
		size_t cap = 2 * r->cap_counts + 8;
		struct record_counts *grown = realloc(r->counts, cap * sizeof(*grown));

		if (!grown) {
			functions_free(functions, count);
			return -ENOMEM;
		}
		r->counts = grown;
		r->cap_counts = cap;
	}
	r->counts[r->n_counts] = (struct record_counts){ functions, count };
	return (long)r->n_counts++;
}

int record_add_file(struct record *r, const char *name, const char *text, struct err *e)
{
	struct record_file *grown = realloc(r->files, (r->n_files + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	r->files = grown;
	grown[r->n_files] = (struct record_file){ strdup(name), strdup(text) };
	if (!grown[r->n_files].name || !grown[r->n_files].text) {
		free(grown[r->n_files].name);
		free(grown[r->n_files].text);
		return err_oom(e);
	}
	r->n_files++;
	return 0;
}

bool record_run_ok(const struct record_run *run)
{
	return !strcmp(run->status, "ok");
}

bool record_run_counted(const struct record_run *run)
{
	return !strcmp(run->accelerator, accel_name(ACCEL_ICOUNT));
}
