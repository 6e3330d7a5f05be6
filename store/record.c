// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/record.h"

#include "arch/arch.h"
#include "lab/counts/page_state.h"
#include "vm/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define FIELD(name, type, may_be_null) \
	{ #name, type, may_be_null, offsetof(struct record_run, name) },
#define INT(name) FIELD(name, FIELD_INT, false)
#define REAL(name) FIELD(name, FIELD_REAL, false)
#define TEXT(name) FIELD(name, FIELD_TEXT, false)
#define REAL_OR_NULL(name) FIELD(name, FIELD_REAL, true)
#define TEXT_OR_NULL(name) FIELD(name, FIELD_TEXT, true)

const struct record_field record_run_fields[RECORD_RUN_FIELDS] = {
	RUN_COLUMNS(INT, REAL, TEXT, REAL_OR_NULL, TEXT_OR_NULL)
};
/* clang-format on */

static const char *const segment_names[] = { "vmas", "minor_faults", "major_faults", "result" };

static uint64_t *segment_number(struct report_segment *s, size_t which)
{
	uint64_t *const numbers[] = { &s->vmas, &s->minor_faults, &s->major_faults,
				      (uint64_t *)&s->result };

	return numbers[which];
}

/* A segment of a run that has no counts or times to tell of it. */
static bool segment_by_state(struct record_run *run, const char *segment)
{
	for (unsigned i = 0; i < run->n_segments; i++) {
		if (!strcmp(run->segments[i], segment))
			return true;
	}
	run->segments_by_state = run->segments_by_state || !run->n_segments;
	if (!run->segments_by_state || run->n_segments == MARKER_SEGMENTS ||
	    strlen(segment) >= PLAN_NAME_BYTES)
		return false;
	snprintf(run->segments[run->n_segments++], PLAN_NAME_BYTES, "%s", segment);
	return true;
}

static bool take_segment_state(struct record_run *run, const char *segment, const char *name,
			       uint64_t value)
{
	if (!segment_by_state(run, segment))
		return false;
	for (unsigned i = 0; i < run->n_segments; i++) {
		if (strcmp(run->segments[i], segment) != 0)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(segment_names); k++) {
			if (strcmp(name, segment_names[k]) != 0)
				continue;
			run->measured.segments[i].segment = i;
			*segment_number(&run->measured.segments[i], k) = value;
			return true;
		}
	}
	return false;
}

/* As struct run has its states. */
static const char *const moments[] = { "expected", "before", "after" };

bool record_take_state(struct record_run *run, const char *moment, const char *name, uint64_t value)
{
	size_t count;
	const struct state_number *numbers = state_numbers(&count);
	struct report_state *const states[] = { &run->measured.expected, &run->measured.before,
						&run->measured.after };
	size_t which = 0;

	while (which < ARRAY_SIZE(moments) && strcmp(moments[which], moment) != 0)
		which++;
	if (which == ARRAY_SIZE(moments))
		return !strncmp(moment, "after ", 6) &&
		       take_segment_state(run, moment + 6, name, value);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(name, numbers[i].column)) {
			memcpy((char *)states[which] + numbers[i].offset, &value, sizeof(value));
			return true;
		}
	}
	return false;
}

bool record_state_at(const struct record_run *run, size_t at, struct record_state *out)
{
	const struct report_state *states[] = { &run->measured.expected, &run->measured.before,
						&run->measured.after };
	size_t count, segment;
	const struct state_number *numbers = state_numbers(&count);

	if (at < ARRAY_SIZE(states) * count) {
		snprintf(out->moment, sizeof(out->moment), "%s", moments[at / count]);
		out->name = numbers[at % count].column;
		out->value = state_value(&numbers[at % count], states[at / count]);
		return true;
	}
	at -= ARRAY_SIZE(states) * count;
	segment = at / ARRAY_SIZE(segment_names);
	if (segment >= run->n_segments)
		return false;
	snprintf(out->moment, sizeof(out->moment), "after %s", run->segments[segment]);
	out->name = segment_names[at % ARRAY_SIZE(segment_names)];
	out->value = *segment_number((struct report_segment *)&run->measured.segments[segment],
				     at % ARRAY_SIZE(segment_names));
	return true;
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
	free(run->readings);
	free(run->program_sha256);
	free(run->program_words);
	free(run->program_output);
	free(run->program_setup);
}

static void functions_free(struct profile_function *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(functions[i].name);
	free(functions);
}

static void files_free(struct record_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(files[i].name);
		free(files[i].text);
	}
	free(files);
}

void record_free(struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++)
		run_free_record(&r->runs[i]);
	for (size_t i = 0; i < r->n_counts; i++)
		functions_free(r->counts[i].functions, r->counts[i].count);
	files_free(r->files, r->n_files);
	for (size_t i = 0; i < r->n_facts; i++) {
		free(r->facts[i].scenario);
		code_facts_free(&r->facts[i].facts);
	}
	free(r->facts);
	files_free(r->configs, r->n_configs);
	for (size_t i = 0; i < r->n_results; i++) {
		free(r->results[i].scenario);
		free(r->results[i].verdict);
		free(r->results[i].document);
	}
	free(r->runs);
	free(r->counts);
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
	free(r->metric);
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
	/* Nothing was expected until it is read. */
	memset(&run->measured.expected, 0xff, sizeof(run->measured.expected));
	return run;
}

uint64_t record_hash(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (; len >= sizeof(uint64_t); p += sizeof(uint64_t), len -= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, p, sizeof(word));
		hash = (hash ^ word) * 0x100000001b3u;
		hash ^= hash >> 32;
	}
	for (; len; p++, len--)
		hash = (hash ^ *p) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_counts(const struct profile_function *functions, size_t count)
{
	uint64_t hash = RECORD_HASH;

	for (size_t i = 0; i < count; i++) {
		const struct profile_function *f = &functions[i];

		hash = record_hash(hash, f->name, strlen(f->name) + 1);
		hash = record_hash(hash, f->insns, sizeof(f->insns));
		hash = record_hash(hash, f->calls, sizeof(f->calls));
	}
	return hash;
}

static bool same_counts(const struct record_counts *c, const struct profile_function *functions,
			size_t count, uint64_t hash)
{
	if (c->count != count || c->hash != hash)
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
	uint64_t hash = hash_counts(functions, count);

	/* The newest first: neighbours are of the same experiment's next block. */
	for (size_t i = r->n_counts; i-- > 0;) {
		if (same_counts(&r->counts[i], functions, count, hash)) {
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
	r->counts[r->n_counts] = (struct record_counts){ functions, count, hash };
	return (long)r->n_counts++;
}

static int add_file(struct record_file **list, size_t *count, const char *name, const char *text,
		    struct err *e)
{
	struct record_file *grown = realloc(*list, (*count + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	*list = grown;
	grown[*count] = (struct record_file){ strdup(name), strdup(text) };
	if (!grown[*count].name || !grown[*count].text) {
		free(grown[*count].name);
		free(grown[*count].text);
		return err_oom(e);
	}
	++*count;
	return 0;
}

int record_add_fact(struct record *r, const char *scenario, const struct code_fact *f,
		    struct err *e)
{
	struct record_facts *last = r->n_facts ? &r->facts[r->n_facts - 1] : NULL, *grown;

	/* Those of a scenario stand together. */
	if (!last || strcmp(last->scenario, scenario) != 0) {
		grown = realloc(r->facts, (r->n_facts + 1) * sizeof(*grown));
		if (!grown)
			return err_oom(e);
		r->facts = grown;
		last = &r->facts[r->n_facts];
		*last = (struct record_facts){ .scenario = strdup(scenario) };
		if (!last->scenario)
			return err_oom(e);
		r->n_facts++;
	}
	return code_facts_add(&last->facts, f, e);
}

void record_sort_facts(struct record *r)
{
	for (size_t i = 0; i < r->n_facts; i++)
		code_facts_sort(&r->facts[i].facts);
}

const struct code_facts *record_facts_of(const struct record *r, const char *scenario)
{
	for (size_t i = 0; i < r->n_facts; i++) {
		if (!strcmp(r->facts[i].scenario, scenario))
			return &r->facts[i].facts;
	}
	return NULL;
}

int record_add_file(struct record *r, const char *name, const char *text, struct err *e)
{
	return add_file(&r->files, &r->n_files, name, text, e);
}

int record_add_config(struct record *r, const char *sha256, const char *text, struct err *e)
{
	return add_file(&r->configs, &r->n_configs, sha256, text, e);
}

int record_add_result(struct record *r, const char *scenario, const char *verdict,
		      const char *document, struct err *e)
{
	struct record_result *grown = realloc(r->results, (r->n_results + 1) * sizeof(*grown));
	struct record_result *x;

	if (!grown)
		return err_oom(e);
	r->results = grown;
	x = &grown[r->n_results++];
	*x = (struct record_result){ strdup(scenario), strdup(verdict), strdup(document) };
	return x->scenario && x->verdict && x->document ? 0 : err_oom(e);
}

void record_link_counts(struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		struct record_run *run = &r->runs[i];

		if (run->counts < 0)
			continue;
		run->measured.profile.functions = r->counts[run->counts].functions;
		run->measured.profile.count = r->counts[run->counts].count;
	}
}

const char *record_kernel_file(const struct record_run *run)
{
	const struct arch *arch = arch_named(run->arch);

	return arch && arch->raw_image ? "Image" : "vmlinux";
}

const char *record_other_arch(const struct record *r)
{
	const char *arch = r->n_runs ? r->runs[0].arch : arch_default()->name;

	return strcmp(arch, arch_default()->name) != 0 ? arch : NULL;
}

bool record_run_ok(const struct record_run *run)
{
	return !strcmp(run->status, "ok");
}

bool record_run_counted(const struct record_run *run)
{
	return !strcmp(run->accelerator, accel_name(ACCEL_ICOUNT));
}

bool record_run_perturbed(const struct record_run *run)
{
	json_t *perturbation = json_loads(run->perturbation, 0, NULL), *value;
	bool perturbed = false;
	const char *key;

	json_object_foreach(perturbation, key, value)
	{
		perturbed = perturbed || json_number_value(value) != 0;
	}
	json_decref(perturbation);
	return perturbed;
}

bool record_run_probed(const struct record_run *run)
{
	return record_run_ok(run) && record_run_counted(run) && !run_pairs(&run->measured);
}

/* What stands behind every model of the architecture's. */
static void drop_options(const struct record_run *run, char *model)
{
	const struct arch *arch = run->arch ? arch_named(run->arch) : NULL;
	size_t len = model ? strlen(model) : 0, tail = arch ? strlen(arch->cpu_options) : 0;

	if (arch && len > tail && !strcmp(model + len - tail, arch->cpu_options))
		model[len - tail] = '\0';
}

char *record_run_cpu_model(const struct record_run *run)
{
	json_t *argv = run->qemu_argv ? json_loads(run->qemu_argv, 0, NULL) : NULL;
	char *model = NULL;

	for (size_t i = 0; !model && i + 1 < json_array_size(argv); i++) {
		const char *word = json_string_value(json_array_get(argv, i));
		const char *next = json_string_value(json_array_get(argv, i + 1));

		if (word && next && !strcmp(word, "-cpu"))
			model = strdup(next);
	}
	json_decref(argv);
	drop_options(run, model);
	return model;
}
