// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/replay.h"

#include "base/file.h"
#include "drive/measure/pair_run.h"
#include "kernel/store/title.h"
#include "lab/captured.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <pthread.h>
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
		made = workdir_make(r->m.session.lab.cache_dir, &r->dirs[i], e);
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
	const struct scenario *s = r->m.scenario;

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
	const char *kernel = kernel_title(r->m.kernels[i]).text;

	if (c->header.flags & CAPTURE_NEVER && !c->header.function_va)
		return err_unmeasured(e, ENOENT, "%s: nothing that %s measures calls %s", kernel,
				      r->m.scenario->name,
				      r->ask.function ? r->ask.function
						      : "a function of its source");
	if (c->disturbed)
		return err_unmeasured(e, ENOTSUP, "%s: no call of %s could be captured: %s", kernel,
				      capture_function_name(c), capture_why(c->header.flags));
	return 0;
}

int replay_capture(struct replay *r, struct err *e)
{
	struct mechanism *m = &r->m;
	struct job jobs[2];
	int code = find_segment(r, e);

	if (code < 0)
		return code;
	r->plugin = parts_capture_plugin(&m->session.parts, m->session.qemu.plugin_api, e);
	if (!r->plugin)
		return e->code;
	for (unsigned i = 0; code == 0 && i < 2; i++) {
		code = make_folder(r, i, e);
		jobs[i] = (struct job){ .lab = &m->session.lab,
					.side = &m->sides[i],
					.ask = { r->plugin, r->ask.function, r->segment,
						 r->paths[i] },
					.capture = &r->captures[i] };
		err_clear(&m->sides[i].err);
	}
	if (code == 0)
		code = capture_both(jobs, e);
	if (code == 0)
		code = pair_keep(&m->session, m->id, m->block++, false, m->sides, 2, e);
	for (unsigned i = 0; code == 0 && i < 2; i++)
		code = check_capture(r, i, e);
	return code;
}

void replay_close(struct replay *r)
{
	for (unsigned i = 0; i < 2; i++) {
		capture_close(&r->captures[i]);
		free(r->paths[i]);
		workdir_free(&r->dirs[i]);
	}
	free(r->plugin);
	free(r->function);
	mechanism_close(&r->m);
}
