// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/execution.h"

#include "base/cleanup.h"
#include "cmd/stored_rows.h"
#include "judge/judgement.h"
#include "report/judge.h"

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
	struct judge_options o = judge_options_default();
	json_t *profile = experiment_json(w->x);
	int r = profile ? 0 : err_oom(e), status;

	judge_options_profile(profile, &o);
	if (r == 0)
		r = stored_rows_read(w->s->store, w->id, &t, e);
	if (r == 0)
		r = judge_table(&t, &o, &j, e);
	json_decref(profile);
	if (r < 0)
		return report_error(e);
	status = print(ctx, w, &t, &j, e);
	return status ? status : judgement_exit(&j, RULES_BLOCKS);
}
