// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "cmd/common/start.h"
#include "drive/replay.h"

#include <string.h>

static int capture(struct replay *r, struct err *e)
{
	int code;

	catch_signals(&r->m.session);
	code = replay_capture(r, e);
	release_signals();
	return code;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(replay_close))) struct replay r = { .dirs = { WORKDIR_NONE,
									      WORKDIR_NONE } };
	const struct opt own[] = {
		{ "function", 0, OPT_STRING, "FUNCTION",
		  "of the kernels (default: of the scenario's source what executes most)",
		  &r.ask.function },
		{ "segment", 0, OPT_STRING, "SEGMENT",
		  "of the scenario (default: where it executes most)", &r.ask.segment },
		{ "capture-only", 0, OPT_STRING, "DIR",
		  "keep both captures there, and replay nothing", &r.ask.keep },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &r.m, own, ARRAY_SIZE(own), &argc, argv, 2, 2);

	if (status >= 0)
		return status;
	r.m.o.reads_code = "replay";
	if (mechanism_open(&r.m, ctx, "replay", "attribution", argc, argv, &e) < 0 ||
	    capture(&r, &e) < 0)
		return report_error(&e);
	for (int i = 0; i < 2; i++)
		printf("%s: function %s segment %s, insns %llu, ordinal %llu, items %.1f\n", r.paths[i],
		       capture_function_name(&r.captures[i]), replay_segment(&r),
		       (unsigned long long)r.captures[i].insns, (unsigned long long)r.captures[i].header.ordinal,
		       r.items[i]);
	if (r.ask.keep) return 0;
	{ int code = replay_measure(&r, -1, &e);
	for (int i = 0; i < 2; i++) {
		struct replay_result *x = &r.timing.results[i];
		printf("side %d: replaced %zu diff %zu steps %llu missed %llu added %llu whole %d pinned %d fifo %d ghz %.3f\n", i, x->n_replaced, x->n_differences, (unsigned long long)x->steps, (unsigned long long)x->missed, (unsigned long long)x->added, x->whole, x->pinned, x->fifo, x->ghz);
		for (size_t k = 0; k < x->n_replaced && k < 10; k++) printf("   %llx %s %llu\n", (unsigned long long)x->replaced[k].va, x->replaced[k].name, (unsigned long long)x->replaced[k].times);
		for (size_t k = 0; k < x->n_differences && k < 10; k++) printf("   diff %llx %llx before %llx native %llx emu %llx class %d\n", (unsigned long long)x->differences[k].va, (unsigned long long)x->differences[k].pa, (unsigned long long)x->differences[k].before, (unsigned long long)x->differences[k].native, (unsigned long long)x->differences[k].emulated, x->differences[k].class);
		for (int c = 0; c < 2; c++) printf("   %s min %.2f ns/item %.2f cyc med %.2f blocks %u x %u\n", c ? "cold" : "warm", r.timing.times[i][c].min_ns / r.items[i], r.timing.times[i][c].min_cycles / r.items[i], r.timing.times[i][c].median_ns / r.items[i], r.timing.times[i][c].n_blocks, r.timing.times[i][c].calls);
	}
	if (code < 0) return report_error(&e);
	for (int c = 0; c < 2; c++) printf("%s ratio %.4f (%.4f..%.4f) spread %.4f %.4f %s\n", c ? "cold" : "warm", r.timing.judged[c].ratio, r.timing.judged[c].low, r.timing.judged[c].high, r.timing.judged[c].spread[0], r.timing.judged[c].spread[1], verdict_name(r.timing.judged[c].verdict)); }
	return 0;
}

const struct cmd cmd_replay = {
	.name = "replay",
	.args = "OLD NEW [-s SCENARIO]",
	.help = "time of the kernels' own code on this machine's processor",
	.has_verdict = true,
	.run = run,
};
