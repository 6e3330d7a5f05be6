// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/show.h"

#include "base/cleanup.h"
#include "judge/judgement/overall.h"
#include "judge/table/record_rows.h"
#include "kernel/store/title.h"
#include "report/views/claims.h"
#include "report/views/judge.h"
#include "report/views/show_tasks.h"
#include "report/words/kernels.h"
#include "report/words/plain.h"
#include "report/words/table.h"

#include <string.h>

#define CONSOLE_LINES 12
#define LABEL_COLUMNS 13

static struct kernel_title title(const struct record_run *run)
{
	return kernel_title_of(run->kernel_spec, run->kernel_release, run->kernel_subject,
			       run->vmlinux_sha256);
}

const char *record_verdict(const struct record *r)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct judge_options o = record_judge_options(r);
	enum verdict all = VERDICT_EQUIVALENT, one;
	bool found = false;

	for (size_t i = 0; i < r->n_results; i++) {
		if (!r->results[i].verdict || !verdict_parse(r->results[i].verdict, &one))
			continue;
		all = found ? verdict_overall(all, one) : one;
		found = true;
	}
	if (!found && !strcmp(r->purpose, "performance") && r->n_runs &&
	    record_rows(r, &t, NULL) == 0 && judge_table(&t, &o, &j, NULL) == 0)
		found = judgement_overall(&j, INTERN_NONE, &all);
	return found ? verdict_name(all) : NULL;
}

/* {SIDE: the title of its first kernel}. */
static json_t *titles_of(const struct record *r)
{
	json_t *titles = json_object();

	for (size_t i = 0; i < r->n_runs; i++) {
		if (!json_object_get(titles, r->runs[i].side))
			json_object_set_new(titles, r->runs[i].side,
					    json_string(title(&r->runs[i]).text));
	}
	return titles;
}

/* As 'slowpath run' keeps them when it is through: of every scenario a list of rows. */
static json_t *judged_rows(const struct record *r)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct judge_options o = record_judge_options(r);
	json_t *scenarios = json_object();

	if (strcmp(r->purpose, "performance") != 0 || !r->n_runs || record_rows(r, &t, NULL) < 0 ||
	    judge_table(&t, &o, &j, NULL) < 0)
		return scenarios;
	for (size_t i = 0; i < j.count; i++) {
		const char *name = rows_word(&t, j.rows[i].scenario);

		if (!json_object_get(scenarios, name))
			json_object_set_new(scenarios, name, json_array());
		if (!j.rows[i].is_baseline)
			json_array_append_new(json_object_get(scenarios, name),
					      judge_row_json(&t, &j.rows[i], RULES_BLOCKS));
	}
	return scenarios;
}

static void extend(json_t *all, json_t *some)
{
	json_array_extend(all, some);
	json_decref(some);
}

json_t *record_claims(const struct record *r)
{
	_cleanup_json_ json_t *titles = titles_of(r);
	_cleanup_json_ json_t *judged = r->n_results ? NULL : judged_rows(r);
	const struct claims_of x = { r->command, titles };
	json_t *all = json_array(), *rows;
	const char *scenario;

	for (size_t i = 0; all && i < r->n_results; i++) {
		const struct record_result *one = &r->results[i];
		_cleanup_json_ json_t *document =
			json_loads(one->document ? one->document : "", JSON_DECODE_ANY, NULL);

		if (one->scenario)
			extend(all, claims_make(&x, one->scenario, one->verdict, document));
	}
	json_object_foreach(judged, scenario, rows)
		extend(all, claims_make(&x, scenario, NULL, rows));
	return all;
}

/* A foreign program's run, with all that it printed last; null of others. */
static json_t *program_json(const struct record_run *run)
{
	json_t *words, *out;

	if (!run->program_sha256)
		return json_null();
	words = json_loads(run->program_words, 0, NULL);
	out = json_pack("{s:o,s:o,s:o,s:o}", "sha256", plain_json(run->program_sha256), "words",
			words ? words : json_null(), "output", plain_json(run->program_output),
			"notes", plain_json(run->measured.output.notes));
	return out ? out : json_null();
}

static json_t *run_json(const struct record_run *run)
{
	return json_pack(
		"{s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o,s:f,s:f,s:o,s:o,"
		"s:o,s:o,s:o}",
		"run", (json_int_t)run->id, "block", (json_int_t)run->block, "position",
		(json_int_t)run->position, "attempt", (json_int_t)run->attempt, "kernel",
		plain_json(run->side), "spec", plain_json(run->kernel_spec), "title",
		plain_json(title(run).text), "release", plain_json(run->kernel_release), "scenario",
		plain_json(run->scenario), "status", plain_json(run->status), "failure_reason",
		plain_json(run->failure_reason), "accelerator", plain_json(run->accelerator),
		"cpus", (json_int_t)run->cpus, "memory_mib", (json_int_t)run->memory_mib, "started",
		plain_json(run->started), "qemu_argv", plain_json(run->qemu_argv), "boot_seconds",
		run->boot_seconds, "measure_seconds", run->measure_seconds, "console",
		plain_json(run->console), "program", program_json(run), "item",
		plain_json(run->item), "other_tasks", show_tasks_json(run), "notes",
		plain_json(run->notes));
}

static json_t *kernels_json(const struct record *r)
{
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };
	json_t *list = kernel_runs_make(r, false, &kernels) == 0 ? json_array() : NULL;

	for (size_t i = 0; i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];

		json_array_append_new(
			list,
			json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
				  plain_json(run->side), "spec", plain_json(run->kernel_spec),
				  "title", plain_json(title(run).text), "arch",
				  plain_json(run->arch), "release", plain_json(run->kernel_release),
				  "version", plain_json(run->kernel_version), "compiler",
				  plain_json(run->compiler), "vmlinux_sha256",
				  plain_json(run->vmlinux_sha256), "image_sha256",
				  plain_json(run->image_sha256), "config_sha256",
				  plain_json(run->config_sha256)));
	}
	return list;
}

static json_t *results_json(const struct record *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_results; i++) {
		const struct record_result *x = &r->results[i];
		json_t *document =
			json_loads(x->document ? x->document : "", JSON_DECODE_ANY, NULL);

		json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "scenario",
						      plain_json(x->scenario), "verdict",
						      plain_json(x->verdict), "document",
						      document ? document : json_null()));
	}
	return list;
}

json_t *show_json(const struct record *r)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < r->n_runs; i++)
		json_array_append_new(runs, run_json(&r->runs[i]));
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:O,s:O,s:o,s:o,s:o,s:o}",
			 "schema", "slowpath/show/1", "id", plain_json(r->id), "name",
			 plain_json(r->name), "mode", plain_json(r->mode), "purpose",
			 plain_json(r->purpose), "started", plain_json(r->started), "finished",
			 plain_json(r->finished), "slowpath_version",
			 plain_json(r->slowpath_version), "verdict", plain_json(record_verdict(r)),
			 "claims", record_claims(r), "command", r->command, "environment",
			 r->environment, "order", r->effect ? json_incref(r->effect) : json_null(),
			 "kernels", kernels_json(r), "runs", runs, "results", results_json(r));
}

static void field(struct buf *out, const char *label, const char *value)
{
	buf_printf(out, "%-12s ", label);
	plain_line(out, value ? value : "-", 400);
	buf_puts(out, "\n");
}

/* A line for each member, behind the label. */
static void put_json(struct buf *out, const struct text_style *style, const char *label,
		     const json_t *value)
{
	const char *key;
	json_t *one;

	if (!json_is_object(value)) {
		_cleanup_free_ char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;

		field(out, label, text);
		return;
	}
	json_object_foreach((json_t *)value, key, one)
	{
		_cleanup_free_ char *text =
			json_is_string(one)
				? strdup(json_string_value(one))
				: json_dumps(one, JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
		_cleanup_buf_ struct buf line = { 0 };

		buf_printf(out, "%-12s ", label);
		buf_printf(&line, "%s: ", key);
		plain_line(&line, text ? text : "-", 4000);
		text_wrap(out, style, LABEL_COLUMNS, LABEL_COLUMNS + 2, buf_str(&line));
		label = "";
		buf_keep(out, buf_error(&line));
	}
	if (*label)
		field(out, label, "-");
}

static void put_command(struct buf *out, const struct text_style *style, const struct record *r)
{
	const char *profile = json_string_value(json_object_get(r->command, "profile"));

	if (!profile) {
		put_json(out, style, "command", r->command);
		return;
	}
	field(out, "profile", json_string_value(json_object_get(r->command, "file")));
	buf_puts(out, "\n");
	plain_lines(out, profile);
	buf_puts(out, profile[0] && profile[strlen(profile) - 1] != '\n' ? "\n\n" : "\n");
}

static void put_kernels(struct buf *out, const struct text_style *style, const struct record *r)
{
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };

	buf_keep(out, kernel_runs_make(r, false, &kernels));
	for (size_t i = 0; i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];
		_cleanup_buf_ struct buf line = { 0 };

		plain_line(&line, run->side, 60);
		buf_puts(&line, ": ");
		buf_puts(&line, title(run).text);
		buf_puts(&line, ", ");
		plain_line(&line, run->kernel_spec, 200);
		buf_printf(&line, ", %s %.12s, ", record_kernel_file(run), run->vmlinux_sha256);
		plain_line(&line, run->compiler, 100);
		buf_puts(out, "kernel       ");
		text_wrap(out, style, LABEL_COLUMNS, LABEL_COLUMNS + 2, buf_str(&line));
		buf_keep(out, buf_error(&line));
	}
}

/* Where the last lines of a console begin. */
static const char *tail(const char *console)
{
	const char *p = console + strlen(console);
	unsigned lines = 0;

	while (p > console) {
		if (p[-1] == '\n' && p[0] && ++lines == CONSOLE_LINES)
			break;
		p--;
	}
	return p;
}

/* A run that is no good, below the table: its reason, and what its kernel said last. */
static void put_failure(struct buf *out, const struct text_style *style,
			const struct record_run *run)
{
	_cleanup_buf_ struct buf reason = { 0 };

	plain_line(&reason, run->failure_reason ? run->failure_reason : "", 400);
	buf_puts(out, "\n");
	text_say(out, style, 0, "run %lld: %s", (long long)run->id, buf_str(&reason));
	buf_puts(out, "     --- the end of its console\n");
	plain_lines(out, tail(run->console));
	buf_puts(out, run->console[0] ? "     ---\n" : "     --- (empty)\n");
	buf_keep(out, buf_error(&reason));
}

static void put_notes(struct buf *out, const struct text_style *style, const struct record_run *run)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (!run->notes)
		return;
	plain_line(&text, run->notes, 1000);
	text_say(out, style, 0, "run %lld: %s", (long long)run->id, buf_str(&text));
	buf_keep(out, buf_error(&text));
}

/* All that a program printed in a run. */
static void put_printed(struct buf *out, const struct record_run *run)
{
	const char *text = run->program_output;
	size_t len = text ? strlen(text) : 0;

	if (!len)
		return;
	buf_printf(out, "\nrun %lld, %s: its program printed\n     ---\n", (long long)run->id,
		   run->side);
	plain_lines(out, text);
	buf_puts(out, text[len - 1] == '\n' ? "     ---\n" : "\n     ---\n");
}

static void put_runs(struct buf *out, const struct text_style *style, const struct record *r)
{
	static const char *const heads[] = { "run", "block", "pos", "try" };
	_cleanup_table_ struct table t = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_column(&t, heads[i], NULL, TABLE_NUMBER);
	table_column(&t, "status", NULL, TABLE_WORD);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "scenario", NULL, TABLE_NAME);
	table_column(&t, "CPUs", NULL, TABLE_NUMBER);
	table_column(&t, "by", NULL, TABLE_WORD);
	for (size_t i = 0; i < r->n_runs; i++) {
		const struct record_run *run = &r->runs[i];

		table_row(&t);
		table_put(&t, "%lld", (long long)run->id);
		table_put(&t, "%lld", (long long)run->block);
		table_put(&t, "%lld", (long long)run->position);
		table_put(&t, "%lld", (long long)run->attempt);
		table_put(&t, "%s", run->status);
		table_tone(&t, record_run_ok(run) ? TONE_PLAIN : TONE_UNSURE);
		table_put(&t, "%s", run->side);
		table_put(&t, "%s", run->scenario);
		table_put(&t, "%lld", (long long)run->cpus);
		table_put(&t, "%s", run->accelerator);
	}
	buf_puts(out, "\n");
	table_text(&t, style, 0, out);
	for (size_t i = 0; i < r->n_runs; i++)
		if (!record_run_ok(&r->runs[i]))
			put_failure(out, style, &r->runs[i]);
	for (size_t i = 0; i < r->n_runs; i++)
		put_notes(out, style, &r->runs[i]);
	for (size_t i = 0; i < r->n_runs; i++)
		put_printed(out, &r->runs[i]);
}

/* What it came to, then the word for how it was measured: exact or near-exact as it turned out. */
static void put_claims(struct buf *out, const struct text_style *style, const struct record *r)
{
	_cleanup_json_ json_t *claims = record_claims(r);
	_cleanup_table_ struct table t = { 0 };
	const char *mode = claims_mode(claims);
	const json_t *one;
	size_t i;

	claims_columns(&t);
	json_array_foreach(claims, i, one)
	{
		table_row(&t);
		claims_row(&t, one, "");
	}
	if (t.n_lines) {
		table_text(&t, style, 0, out);
		buf_puts(out, "\n");
	}
	field(out, "experiment", r->id);
	field(out, "name", r->name);
	field(out, "verdict", record_verdict(r));
	field(out, "mode", mode ? mode : r->mode);
	field(out, "purpose", r->purpose);
	if (record_other_arch(r))
		field(out, "arch", record_other_arch(r));
	field(out, "started", r->started);
	field(out, "finished", r->finished);
}

void show_text(const struct record *r, const struct text_style *style, struct buf *out)
{
	put_claims(out, style, r);
	field(out, "slowpath", r->slowpath_version);
	put_kernels(out, style, r);
	put_command(out, style, r);
	put_runs(out, style, r);
	show_tasks_text(r, style, out);
	buf_puts(out, "\n");
	put_json(out, style, "order", r->effect);
	put_json(out, style, "environment", r->environment);
}
