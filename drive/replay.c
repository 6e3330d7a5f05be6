// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/replay.h"

#include "base/clock.h"
#include "base/file.h"
#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"
#include "kernel/store/title.h"
#include "lab/captured.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "old", "new" };

struct job {
	const struct lab *lab;
	struct pair_side *side;
	struct captured_ask ask;
	struct capture *capture;
};

static void *capture_side(void *arg)
{
	struct job *j = arg;
	struct pair_side *s = j->side;
	int r = captured_measure(j->lab, &s->request, &j->ask, &s->run, &s->err);

	if (r == 0)
		r = capture_open(j->ask.dir, j->capture, &s->err);
	if (r == -EBADMSG || r == -ENOENT)
		err_wrap(&s->err, "what QEMU's plugin left of the call");
	return NULL;
}

static int capture_both(struct job jobs[2], struct err *e)
{
	pthread_t other;
	int code = pthread_create(&other, NULL, capture_side, &jobs[1]);

	if (code)
		return err_errno(e, code, "starting a thread");
	capture_side(&jobs[0]);
	pthread_join(other, NULL);
	return 0;
}

static int make_folder(struct replay *r, unsigned i, struct err *e)
{
	int made;

	r->dirs[i] = WORKDIR_NONE;
	if (!r->ask.keep) {
		made = workdir_make(r->session->lab.cache_dir, &r->dirs[i], e);
		r->paths[i] = made < 0 ? NULL : strdup(r->dirs[i].path);
		return made < 0 || r->paths[i] ? made : err_oom(e);
	}
	r->paths[i] = str_printf("%s/%s", r->ask.keep, names[i]);
	if (!r->paths[i])
		return err_oom(e);
	if (file_exists(r->paths[i]))
		return err_set(e, EEXIST, "%s exists already", r->paths[i]);
	return dir_make(r->paths[i], e);
}

static int find_segment(struct replay *r, struct err *e)
{
	const struct scenario *s = r->scenario;

	r->segment = -1;
	for (size_t i = 0; r->ask.segment && i < s->n_segments; i++) {
		if (!strcmp(s->segments[i].name, r->ask.segment))
			r->segment = (int)i;
	}
	return !r->ask.segment || r->segment >= 0
		       ? 0
		       : err_set(e, EINVAL, "%s has no segment '%s'", s->name, r->ask.segment);
}

/* What a side's call is of, or why there is none. */
static int check_capture(struct replay *r, unsigned i, struct err *e)
{
	const struct capture *c = &r->captures[i];
	const char *kernel = kernel_title(r->kernels[i]).text;
	const char *asked = r->ask.function ? r->ask.function : "a function of its source";
	/* Of calls that were made, but none of them whole. */
	const uint32_t against = c->header.flags & ~CAPTURE_NEVER;

	if (c->header.flags & CAPTURE_NEVER && !c->header.function_va && against)
		return err_unmeasured(e, ENOTSUP, "%s: no call of %s could be captured: %s", kernel,
				      asked, capture_why(against));
	if (c->header.flags & CAPTURE_NEVER && !c->header.function_va)
		return err_unmeasured(e, ENOENT, "%s: nothing that %s measures calls %s", kernel,
				      r->scenario->name, asked);
	if (c->disturbed)
		return err_unmeasured(e, ENOTSUP, "%s: no call of %s could be captured: %s", kernel,
				      capture_function_name(c), capture_why(c->header.flags));
	return 0;
}

static int make_job(struct replay *r, unsigned i, struct job *out, struct err *e)
{

	err_clear(&r->sides[i].err);
	*out = (struct job){
		.lab = &r->session->lab,
		.side = &r->sides[i],
		.ask = { .plugin = r->plugin, .function = r->ask.function, .segment = r->segment },
		.capture = &r->captures[i]
	};
	if (!r->paths[i] && make_folder(r, i, e) < 0)
		return e->code;
	out->ask.dir = r->paths[i];
	return 0;
}

/* NEW by itself may have chosen otherwise: then it is captured once more, as OLD was. */
static int agree(struct replay *r, struct job *new_job, struct err *e)
{
	const struct capture *c = r->captures;
	char *name;

	if (c[0].header.segment == c[1].header.segment &&
	    !strcmp(capture_function_name(&c[0]), capture_function_name(&c[1])))
		return 0;
	name = strdup(capture_function_name(&c[0]));
	if (!name)
		return err_oom(e);
	new_job->ask.function = name;
	new_job->ask.segment = (int)c[0].header.segment;
	capture_close(&r->captures[1]);
	run_free(&r->sides[1].run);
	capture_side(new_job);
	free(name);
	return 0;
}

/* What the whole window's calls executed, and of that the captured one. */
static int find_items(struct replay *r, unsigned i, struct err *e)
{
	const struct capture *c = &r->captures[i];
	double items = (double)scenario_items(r->scenario);

	for (size_t k = 0; k < c->n_functions; k++) {
		const struct capture_function *f = &c->functions[k];

		if (f->va != c->function_va || f->segment != c->header.segment || !f->insns)
			continue;
		r->items[i] = f->calls == 1 ? items : items * (double)c->insns / (double)f->insns;
		r->captures[i].items = (uint64_t)(r->items[i] + .5);
		return 0;
	}
	return err_set(e, EBADMSG, "the capture does not tell how often its function was called");
}

static int keep_captured(struct replay *r, struct err *e)
{
	int code = r->block ? pair_keep(r->session, r->id, (*r->block)++, false, r->sides, 2, e)
			    : pair_failed(r->session, r->sides, 2, e);

	for (unsigned i = 0; code == 0 && i < 2; i++)
		code = check_capture(r, i, e);
	for (unsigned i = 0; code == 0 && i < 2; i++)
		code = find_items(r, i, e);
	return code;
}

int replay_capture(struct replay *r, struct err *e)
{
	uint64_t start = clock_ns();
	struct job jobs[2];
	int code = find_segment(r, e);

	if (code == 0) {
		r->plugin =
			parts_capture_plugin(&r->session->parts, r->session->qemu.plugin_api, e);
		code = r->plugin ? 0 : e->code;
	}
	for (unsigned i = 0; code == 0 && i < 2; i++)
		code = make_job(r, i, &jobs[i], e);
	if (code == 0)
		code = capture_both(jobs, e);
	if (code == 0 && !r->sides[0].err.code && !r->sides[1].err.code &&
	    !r->captures[0].disturbed)
		code = agree(r, &jobs[1], e);
	r->seconds_captured = (double)(clock_ns() - start) / 1e9;
	if (code == 0)
		code = keep_captured(r, e);
	if (code < 0 && r->block)
		drop_unmeasured(r->session, r->id);
	return code;
}

const char *replay_function(const struct replay *r)
{
	return capture_function_name(&r->captures[0]);
}

const char *replay_segment(const struct replay *r)
{
	return r->scenario->segments[r->captures[0].header.segment].name;
}

/* The last that this process may use: the first has most of the machine's interrupts. */
static int some_cpu(void)
{
	cpu_set_t set;
	int found = -1;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return -1;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &set))
			found = i;
	}
	return found;
}

int replay_measure(struct replay *r, int cpu, struct err *e)
{
	struct replay_timing *t = &r->timing;
	int code = parts_replay_child(&r->session->parts, &r->child, e);

	t->captures = r->captures;
	memcpy(t->items, r->items, sizeof(t->items));
	t->options = REPLAY_OPTIONS;
	t->options.child = r->child;
	t->options.cpu = cpu < 0 ? some_cpu() : cpu;
	t->options.fifo = true;
	t->cancel = r->session->lab.cancel;
	t->threshold = fmax(REPLAYED_THRESHOLD, r->threshold);
	teller_side(r->session->teller, 0, "replaying %s", replay_function(r));
	if (code == 0)
		code = replay_time(t, e);
	if (code < 0 && code != -ECANCELED) {
		return err_wrap(e, "%s: %s", kernel_title(r->kernels[t->refused]).text,
				replay_function(r));
	}
	return code;
}

/* The least of all calls, and how far the blocks are apart. */
static struct reading reading_of(const struct replay *r, unsigned side, enum replay_caches c)
{
	static const char *const caches[] = { "warm", "cold" };
	const struct replay_times *t = &r->timing.times[side][c];
	const char *item = scenario_item_name(r->scenario);
	struct reading x = { .of = { .unit = "ns", .item = item, .kind = READING_REPLAYED },
			     .value = t->min_ns / r->items[side] };
	double most = t->min_ns;

	for (unsigned i = 0; i < t->n_blocks; i++)
		most = t->blocks[i].ns > most ? t->blocks[i].ns : most;
	x.spread = (most - t->min_ns) / r->items[side];
	snprintf(x.of.name, sizeof(x.of.name), "%s_%s_least_ns_per_%s", replay_function(r),
		 caches[c], item);
	snprintf(x.why_not, sizeof(x.why_not), "a time is never exact");
	return x;
}

int replay_keep(const struct replay *r, struct err *e)
{
	int code = 0;

	for (unsigned side = 0; code == 0 && side < 2; side++) {
		const struct reading readings[] = { reading_of(r, side, REPLAY_WARM),
						    reading_of(r, side, REPLAY_COLD) };

		code = store_add_replayed(r->session->store, r->id, names[side], readings,
					  REPLAY_CACHES, e);
	}
	return code;
}

struct replay_view replay_view_of(const struct replay *r)
{
	struct replay_view v = { .scenario = r->scenario,
				 .function = replay_function(r),
				 .segment = replay_segment(r),
				 .judged = r->timing.judged };

	for (unsigned i = 0; i < 2; i++)
		v.sides[i] = (struct replay_side_view){ .title = kernel_title(r->kernels[i]),
							.capture = &r->captures[i],
							.result = &r->timing.results[i],
							.times = r->timing.times[i],
							.items = r->items[i] };
	return v;
}

void replay_close(struct replay *r)
{
	if (!r->session)
		return;
	for (unsigned i = 0; i < 2; i++) {
		capture_close(&r->captures[i]);
		free(r->paths[i]);
		workdir_free(&r->dirs[i]);
	}
	replay_timing_free(&r->timing);
	free(r->plugin);
	free(r->child);
	pair_free(r->sides);
	*r = (struct replay){ .session = NULL };
}
