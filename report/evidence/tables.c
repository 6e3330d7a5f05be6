// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/tables.h"

#include "judge/counts/state.h"
#include "report/evidence/phrases.h"
#include "report/words/inferred.h"
#include "report/words/kernels.h"
#include "report/words/number.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define NOTHING 1e-9 /* what arithmetic alone leaves of instructions per item */

bool tables_function_changed(const struct function_delta *f)
{
	return fabs(f->new_insns - f->old_insns) > NOTHING;
}

void tables_functions(const struct evidence_case *c, size_t from, size_t end, struct table *out)
{
	table_column(out, "function", NULL, TABLE_NAME);
	table_column(out, "OLD", NULL, TABLE_NUMBER);
	table_column(out, "NEW", NULL, TABLE_NUMBER);
	table_column(out, "delta", NULL, TABLE_NUMBER);
	table_column(out, "calls OLD", NULL, TABLE_NUMBER);
	table_column(out, "calls NEW", NULL, TABLE_NUMBER);
	for (size_t i = from; i < end; i++) {
		const struct function_delta *f = &c->comparison.functions[i];

		if (!tables_function_changed(f))
			continue;
		table_row(out);
		table_put(out, "%s", f->name);
		table_number(out, f->old_insns);
		table_number(out, f->new_insns);
		table_change(out, f->new_insns - f->old_insns);
		table_put(out, "%s", number_calls(f->old_calls).text);
		table_put(out, "%s", number_calls(f->new_calls).text);
		inferred_notes(out, f, true);
	}
}

/* The same mark as SCENARIO_ANY. */
static void put_count(uint64_t value, struct table *out)
{
	if (value == REPORT_UNKNOWN)
		table_put(out, "-");
	else
		table_put(out, "%llu", (unsigned long long)value);
}

void tables_state_columns(bool named, struct table *out)
{
	if (named)
		table_column(out, "scenario", NULL, TABLE_NAME);
	table_column(out, "check", NULL, TABLE_WORD);
	table_column(out, "expected", NULL, TABLE_NUMBER);
	table_column(out, "OLD", NULL, TABLE_NUMBER);
	table_column(out, "NEW", NULL, TABLE_NUMBER);
	table_column(out, "result", NULL, TABLE_WORD);
}

void tables_state(const struct evidence_case *c, bool named, struct table *out)
{
	_cleanup_buf_ struct buf name = { 0 };

	phrase_case(c, &name);
	table_keep(out, buf_error(&name));
	for (size_t i = 0; i < c->comparison.n_checks; i++) {
		const struct state_check *s = &c->comparison.checks[i];

		table_row(out);
		if (named)
			table_put(out, "%s", buf_str(&name));
		table_put(out, "%s", s->name);
		put_count(s->expected, out);
		put_count(s->old_value, out);
		put_count(s->new_value, out);
		table_put(out, "%s", check_result_name(s->result));
		if (s->result != CHECK_PASS)
			table_tone(out, s->result == CHECK_FAIL ? TONE_BAD : TONE_UNSURE);
	}
}

void tables_audit(const struct audit *a, bool same, struct table *out)
{
	table_column(out, "what", NULL, TABLE_WORD);
	table_column(out, "OLD", NULL, TABLE_WORD);
	table_column(out, "NEW", NULL, TABLE_WORD);
	for (size_t i = 0; i < a->count; i++) {
		if (a->entries[i].same != same)
			continue;
		table_row(out);
		table_put(out, "%s", a->entries[i].name);
		table_put(out, "%s", a->entries[i].old_value);
		table_put(out, "%s", a->entries[i].new_value);
	}
}

int tables_kernels(const struct evidence *x, struct table *out)
{
	static const char *const heads[] = { "kernel", "title", "spec", "release", "compiler" };
	_cleanup_kernel_runs_ struct kernel_runs kernels = { 0 };
	_cleanup_free_ char *of = NULL;
	int r = kernel_runs_make(x->record, x->study.kind != NULL, &kernels);

	if (r == 0) {
		of = str_printf("%s SHA-256",
				kernels.count ? record_kernel_file(kernels.items[0]) : "vmlinux");
		r = of ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_column(out, heads[i], NULL, TABLE_NAME);
	table_column(out, of ? of : "", NULL, TABLE_NAME);
	table_column(out, "config SHA-256", NULL, TABLE_NAME);
	for (size_t i = 0; r == 0 && i < kernels.count; i++) {
		const struct record_run *run = kernels.items[i];

		table_row(out);
		table_put(out, "%s", evidence_kernel_name(x, run));
		table_put(out, "%s", evidence_title(run).text);
		table_put(out, "%s", run->kernel_spec);
		table_put(out, "%s", run->kernel_release);
		table_put(out, "%s", run->compiler);
		table_put(out, "%s", run->vmlinux_sha256);
		table_put(out, "%s", run->config_sha256 ? run->config_sha256 : "-");
	}
	return r;
}
