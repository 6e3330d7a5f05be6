// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/run_conclude.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/common/judged_exit.h"
#include "cmd/common/screen.h"
#include "report/views/judge.h"
#include "report/views/next.h"

#include <math.h>

static int print(const struct cmd_ctx *ctx, const struct execution *w, const struct rows *t,
		 const struct judgement *j, struct err *e)
{
	const struct text_style style = screen_style_of(ctx, w->s->store, w->id);
	const struct ending x = { .id = w->id,
				  .arch = w->s->arch->name,
				  .qemu_version = w->s->qemu.version,
				  .seconds = w->pace.made
						     ? (double)(clock_ns() - w->pace.start_ns) / 1e9
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
	buf_printf(&text, "%s  (%s%s)\n\n", w->x->name, experiment_modes[w->x->mode],
		   w->accel == ACCEL_TCG   ? ", emulated"
		   : w->accel == ACCEL_KVM ? ", KVM"
					   : "");
	judge_text(t, j, &style, &text);
	ending_text(&x, &style, &text);
	if (buf_error(&text)) {
		err_oom(e);
		return report_error(e);
	}
	return print_buf(&text);
}

int run_conclude(const struct cmd_ctx *ctx, const struct execution *w, struct err *e)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	_cleanup_rows_ struct rows t = { 0 };
	int status;

	if (execution_conclude(w, &t, &j, e) < 0)
		return report_error(e);
	status = print(ctx, w, &t, &j, e);
	return status ? status : judged_exit(ctx, &j, RULES_BLOCKS);
}
