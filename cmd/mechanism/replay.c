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
		printf("%s: function %s at %llx, insns %llu, ordinal %llu of %llu calls, %zu executed, %zu words, seg %u\n", r.paths[i],
		       capture_function_name(&r.captures[i]),
		       (unsigned long long)r.captures[i].function_va,
		       (unsigned long long)r.captures[i].insns, (unsigned long long)r.captures[i].header.ordinal,
		       (unsigned long long)r.captures[i].functions[0].calls,
		       r.captures[i].n_executed, r.captures[i].n_accesses, r.captures[i].header.segment);
	return 0;
}

const struct cmd cmd_replay = {
	.name = "replay",
	.args = "OLD NEW [-s SCENARIO]",
	.help = "time of the kernels' own code on this machine's processor",
	.has_verdict = true,
	.run = run,
};
