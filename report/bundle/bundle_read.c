// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the measured files of a bundle (bundle.h) as hostile text. */
#include "base/file.h"
#include "base/utf8.h"
#include "judge/table/csv.h"
#include "report/bundle/bundle.h"
#include "report/bundle/bundle_columns.h"
#include "store/record_check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RUNS_MAX 100000

struct reader {
	const struct bundle *b;
	struct record *out;
	struct csv csv;
	struct profile_function *functions;
	size_t n_functions, cap_functions;
};

static int bad(const struct reader *in, struct err *e, const char *what)
{
	return err_set(e, EINVAL, "%s:%zu: %s", in->csv.name, in->csv.line, what);
}

static int parse_unsigned(const struct reader *in, const char *text, uint64_t max, uint64_t *out,
			  struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || (text[0] == '0' && text[1]) ||
	    *out > max)
		return bad(in, e, "a number was expected that is in range");
	return 0;
}

static int number(const struct reader *in, size_t field, uint64_t max, uint64_t *out, struct err *e)
{
	return parse_unsigned(in, in->csv.fields[field], max, out, e);
}

/* Fields [first, first + n) into 64-bit numbers. */
static int numbers(const struct reader *in, size_t first, size_t n, uint64_t *const *out,
		   struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = number(in, first + i, INT64_MAX, out[i], e);
	return r;
}

/* The fields from @first on. */
static int row_numbers(const struct reader *in, size_t first, const struct number_table *t,
		       struct run *run, size_t row, struct err *e)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct number_column *c = &t->columns[i];
		uint64_t value;

		if (number(in, first + i, number_max(c), &value, e) < 0)
			return -EINVAL;
		number_set(c, run, row, value);
	}
	return 0;
}

/* A CSV file with this very header; @line for every record behind it. Missing is empty. */
static int each_line(struct reader *in, const char *path, const char *header,
		     int (*line)(struct reader *in, struct err *e), struct err *e)
{
	const struct bundle_file *f = bundle_find(in->b, path);
	_cleanup_close_ int fd = -1;
	size_t columns = 1, at = 0;
	int r;

	if (!f)
		return err_set(e, ENOENT, "%s is missing", path);
	if (f->data.len < strlen(header) || strncmp(f->data.data, header, strlen(header)) != 0)
		return err_set(e, EINVAL, "%s:1: the header '%s' was expected", path, header);
	fd = memfd_create("slowpath", MFD_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno, "memfd_create");
	r = file_write_all(fd, f->data.data, f->data.len);
	if (r < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_errno(e, r < 0 ? -r : errno, "memory file");
	for (const char *p = header; *p; p++)
		columns += *p == ',';
	r = csv_open(&in->csv, path, fd, e);
	while (r == 0 && (r = csv_next(&in->csv, e)) > 0) {
		r = in->csv.n_fields == columns ? 0 : bad(in, e, "another number of fields");
		if (r == 0 && at++)
			r = line(in, e);
	}
	csv_close(&in->csv);
	return r;
}

static struct record_run *run_of(struct reader *in, struct err *e)
{
	uint64_t id;

	if (number(in, 0, in->out->n_runs, &id, e) < 0)
		return NULL;
	if (!id) {
		bad(in, e, "there is no such run");
		return NULL;
	}
	return &in->out->runs[id - 1];
}

static int read_shared(struct reader *in, int which, char **out, struct err *e)
{
	const struct bundle_file *f;
	char path[64];
	uint64_t n;
	size_t field = 0;

	while (strcmp(record_run_fields[field].name, bundle_shared[which].column) != 0)
		field++;
	if (number(in, field, RUNS_MAX, &n, e) < 0)
		return -EINVAL;
	snprintf(path, sizeof(path), BUNDLE_SHARED_PATH, bundle_shared[which].stem, (size_t)n,
		 bundle_shared[which].suffix);
	f = bundle_find(in->b, path);
	if (!f)
		return err_set(e, ENOENT, "%s is missing", path);
	*out = strdup(buf_str(&f->data));
	return *out ? 0 : err_oom(e);
}

static int real(struct reader *in, size_t field, double *out, struct err *e)
{
	const char *text = in->csv.fields[field];
	char *end;

	*out = strtod(text, &end);
	return !*text || *end || !isfinite(*out) ? bad(in, e, "no number") : 0;
}

static int read_field(struct reader *in, struct record_run *run, int i, struct err *e)
{
	const struct record_field *f = &record_run_fields[i];
	const char *text = in->csv.fields[i];
	void *at = (char *)run + f->offset;
	int shared = bundle_shared_of(f->name);
	uint64_t value = 0;

	if (shared >= 0)
		return read_shared(in, shared, at, e);
	if (f->type == FIELD_TEXT) {
		if (!*text && f->may_be_null)
			return 0;
		*(char **)at = strdup(text);
		return *(char **)at ? 0 : err_oom(e);
	}
	if (f->type == FIELD_INT) {
		if (parse_unsigned(in, text, INT64_MAX, &value, e) < 0)
			return -EINVAL;
		*(int64_t *)at = (int64_t)value;
		return 0;
	}
	*(double *)at = NAN;
	if (!*text)
		return f->may_be_null ? 0 : bad(in, e, "a number is missing");
	return real(in, (size_t)i, at, e);
}

/* What the reading of further files relies on; the rest is for record_check(). */
static int check_run(struct reader *in, struct record_run *run, struct err *e)
{
	uint64_t n = 0;

	if (run->id != (int64_t)in->out->n_runs)
		return bad(in, e, "runs are not numbered from 1");
	if (in->csv.fields[RECORD_RUN_FIELDS][0]) {
		if (number(in, RECORD_RUN_FIELDS, RUNS_MAX, &n, e) < 0)
			return -EINVAL;
		if (!n || !record_run_ok(run) || !record_run_counted(run))
			return bad(in, e, "counts of a run that has none");
		run->counts = (long)n - 1;
	} else if (record_run_ok(run) && record_run_counted(run)) {
		return bad(in, e, "a good run without counts");
	}
	run->measured.profile.plugin_api = (unsigned)run->plugin_api;
	return 0;
}

static int run_line(struct reader *in, struct err *e)
{
	struct record_run *run;
	int r = 0;

	if (in->out->n_runs >= RUNS_MAX)
		return bad(in, e, "too many runs");
	run = record_add_run(in->out);
	if (!run)
		return err_oom(e);
	for (int i = 0; r == 0 && i < RECORD_RUN_FIELDS; i++)
		r = read_field(in, run, i, e);
	return r < 0 ? r : check_run(in, run, e);
}

static int phase_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t phase;

	if (!run || number(in, 1, MARKER_PHASES - 1, &phase, e) < 0)
		return -EINVAL;
	run->measured.phases[phase].phase = (uint32_t)phase;
	return row_numbers(in, 2, &phase_numbers, &run->measured, phase, e);
}

static int take_segment(struct reader *in, struct record_run *run, uint64_t segment,
			const char *name, struct err *e)
{
	if (segment > run->n_segments || strlen(name) >= PLAN_NAME_BYTES)
		return bad(in, e, "segments are not in order");
	if (segment < run->n_segments)
		return strcmp(run->segments[segment], name) != 0
			       ? bad(in, e, "a segment has two names")
			       : 0;
	snprintf(run->segments[segment], PLAN_NAME_BYTES, "%s", name);
	run->n_segments++;
	return 0;
}

static int slot_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t phase, segment;
	int r;

	if (!run || number(in, 1, MARKER_PHASES - 1, &phase, e) < 0 ||
	    number(in, 2, MARKER_SEGMENTS - 1, &segment, e) < 0)
		return -EINVAL;
	r = phase == MARKER_PHASE_EMPTY ? 0 : take_segment(in, run, segment, in->csv.fields[3], e);
	if (r < 0)
		return r;
	return row_numbers(in, 4, &slot_numbers, &run->measured, phase * MARKER_SEGMENTS + segment,
			   e);
}

static int costs_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t phase, segment;
	struct profile *p;
	int r = 0;

	if (!run || number(in, 1, MARKER_PHASES - 1, &phase, e) < 0 ||
	    number(in, 2, MARKER_SEGMENTS - 1, &segment, e) < 0)
		return -EINVAL;
	p = &run->measured.profile;
	p->events = true;
	for (enum cost c = COST_LOADS; r == 0 && c < COST_COUNT; c++)
		r = number(in, 3 + c - COST_LOADS, INT64_MAX,
			   &p->slots[phase * MARKER_SEGMENTS + segment].costs[c], e);
	return r;
}

/* A node behind the last of its run's tree, whose fields are in the line. */
static int add_node(struct reader *in, struct calltree *t, struct err *e)
{
	uint64_t parent;

	if (number(in, 2, t->count ? t->count - 1 : 0, &parent, e) < 0)
		return -EINVAL;
	/* Twice as large whenever it is a power of two: full. */
	if (!(t->count & (t->count - 1))) {
		struct calltree_node *grown =
			realloc(t->nodes, (t->count ? 2 * t->count : 1) * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		t->nodes = grown;
	}
	t->nodes[t->count] = (struct calltree_node){ .name = strdup(in->csv.fields[3]),
						     .parent = (uint32_t)parent };
	if (!t->nodes[t->count].name)
		return err_oom(e);
	t->count++;
	return 0;
}

static int tree_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t node, parent, phase, segment;
	struct calltree_node *n;
	struct calltree *t;
	unsigned slot;

	if (!run)
		return -EINVAL;
	t = &run->measured.tree;
	if (number(in, 1, t->count, &node, e) < 0 || number(in, 2, UINT32_MAX, &parent, e) < 0 ||
	    number(in, 4, MARKER_PHASES - 1, &phase, e) < 0 ||
	    number(in, 5, MARKER_SEGMENTS - 1, &segment, e) < 0)
		return -EINVAL;
	if (node == t->count && add_node(in, t, e) < 0)
		return e->code;
	n = &t->nodes[node];
	if (node + 1 != t->count || n->parent != parent || strcmp(n->name, in->csv.fields[3]) != 0)
		return bad(in, e, "a call tree's node is out of order, or is two");
	slot = (unsigned)(phase * MARKER_SEGMENTS + segment);
	if (n->insns[slot] || n->calls[slot])
		return bad(in, e, "a call tree's node has a slot twice");
	return number(in, 6, INT64_MAX, &n->insns[slot], e) < 0 ||
			       number(in, 7, INT64_MAX, &n->calls[slot], e) < 0
		       ? -EINVAL
		       : 0;
}

static int timing_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	struct timing *t;

	if (!run)
		return -EINVAL;
	t = &run->measured.timing;
	if (t->timed.rounds || record_run_counted(run) || !record_run_ok(run))
		return bad(in, e, "times of a run that has none");
	if (row_numbers(in, 1, &timing_numbers, &run->measured, 0, e) < 0)
		return -EINVAL;
	return t->timed.rounds && t->timed.rounds <= PLAN_MAX_ROUNDS
		       ? 0
		       : bad(in, e, "times of no such number of rounds");
}

static int parse_spans(struct reader *in, const char *p, uint64_t *out, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 0;

		if (*p < '0' || *p > '9')
			return bad(in, e, "a span is missing");
		while (*p >= '0' && *p <= '9' && value < UINT64_MAX / 16)
			value = 10 * value + (uint64_t)(*p++ - '0');
		out[i] = value;
		if (*p != (i + 1 < n ? ' ' : '\0'))
			return bad(in, e, "spans are not divided by blanks");
		p += i + 1 < n;
	}
	return 0;
}

static int span_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t segment, first;
	struct timing *t;
	size_t n;

	if (!run || number(in, 1, MARKER_SEGMENTS - 1, &segment, e) < 0 ||
	    number(in, 3, PLAN_MAX_ROUNDS, &first, e) < 0)
		return -EINVAL;
	t = &run->measured.timing;
	if (take_segment(in, run, segment, in->csv.fields[2], e) < 0)
		return -EINVAL;
	if (first >= t->timed.rounds || first % BUNDLE_SPANS_A_LINE)
		return bad(in, e, "spans of no round");
	n = t->timed.rounds - first;
	if (n > BUNDLE_SPANS_A_LINE)
		n = BUNDLE_SPANS_A_LINE;
	if (!t->spans_ns[segment])
		t->spans_ns[segment] = calloc(t->timed.rounds, sizeof(uint64_t));
	if (!t->spans_ns[segment])
		return err_oom(e);
	return parse_spans(in, in->csv.fields[4], t->spans_ns[segment] + first, n, e);
}

static int state_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	const char *text = in->csv.fields[3];
	uint64_t value = REPORT_UNKNOWN;

	if (!run)
		return -EINVAL;
	/* What calls returned may be negative. */
	if (*text && parse_unsigned(in, text + (*text == '-'), INT64_MAX, &value, e) < 0)
		return -EINVAL;
	if (*text == '-')
		value = -value;
	return record_take_state(run, in->csv.fields[1], in->csv.fields[2], value)
		       ? 0
		       : bad(in, e, "there is no such number of a state");
}

static int program_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	const char *region = in->csv.fields[7];
	struct output *o;

	if (!run)
		return -EINVAL;
	if (strcmp(region, "0") != 0 && strcmp(region, "1") != 0)
		return bad(in, e, "a region is 0 or 1");
	if (run->program_sha256)
		return bad(in, e, "a run has two programs");
	run->program_sha256 = strdup(in->csv.fields[1]);
	run->program_words = strdup(in->csv.fields[2]);
	run->program_output = strdup(in->csv.fields[3]);
	o = &run->measured.output;
	o->notes = strdup(in->csv.fields[4]);
	o->steady = strdup(in->csv.fields[5]);
	o->unsteady = strdup(in->csv.fields[6]);
	o->region = region[0] == '1';
	run->program_setup = strdup(in->csv.fields[8]);
	return run->program_sha256 && run->program_words && run->program_output && o->notes &&
			       o->steady && o->unsteady && run->program_setup
		       ? 0
		       : err_oom(e);
}

static int printed_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	struct output_metric *m;
	struct output *o;

	if (!run)
		return -EINVAL;
	o = &run->measured.output;
	if (o->n_metrics == OUTPUT_METRICS_MAX ||
	    strlen(in->csv.fields[1]) >= sizeof(o->metrics[0].name))
		return bad(in, e, "too many metrics, or too long a name");
	m = &o->metrics[o->n_metrics];
	if (real(in, 2, &m->value, e) < 0 || real(in, 3, &m->spread, e) < 0)
		return -EINVAL;
	snprintf(m->name, sizeof(m->name), "%s", in->csv.fields[1]);
	o->n_metrics++;
	return 0;
}

static int share(struct reader *in, unsigned field, double *out, struct err *e)
{
	*out = NAN;
	return in->csv.fields[field][0] ? real(in, field, out, e) : 0;
}

static int fact_line(struct reader *in, struct err *e)
{
	struct code_fact f = { .one = (char *)in->csv.fields[2],
			       .other = (char *)in->csv.fields[3] };

	if (!code_fact_kind_of(in->csv.fields[1], &f.kind))
		return bad(in, e, "there is no such kind");
	if (share(in, 4, &f.code, e) < 0 || share(in, 5, &f.callees, e) < 0 ||
	    share(in, 6, &f.callers, e) < 0)
		return -EINVAL;
	return record_add_fact(in->out, in->csv.fields[0], &f, e);
}

static int read_result(struct reader *in, struct err *e)
{
	const struct bundle_file *f = bundle_find(in->b, BUNDLE_RESULT_PATH);

	return f ? record_add_result(in->out, "", "", buf_str(&f->data), e) : 0;
}

static struct profile_function *function_of(struct reader *in, const char *name, struct err *e)
{
	struct profile_function *last =
		in->n_functions ? &in->functions[in->n_functions - 1] : NULL;
	int order = last ? strcmp(last->name, name) : -1;

	if (!order)
		return last;
	if (order > 0) {
		bad(in, e, "functions are not in order");
		return NULL;
	}
	if (!in->functions || in->n_functions == in->cap_functions) {
		size_t cap = 2 * in->cap_functions + 64;
		struct profile_function *grown = realloc(in->functions, cap * sizeof(*grown));

		if (!grown) {
			err_oom(e);
			return NULL;
		}
		in->functions = grown;
		in->cap_functions = cap;
	}
	last = &in->functions[in->n_functions];
	*last = (struct profile_function){ .name = strdup(name) };
	if (!last->name) {
		err_oom(e);
		return NULL;
	}
	in->n_functions++;
	return last;
}

static int function_line(struct reader *in, struct err *e)
{
	struct profile_function *f = function_of(in, in->csv.fields[0], e);
	uint64_t phase, segment;

	if (!f || number(in, 1, MARKER_PHASES - 1, &phase, e) < 0 ||
	    number(in, 2, MARKER_SEGMENTS - 1, &segment, e) < 0)
		return -EINVAL;
	return numbers(in, 3, 2,
		       (uint64_t *const[]){ &f->insns[phase * MARKER_SEGMENTS + segment],
					    &f->calls[phase * MARKER_SEGMENTS + segment] },
		       e);
}

static int read_counts(struct reader *in, struct err *e)
{
	long needed = 0;

	for (size_t i = 0; i < in->out->n_runs; i++) {
		if (in->out->runs[i].counts >= needed)
			needed = in->out->runs[i].counts + 1;
	}
	for (long i = 0; i < needed; i++) {
		char path[64];
		int r;
		long at;

		snprintf(path, sizeof(path), BUNDLE_FUNCTIONS_PATH, (size_t)i + 1);
		r = each_line(in, path, BUNDLE_FUNCTIONS, function_line, e);
		if (r < 0)
			return r;
		at = record_add_counts(in->out, in->functions, in->n_functions);
		in->functions = NULL;
		in->n_functions = in->cap_functions = 0;
		if (at != i)
			return at < 0 ? err_oom(e) : err_set(e, EINVAL, "%s is there twice", path);
	}
	record_link_counts(in->out);
	return 0;
}

static char *member(const json_t *doc, const char *key)
{
	const char *text = json_string_value(json_object_get(doc, key));

	return text ? strdup(text) : NULL;
}

static int read_experiment(struct reader *in, struct err *e)
{
	const struct bundle_file *f = bundle_find(in->b, "experiment.json");
	struct record *x = in->out;
	json_error_t where;
	json_t *doc, *effect;

	if (!f)
		return err_set(e, ENOENT, "experiment.json is missing");
	doc = json_loadb(buf_str(&f->data), f->data.len, JSON_REJECT_DUPLICATES, &where);
	if (!doc)
		return err_set(e, EINVAL, "experiment.json:%d: %.100s", where.line, where.text);
	x->id = member(doc, "id");
	x->name = member(doc, "name");
	x->mode = member(doc, "mode");
	x->purpose = member(doc, "purpose");
	x->started = member(doc, "started");
	x->finished = member(doc, "finished");
	x->slowpath_version = member(doc, "slowpath_version");
	x->command = json_incref(json_object_get(doc, "command"));
	x->environment = json_incref(json_object_get(doc, "environment"));
	effect = json_object_get(doc, "order");
	x->effect = json_is_object(effect) ? json_incref(effect) : NULL;
	json_decref(doc);
	if (x->id && x->name && x->mode && x->purpose && x->started && x->slowpath_version &&
	    json_is_object(x->command) && x->environment)
		return 0;
	return err_set(e, EINVAL, "experiment.json: a member is missing or of the wrong type");
}

/* What stands in a folder of its own, by its name there. */
static int read_files(struct reader *in, struct err *e)
{
	for (size_t i = 0; i < in->b->count; i++) {
		const struct bundle_file *f = &in->b->files[i];
		int r = 0;

		if (strlen(buf_str(&f->data)) != f->data.len)
			return err_set(e, EINVAL, "%s: a NUL byte", f->path);
		if (!strncmp(f->path, "scenarios/", 10)) {
			r = record_add_file(in->out, f->path + 10, buf_str(&f->data), e);
		} else if (!strncmp(f->path, "kernels/", 8)) {
			_cleanup_free_ char *sha256 =
				strndup(f->path + 8, strcspn(f->path + 8, "."));

			r = sha256 ? record_add_config(in->out, sha256, buf_str(&f->data), e)
				   : err_oom(e);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int runs_header(struct buf *out, struct err *e)
{
	for (int i = 0; i < RECORD_RUN_FIELDS; i++)
		buf_printf(out, "%s,", record_run_fields[i].name);
	buf_puts(out, "counts");
	return buf_error(out) ? err_oom(e) : 0;
}

static int read_numbers(struct reader *in, struct err *e)
{
	static const struct {
		const char *path;
		const struct number_table *table;
		int (*line)(struct reader *in, struct err *e);
	} tables[] = {
		{ "raw/phases.csv", &phase_numbers, phase_line },
		{ "raw/slots.csv", &slot_numbers, slot_line },
		{ "raw/timing.csv", &timing_numbers, timing_line },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tables); i++) {
		_cleanup_buf_ struct buf header = { 0 };

		buf_puts(&header, "run,");
		number_names(tables[i].table, &header);
		r = buf_error(&header)
			    ? err_oom(e)
			    : each_line(in, tables[i].path, header.data, tables[i].line, e);
	}
	return r;
}

static int task_line(struct reader *in, struct err *e)
{
	struct record_run *run = run_of(in, e);
	uint64_t phase, segment, insns, calls;
	uint64_t *const out[] = { &insns, &calls };
	int r;

	if (!run || number(in, 3, MARKER_PHASES - 1, &phase, e) < 0 ||
	    number(in, 4, MARKER_SEGMENTS - 1, &segment, e) < 0 || numbers(in, 5, 2, out, e) < 0)
		return -EINVAL;
	if (!utf8_valid(in->csv.fields[1]) || !utf8_valid(in->csv.fields[2]))
		return bad(in, e, "a name that is not UTF-8");
	r = profile_add_task_count(&run->measured.profile, in->csv.fields[1], in->csv.fields[2],
				   (unsigned)(phase * MARKER_SEGMENTS + segment), insns, calls);
	if (r == -ENOMEM)
		return err_oom(e);
	return r < 0 ? bad(in, e, "tasks and functions have to be in order, once, and possible")
		     : 0;
}

static int read_all(struct reader *in, struct err *e)
{
	static const struct {
		const char *path, *header;
		int (*line)(struct reader *in, struct err *e);
		bool may_lack;
	} tables[] = {
		{ "raw/costs.csv", BUNDLE_COSTS, costs_line },
		{ "raw/spans.csv", BUNDLE_SPANS, span_line },
		{ "raw/state.csv", BUNDLE_STATES, state_line },
		{ BUNDLE_PROGRAMS_PATH, BUNDLE_PROGRAMS, program_line, true },
		{ BUNDLE_PRINTED_PATH, BUNDLE_PRINTED, printed_line, true },
		{ BUNDLE_FACTS_PATH, BUNDLE_FACTS, fact_line, true },
		{ BUNDLE_TREES_PATH, BUNDLE_TREES, tree_line, true },
		{ BUNDLE_TASKS_PATH, BUNDLE_TASKS, task_line, true },
	};
	_cleanup_buf_ struct buf header = { 0 };
	int r = read_experiment(in, e);

	if (r == 0)
		r = read_files(in, e);
	if (r == 0)
		r = runs_header(&header, e);
	if (r == 0)
		r = each_line(in, "raw/runs.csv", header.data, run_line, e);
	if (r == 0)
		r = read_result(in, e);
	if (r == 0)
		r = read_numbers(in, e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(tables); i++)
		if (!tables[i].may_lack || bundle_find(in->b, tables[i].path))
			r = each_line(in, tables[i].path, tables[i].header, tables[i].line, e);
	record_sort_facts(in->out);
	if (r == 0)
		r = read_counts(in, e);
	if (r == 0)
		r = record_check(in->out, e);
	return r == 0 ? record_check_named(in->out, e) : r;
}

int bundle_read_raw(const struct bundle *b, struct record *out, struct err *e)
{
	struct reader in = { .b = b, .out = out };
	int r;

	*out = (struct record){ 0 };
	r = read_all(&in, e);
	for (size_t i = 0; i < in.n_functions; i++)
		free(in.functions[i].name);
	free(in.functions);
	if (r < 0)
		record_free(out);
	return r;
}
