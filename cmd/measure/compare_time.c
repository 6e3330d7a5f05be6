// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/compare_time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(((struct compare_time *)0)->why_not) == sizeof(((struct err *)0)->text),
	       "a reason is the text of an error");

/* Where the verdict becomes the time's, its reason says both. */
static void join(struct compare_time *t, double threshold, struct comparison *c)
{
	const struct replayed *j = &t->view.judged[REPLAY_WARM];
	enum verdict joined =
		replayed_join(c->verdict, replay_insns_ratio(&t->view), threshold, j, &t->slower);

	t->joined = joined != c->verdict;
	if (!t->joined)
		return;
	replayed_reason(c->verdict, j, c->reason, sizeof(c->reason));
	c->verdict = joined;
}

/* What decides the count is what is timed, where it is a segment or a function with its calls. */
static void ask_for(const struct scenario *s, struct replay_ask *ask)
{
	static const char inclusive[] = "inclusive:";

	for (size_t i = 0; s->metric && i < s->n_segments; i++) {
		if (!strcmp(s->segments[i].name, s->metric))
			ask->segment = s->metric;
	}
	if (s->metric && !strncmp(s->metric, inclusive, sizeof(inclusive) - 1))
		ask->function = s->metric + sizeof(inclusive) - 1;
}

int compare_time_take(struct session *s, const struct kernel *const kernels[2], const char *id,
		      const struct run_request requests[2], double threshold, struct comparison *c,
		      struct compare_time *out, struct err *e)
{
	struct replay *r = &out->replay;
	int code;

	*r = (struct replay){ .session = s,
			      .scenario = requests[0].scenario,
			      .kernels = { kernels[0], kernels[1] },
			      .id = id,
			      .threshold = threshold,
			      .dirs = { WORKDIR_NONE, WORKDIR_NONE } };
	ask_for(r->scenario, &r->ask);
	for (unsigned i = 0; i < 2; i++) {
		r->sides[i].request = requests[i];
		r->sides[i].request.keep_symbols = false;
	}
	code = replay_capture(r, e);
	if (code == 0)
		code = replay_measure(r, -1, e);
	if (code == -ECANCELED || code == -ENOMEM)
		return code;
	/* Nor does a QEMU that cannot capture take back what was counted with it. */
	if (code < 0) {
		memcpy(out->why_not, e->text, sizeof(out->why_not));
		replay_close(r);
		err_clear(e);
		return 0;
	}
	out->known = true;
	out->view = replay_view_of(r);
	join(out, threshold, c);
	return 0;
}

void compare_time_free(struct compare_time *t)
{
	replay_close(&t->replay);
}
