// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SURVEY_BYTES_MAX (256u << 20)

static const char *text(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static double number(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

static int read_kernel(const json_t *o, size_t at, struct survey_kernel *k, struct err *e)
{
	const json_t *changes = json_object_get(o, "changes");

	*k = (struct survey_kernel){ .spec = text(o, "spec"),
				     .title = text(o, "title"),
				     .release = text(o, "release"),
				     .version = text(o, "version"),
				     .compiler = text(o, "compiler"),
				     .other_compiler =
					     json_is_true(json_object_get(changes, "compiler")),
				     .config = json_object_get(changes, "config") };
	if (!json_is_array(k->config))
		k->config = NULL;
	return k->spec && k->title && k->release && k->version && k->compiler
		       ? 0
		       : err_set(e, EINVAL,
				 "kernels[%zu]: spec, title, release, version and compiler are "
				 "expected",
				 at);
}

static int find_kernel(const struct survey *x, const char *spec, size_t *out)
{
	for (size_t i = 0; spec && i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i].spec, spec)) {
			*out = i;
			return 0;
		}
	}
	return -ENOENT;
}

static int read_options(struct survey *x, struct err *e)
{
	const json_t *list = json_object_get(x->document, "options");
	bool ok = !list || json_is_array(list);

	for (size_t i = 0; ok && i < json_array_size(list); i++)
		ok = json_is_string(json_array_get(list, i));
	x->options = json_array_size(list) ? list : NULL;
	return ok ? 0 : err_set(e, EINVAL, "options: a list of words is expected");
}

static int read_kernels(struct survey *x, struct err *e)
{
	const json_t *list = json_object_get(x->document, "kernels");
	const size_t n = json_array_size(list);
	size_t there;
	int r = 0;

	if (!n || n > SURVEY_KERNELS_MAX)
		return err_set(e, EINVAL, "kernels: a list of 1 to %d is expected",
			       SURVEY_KERNELS_MAX);
	x->kernels = calloc(n, sizeof(*x->kernels));
	if (!x->kernels)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = read_kernel(json_array_get(list, i), i, &x->kernels[i], e);
		if (r == 0 && find_kernel(x, x->kernels[i].spec, &there) == 0)
			r = err_set(e, EINVAL, "kernels[%zu]: it is there twice", i);
		x->n_kernels++;
	}
	return r;
}

static enum survey_way way_of(const struct survey_step *s)
{
	if (!strcmp(s->verdict, "regression"))
		return SURVEY_UP;
	return !strcmp(s->verdict, "improvement") ? SURVEY_DOWN : SURVEY_UNCLEAR;
}

static int read_step(const struct survey *x, const json_t *o, struct survey_step *s, struct err *e)
{
	*s = (struct survey_step){ .old_value = number(o, "old"),
				   .new_value = number(o, "new"),
				   .ratio = number(o, "ratio"),
				   .verdict = text(o, "verdict"),
				   .reason = text(o, "reason"),
				   .gradual = json_is_true(json_object_get(o, "gradual")),
				   .json = o };
	if (find_kernel(x, text(o, "last_good"), &s->last_good) < 0 ||
	    find_kernel(x, text(o, "first_bad"), &s->first_bad) < 0 ||
	    s->last_good >= s->first_bad || !s->verdict || !s->reason)
		return err_set(e, EINVAL,
			       "a step has last_good and first_bad, kernels of the survey in their "
			       "order, verdict and reason");
	s->way = way_of(s);
	return 0;
}

static int read_steps(struct survey *x, struct survey_row *row, struct err *e)
{
	const json_t *list = json_object_get(row->json, "steps");
	const size_t n = json_array_size(list);
	int r = 0;

	if (!json_is_array(list) || n > x->n_kernels)
		return err_set(e, EINVAL, "steps: a list of fewer than the kernels is expected");
	row->steps = calloc(n + 1, sizeof(*row->steps));
	if (!row->steps)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = read_step(x, json_array_get(list, i), &row->steps[i], e);
		if (r < 0)
			return r;
		row->n_ways[row->steps[i].way]++;
		row->n_steps++;
		if (!row->steps[i].gradual)
			row->cells[row->steps[i].first_bad].step = &row->steps[i];
	}
	return r;
}

static double ratio(double value, double to)
{
	if (to == 0)
		return value == 0 ? 1 : NAN;
	return value / to;
}

static int read_cell(const struct survey *x, const json_t *o, size_t at, struct survey_cell *c,
		     struct err *e)
{
	const char *kernel = text(o, "kernel"), *failed = text(o, "failed");

	*c = (struct survey_cell){ .measured = !failed,
				   .exact = json_is_true(json_object_get(o, "exact")),
				   .value = number(o, "value"),
				   .spread = number(o, "spread"),
				   .why = failed ? failed : text(o, "why_not"),
				   .to_first = NAN,
				   .to_before = NAN,
				   .json = o };
	if (!kernel || strcmp(kernel, x->kernels[at].spec) != 0)
		return err_set(e, EINVAL, "series[%zu]: the kernel '%s' is expected", at,
			       x->kernels[at].spec);
	return failed || isfinite(c->value)
		       ? 0
		       : err_set(e, EINVAL, "series[%zu]: a value or 'failed' is expected", at);
}

static int read_cells(struct survey *x, struct survey_row *row, struct err *e)
{
	const json_t *list = json_object_get(row->json, "series");
	const struct survey_cell *first = NULL, *before = NULL;
	int r = 0;

	if (json_array_size(list) != x->n_kernels)
		return err_set(e, EINVAL, "series: one of each of the %zu kernels is expected",
			       x->n_kernels);
	row->cells = calloc(x->n_kernels, sizeof(*row->cells));
	if (!row->cells)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < x->n_kernels; i++) {
		struct survey_cell *c = &row->cells[i];

		r = read_cell(x, json_array_get(list, i), i, c, e);
		if (r < 0 || !c->measured)
			continue;
		x->cells_measured++;
		first = first ? first : c;
		c->to_first = ratio(c->value, first->value);
		c->to_before = before ? ratio(c->value, before->value) : NAN;
		before = c;
	}
	return r;
}

static int read_row(struct survey *x, const json_t *o, struct survey_row *row, struct err *e)
{
	const char *metric = text(o, "metric");
	int r;

	*row = (struct survey_row){ .name = text(o, "scenario"),
				    .help = text(o, "help"),
				    .metric = metric ? metric : "iteration",
				    .unit = text(o, "unit"),
				    .item = text(o, "item"),
				    .verdict = text(o, "verdict"),
				    .reason = text(o, "reason"),
				    .cpus = (unsigned)json_integer_value(
					    json_object_get(o, "cpus")),
				    .json = o };
	if (row->name && strlen(row->name) > SURVEY_NAME_MAX)
		return err_set(e, EINVAL, "scenario: a name of %d bytes at most is expected",
			       SURVEY_NAME_MAX);
	if (json_integer_value(json_object_get(o, "cpus")) < 1 ||
	    json_integer_value(json_object_get(o, "cpus")) > UINT_MAX)
		return err_set(e, EINVAL, "cpus: a number from 1 on is expected");
	if (!row->name || !row->help || !row->unit || !row->item || !row->verdict || !row->reason)
		return err_set(e, EINVAL,
			       "scenario, help, unit, item, verdict and reason are expected");
	r = read_cells(x, row, e);
	return r < 0 ? r : read_steps(x, row, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Pages are called by scenarios. */
static int check_names(const struct survey *x, struct err *e)
{
	const char **names = calloc(x->n_rows + 1, sizeof(*names));
	int r = names ? 0 : err_oom(e);

	for (size_t i = 0; names && i < x->n_rows; i++)
		names[i] = x->rows[i].name;
	if (names)
		qsort(names, x->n_rows, sizeof(*names), by_name);
	for (size_t i = 1; r == 0 && i < x->n_rows; i++) {
		if (!strcmp(names[i - 1], names[i]))
			r = err_set(e, EINVAL, "scenarios: '%s' is there twice", names[i]);
	}
	free(names);
	return r;
}

static int read_rows(struct survey *x, struct err *e)
{
	const json_t *list = json_object_get(x->document, "scenarios");
	const size_t n = json_array_size(list);

	if (!json_is_array(list) || n > SURVEY_ROWS_MAX)
		return err_set(e, EINVAL, "scenarios: a list of up to %d is expected",
			       SURVEY_ROWS_MAX);
	x->rows = calloc(n + 1, sizeof(*x->rows));
	if (!x->rows)
		return err_oom(e);
	for (size_t i = 0; i < n; i++) {
		struct survey_row *row = &x->rows[x->n_rows++];

		if (read_row(x, json_array_get(list, i), row, e) < 0)
			return err_wrap(e, "scenarios[%zu]", i);
		x->n_steps += row->n_steps;
		x->rows_with_steps += row->n_steps > 0;
		for (unsigned w = 0; w < 3; w++)
			x->n_ways[w] += row->n_ways[w];
	}
	return check_names(x, e);
}

/* How many a document is of: one that is put together may be a part once more. */
static json_int_t shards_of(const json_t *document)
{
	const json_int_t n = json_integer_value(json_object_get(document, "shards"));

	return n > 1 && n < SURVEY_ROWS_MAX ? n : 1;
}

int survey_read(const json_t *document, struct survey *out, struct err *e)
{
	const char *schema = text(document, "schema");
	int r;

	*out = (struct survey){ .document = document,
				.id = text(document, "id"),
				.arch = text(document, "arch"),
				.qemu = text(document, "qemu"),
				.slowpath = text(document, "slowpath"),
				.cpu_model = text(document, "cpu_model"),
				.threshold = number(document, "threshold"),
				.shards = (size_t)shards_of(document) };
	if (!schema || strcmp(schema, "slowpath/survey/1") != 0)
		return err_set(e, EINVAL, "it is not a survey: \"slowpath/survey/1\" is expected");
	if (!out->id || !out->arch || !out->qemu || !out->slowpath || !isfinite(out->threshold))
		return err_set(e, EINVAL,
			       "id, arch, qemu, slowpath and threshold are expected in a survey");
	r = read_options(out, e);
	if (r == 0)
		r = read_kernels(out, e);
	return r < 0 ? r : read_rows(out, e);
}

bool survey_is_of_insns(const struct survey *x)
{
	for (size_t i = 0; i < x->n_rows; i++) {
		if (strcmp(x->rows[i].unit, "insns") != 0)
			return false;
	}
	return true;
}

static int open_one(const char *path, json_t **out, struct err *e)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	json_error_t at;
	int r = file_read(path, SURVEY_BYTES_MAX, &bytes, e);

	if (r < 0)
		return r;
	*out = json_loadb(buf_str(&bytes), bytes.len, JSON_REJECT_DUPLICATES, &at);
	return *out ? 0
		    : err_set(e, EINVAL, "%s:%d:%d: it is not JSON: %s", path, at.line, at.column,
			      at.text);
}

/* Without the rows, it has to be the same survey; ids are each machine's own. */
static int check_shard(const json_t *first, const json_t *other, const char *path, struct err *e)
{
	static const char *const same[] = { "schema",	 "arch",    "qemu",	"cpu_model", "mode",
					    "threshold", "kernels", "slowpath", "options" };

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		const json_t *a = json_object_get(first, same[i]);
		const json_t *b = json_object_get(other, same[i]);

		/* The last may be left out. */
		if (!a && !b && !strcmp(same[i], "options"))
			continue;
		if (!json_equal(a, b))
			return err_set(e, EINVAL,
				       "%s is no shard of the same survey: its %s differs", path,
				       same[i]);
	}
	return 0;
}

int survey_open_all(const char *const *paths, size_t n, json_t **out, struct err *e)
{
	int r = open_one(paths[0], out, e);
	json_int_t shards = r == 0 ? shards_of(*out) : 0;

	for (size_t i = 1; r == 0 && i < n; i++) {
		json_t *more = NULL;

		r = open_one(paths[i], &more, e);
		if (r == 0)
			r = check_shard(*out, more, paths[i], e);
		if (r == 0 && json_array_extend(json_object_get(*out, "scenarios"),
						json_object_get(more, "scenarios")) < 0)
			r = err_set(e, EINVAL, "%s: it is not a survey with scenarios", paths[i]);
		shards += shards_of(more);
		json_decref(more);
	}
	if (r == 0 && n > 1 && json_object_set_new(*out, "shards", json_integer(shards)) < 0)
		r = err_oom(e);
	return r;
}

void survey_free(struct survey *x)
{
	for (size_t i = 0; i < x->n_rows; i++) {
		free(x->rows[i].cells);
		free(x->rows[i].steps);
	}
	free(x->rows);
	free(x->kernels);
	*x = (struct survey){ 0 };
}

const char *survey_function(const struct survey_step *s, double *delta)
{
	const json_t *first = json_array_get(json_object_get(s->json, "functions"), 0);

	*delta = number(first, "delta");
	return isfinite(*delta) ? text(first, "name") : NULL;
}

static bool is_mm(const json_t *option)
{
	return json_is_true(json_object_get(option, "mm"));
}

/* Options of a step with others between are known by their number alone: they may change back. */
struct survey_builds survey_builds(const struct survey *x, const struct survey_step *s)
{
	const json_t *options = json_object_get(s->json, "config_differences");
	const struct survey_kernel *a = &x->kernels[s->last_good], *b = &x->kernels[s->first_bad];
	struct survey_builds out = { .options = json_is_integer(options)
							? (long)json_integer_value(options)
							: -1,
				     .mm_options = -1,
				     .other_compiler = strcmp(a->compiler, b->compiler) != 0 };

	if (out.options < 0 || s->first_bad != s->last_good + 1 || !b->config)
		return out;
	out.mm_options = 0;
	for (size_t i = 0; i < json_array_size(b->config); i++)
		out.mm_options += is_mm(json_array_get(b->config, i));
	return out;
}

void survey_put_id(const struct survey *x, struct buf *out)
{
	buf_puts(out, x->id);
	if (x->shards > 1)
		buf_printf(out, " and %zu other shard%s", x->shards - 1, x->shards == 2 ? "" : "s");
}

void survey_headline(const struct survey *x, struct buf *out)
{
	if (!x->n_steps) {
		buf_printf(out, "no step in %zu scenario%s", x->n_rows, x->n_rows == 1 ? "" : "s");
		return;
	}
	buf_printf(out, "%zu step%s in %zu of %zu scenario%s: %zu up, %zu down", x->n_steps,
		   x->n_steps == 1 ? "" : "s", x->rows_with_steps, x->n_rows,
		   x->n_rows == 1 ? "" : "s", x->n_ways[SURVEY_UP], x->n_ways[SURVEY_DOWN]);
	if (x->n_ways[SURVEY_UNCLEAR])
		buf_printf(out, ", %zu that cannot be judged", x->n_ways[SURVEY_UNCLEAR]);
}
