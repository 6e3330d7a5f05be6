// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/execution.h"

#include "base/cleanup.h"
#include "cmd/stored_rows.h"
#include "judge/judgement.h"
#include "report/judge.h"

#include <string.h>

/* The primary metric of a row's scenario: what the exit status follows. */
static bool is_primary(const struct experiment *x, const struct rows *t, const struct judged_row *r)
{
	for (unsigned i = 0; i < x->n_scenarios; i++) {
		const char *primary = x->scenarios[i].primary;

		if (!strcmp(x->scenarios[i].scenario->name, rows_word(t, r->scenario)))
			return !strncmp(rows_word(t, r->metric), primary, strlen(primary)) &&
			       rows_word(t, r->metric)[strlen(primary)] == '_';
	}
	return false;
}

static int exit_status(const struct experiment *x, const struct rows *t, const struct judgement *j)
{
	int status = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *r = &j->rows[i];
		int one;

		if (r->is_baseline || !is_primary(x, t, r))
			continue;
		one = verdict_exit(judged_verdict(r), judged_ratio(r) > 1);
		status = status == 1 || one == 1 ? 1 : status > one ? status : one;
	}
	return status;
}

static int print(const struct cmd_ctx *ctx, const struct execution *w, const struct rows *t,
		 const struct judgement *j, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (ctx->json) {
		doc = json_pack("{s:s,s:s,s:s,s:s,s:o}", "schema", "slowpath/run/1", "id", w->id,
				"name", w->x->name, "mode", experiment_modes[w->x->mode], "judge",
				judge_json(t, j, RULES_BLOCKS));
		status = doc ? print_json(doc) : report_error(e);
		json_decref(doc);
		return status;
	}
	if (buf_printf(&text, "%s  %s\n\n", w->id, w->x->name) < 0 ||
	    judge_text(t, j, &text) != 0) {
		err_oom(e);
		return report_error(e);
	}
	fwrite(text.data, 1, text.len, stdout);
	return finish_stdout();
}

int execution_conclude(const struct cmd_ctx *ctx, const struct execution *w, struct err *e)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	struct mean_cv_rules rules = { .tolerance = w->x->tolerance, .max_cv = w->x->max_cv };
	const char *baseline = w->x->kernels[w->x->baseline].name;
	int status;

	if (stored_rows_read(w->s->store, w->id, &t, e) < 0)
		return report_error(e);
	rules.baseline = intern_add(&t.words, baseline);
	if (judge_table(&t, &rules, 0.01, &j, e) < 0)
		return report_error(e);
	status = print(ctx, w, &t, &j, e);
	return status ? status : exit_status(w->x, &t, &j);
}
