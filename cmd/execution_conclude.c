// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/execution.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/judged_exit.h"
#include "cmd/screen.h"
#include "cmd/stored_rows.h"
#include "judge/judgement/overall.h"
#include "report/views/judge.h"
#include "report/views/next.h"

#include <math.h>

static int print(const struct cmd_ctx *ctx, const struct execution *w, const struct rows *t,
		 const struct judgement *j, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, w->s->store, w->id);
	const struct ending x = { .id = w->id,
				  .qemu_version = w->s->qemu.version,
				  .seconds = w->start_ns ? (double)(clock_ns() - w->start_ns) / 1e9
							 : NAN };
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (ctx->json) {
		doc = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "schema", "slowpath/run/1", "id",
				w->id, "name", w->x->name, "mode", experiment_modes[w->x->mode],
				"accelerator", accel_name(w->accel), "emulated",
				w->accel == ACCEL_TCG, "judge", judge_json(t, j, RULES_BLOCKS));
		status = doc ? print_json(doc) : report_error(e);
		json_decref(doc);
		return status;
	}
	if (buf_printf(&text, "%s  (%s%s)\n\n", w->x->name, experiment_modes[w->x->mode],
		       w->accel == ACCEL_TCG   ? ", emulated"
		       : w->accel == ACCEL_KVM ? ", KVM"
					       : "") < 0 ||
	    judge_text(t, j, &style, &text) != 0 || ending_text(&x, &style, &text) != 0) {
		err_oom(e);
		return report_error(e);
	}
	return print_buf(&text);
}

struct judge_options execution_judge_options(const struct execution *w)
{
	struct judge_options o = judge_options_default();

	judge_options_profile(w->filled, &o);
	return o;
}

/* Of one scenario: what the judgement says of it. */
static json_t *scenario_rows(const struct rows *t, const struct judgement *j, uint32_t scenario)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < j->count; i++) {
		if (j->rows[i].scenario == scenario && !j->rows[i].is_baseline)
			json_array_append_new(list, judge_row_json(t, &j->rows[i], RULES_BLOCKS));
	}
	return list;
}

/* One result a scenario: its part of the judgement. */
static int keep_results(const struct execution *w, const struct rows *t, const struct judgement *j,
			struct err *e)
{
	for (unsigned i = 0; i < w->x->n_scenarios; i++) {
		const char *name = w->x->scenarios[i].scenario->name;
		uint32_t word = intern_find(&t->words, name);
		enum verdict verdict;
		json_t *rows;
		int r;

		if (word == INTERN_NONE || !judgement_overall(j, word, &verdict))
			continue;
		rows = scenario_rows(t, j, word);
		r = rows ? store_add_result(w->s->store, w->id, name, verdict_name(verdict), rows,
					    e)
			 : err_oom(e);
		json_decref(rows);
		if (r < 0)
			return r;
	}
	return 0;
}

int execution_conclude(const struct cmd_ctx *ctx, const struct execution *w, struct err *e)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	const struct judge_options o = execution_judge_options(w);
	int r = stored_rows_read(w->s->store, w->id, &t, e), status;

	if (r == 0)
		r = judge_table(&t, &o, &j, e);
	if (r == 0)
		r = keep_results(w, &t, &j, e);
	if (r < 0)
		return report_error(e);
	status = print(ctx, w, &t, &j, e);
	return status ? status : judged_exit(ctx, &j, RULES_BLOCKS);
}
