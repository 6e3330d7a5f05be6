// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "cmd/common/start.h"
#include "drive/replay.h"
#include "kernel/store/title.h"
#include "report/views/replay.h"

#include <string.h>

/* Far above what any machine has. */
#define CPU_NUMBER_MAX (1 << 20)

struct replay_command {
	struct mechanism m;
	struct replay r;
	const char *cpu_text;
	int cpu;
	json_t *document;
};

static void command_close(struct replay_command *c)
{
	json_decref(c->document);
	replay_close(&c->r);
	mechanism_close(&c->m);
}

static int work(struct replay_command *c, struct err *e)
{
	struct replay *r = &c->r;
	int code;

	*r = (struct replay){ .session = &c->m.session,
			      .scenario = c->m.scenario,
			      .kernels = { c->m.kernels[0], c->m.kernels[1] },
			      .id = c->m.id,
			      .block = &c->m.block,
			      .ask = r->ask,
			      .dirs = { WORKDIR_NONE, WORKDIR_NONE } };
	for (unsigned i = 0; i < 2; i++)
		r->sides[i].request = c->m.sides[i].request;
	catch_signals(&c->m.session);
	code = replay_capture(r, e);
	if (code == 0 && !r->ask.keep)
		code = replay_measure(r, c->cpu, e);
	release_signals();
	return code < 0 ? err_wrap(e, "%s", c->m.scenario->name) : 0;
}

static int finish(struct replay_command *c, const struct cmd_ctx *ctx, struct err *e)
{
	struct mechanism *m = &c->m;
	const struct replay_view v = replay_view_of(&c->r);
	const struct replayed *j = &v.judged[REPLAY_WARM];
	const struct text_style style = screen_style_of(ctx, m->session.store, m->id);
	_cleanup_buf_ struct buf text = { 0 };
	int status;

	c->document = mechanism_document(m, "slowpath/replay/1", "attribution");
	if (!c->document)
		return err_oom(e), report_error(e);
	if (replay_json(&v, c->document, e) < 0 || replay_keep(&c->r, e) < 0 ||
	    mechanism_finish(m, verdict_name(j->verdict), c->document, e) < 0)
		return report_error(e);
	if (ctx->json) {
		status = print_json(c->document);
	} else {
		if (replay_text(&v, &style, &text, e) < 0)
			return report_error(e);
		status = mechanism_print(m, &style, "attribute", &text, e);
	}
	return status ? status : verdict_status(ctx, verdict_exit(j->verdict, j->ratio > 1));
}

/* --capture-only: where both are, and nothing is concluded. */
static int finish_captures(struct replay_command *c, const struct cmd_ctx *ctx, struct err *e)
{
	struct replay *r = &c->r;
	_cleanup_buf_ struct buf text = { 0 };

	c->document = mechanism_document(&c->m, "slowpath/capture/1", "attribution");
	if (!c->document ||
	    json_object_set_new(c->document, "folders",
				json_pack("{s:s,s:s}", "old", r->paths[0], "new", r->paths[1])) ||
	    json_object_set_new(c->document, "function", json_string(replay_function(r))) ||
	    json_object_set_new(c->document, "segment", json_string(replay_segment(r))))
		return err_oom(e), report_error(e);
	if (mechanism_finish(&c->m, "captured", c->document, e) < 0)
		return report_error(e);
	if (ctx->json)
		return print_json(c->document);
	for (unsigned i = 0; i < 2; i++)
		buf_printf(&text, "%s: a call of %s in %s, %llu instructions, for %.1f %ss\n",
			   r->paths[i], replay_function(r), replay_segment(r),
			   (unsigned long long)r->captures[i].insns, r->items[i],
			   scenario_item_name(c->m.scenario));
	return buf_error(&text) ? (err_oom(e), report_error(e)) : print_buf(&text);
}

static int parse(const struct cmd *self, struct cmd_ctx *ctx, struct replay_command *c, int *argc,
		 char **argv)
{
	const struct opt own[] = {
		{ "function", 0, OPT_STRING, "FUNCTION",
		  "of the kernels (default: of the scenario's source what executes most)",
		  &c->r.ask.function },
		{ "segment", 0, OPT_STRING, "SEGMENT",
		  "of the scenario (default: where it executes most)", &c->r.ask.segment },
		{ "pin", 0, OPT_STRING, "CPU", "of this machine (default: the last there is)",
		  &c->cpu_text },
		{ "capture-only", 0, OPT_STRING, "DIR",
		  "keep both captures there, and replay nothing", &c->r.ask.keep },
	};
	char *end;
	long cpu;
	int status = mechanism_parse(self, ctx, &c->m, own, ARRAY_SIZE(own), argc, argv, 2, 2);

	c->cpu = -1;
	if (status >= 0 || !c->cpu_text)
		return status;
	cpu = strtol(c->cpu_text, &end, 10);
	if (end == c->cpu_text || *end || cpu < 0 || cpu > CPU_NUMBER_MAX)
		return usage_error(self, "--pin: '%s' is not the number of a CPU", c->cpu_text);
	c->cpu = (int)cpu;
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(command_close))) struct replay_command c = {
		.r = { .dirs = { WORKDIR_NONE, WORKDIR_NONE } }
	};
	struct err e = { 0 };
	int status = parse(self, ctx, &c, &argc, argv);

	if (status >= 0)
		return status;
	c.m.o.reads_code = "replay";
	if (mechanism_open(&c.m, ctx, "replay", "attribution", argc, argv, &e) < 0 ||
	    work(&c, &e) < 0)
		return report_error(&e);
	return c.r.ask.keep ? finish_captures(&c, ctx, &e) : finish(&c, ctx, &e);
}

const struct cmd cmd_replay = {
	.name = "replay",
	.args = "OLD NEW [-s SCENARIO]",
	.help = "time of the kernels' own code on this machine's processor",
	.has_verdict = true,
	.run = run,
};
