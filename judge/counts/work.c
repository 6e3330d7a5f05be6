// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/work.h"

#include "lab/output/steady.h"
#include "reading/reading.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SHOWN 60 /* bytes of one in a reason */

void work_free(struct work *w)
{
	free(w->lines);
	*w = (struct work){ 0 };
}

static const struct profile_function *user_code(const struct profile *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!strcmp(p->functions[i].name, "[user]"))
			return &p->functions[i];
	}
	return NULL;
}

static void compare_user(struct work *w)
{
	double delta, floor;

	delta = fabs(w->user_new - w->user_old);
	floor = READING_SPREADS * fmax(w->user_spread_old, w->user_spread_new);
	w->user_differs = delta > floor &&
			  delta > WORK_USER_SHARE * fmax(fabs(w->user_old), fabs(w->user_new));
}

/* One side's lines, each "TIMES\tTEXT\n", in order of their texts. */
struct side {
	const char *steady, *unsteady;
	bool knows_all; /* what it prints unsteadily, too */
};

static struct side side_of(const struct work_side *o)
{
	struct side s = { o->steady ? o->steady : "", o->unsteady ? o->unsteady : "", true };

	s.knows_all = s.unsteady[0] != STEADY_TOO_MANY[0];
	return s;
}

/* The text of the line at @at, and how often; "" at the end. */
static const char *line_text(const char *at, unsigned *times)
{
	char *end;

	*times = (unsigned)strtoul(at, &end, 10);
	return *end == '\t' ? end + 1 : "";
}

static size_t line_len(const char *text)
{
	return strcspn(text, "\n");
}

static const char *line_next(const char *text)
{
	size_t len = line_len(text);

	return text + len + (text[len] == '\n');
}

/* As strcmp() of the lines alone. An empty text, the end, is behind all others. */
static int line_order(const char *a, const char *b)
{
	size_t x = line_len(a), y = line_len(b);
	int order = memcmp(a, b, x < y ? x : y);

	if (!*a || !*b)
		return !*a - !*b;
	return order ? order : x < y ? -1 : x > y;
}

/* Whether a line may have been printed by some executions of that side. */
static bool may_print(const struct side *s, const char *text)
{
	char hash[STEADY_HASH_BYTES + 1];

	if (!s->knows_all)
		return true;
	steady_hash(text, line_len(text), hash);
	strcat(hash, "\n");
	return strstr(s->unsteady, hash) != NULL;
}

static int compare_outputs(const struct work_side *old_side, const struct work_side *new_side,
			   struct work *w)
{
	const struct side o = side_of(old_side), n = side_of(new_side);
	const char *x = o.steady, *y = n.steady;
	size_t cap = 0;

	w->output_known = o.knows_all && n.knows_all;
	while (*x || *y) {
		struct work_line one = { 0 };
		const char *a = line_text(x, &one.old_times), *b = line_text(y, &one.new_times);
		int order = line_order(a, b);

		if (!*a && !*b)
			break;
		if (order > 0)
			one.old_times = 0;
		if (order < 0)
			one.new_times = 0;
		one.text = order > 0 ? b : a;
		x = order <= 0 ? line_next(a) : x;
		y = order >= 0 ? line_next(b) : y;
		if (one.old_times == one.new_times || (order < 0 && may_print(&n, one.text)) ||
		    (order > 0 && may_print(&o, one.text)))
			continue;
		if (w->n_lines == cap) {
			struct work_line *grown;

			cap = 2 * cap + 16;
			grown = realloc(w->lines, cap * sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			w->lines = grown;
		}
		w->lines[w->n_lines++] = one;
	}
	return 0;
}

static struct work_side side_of_run(const struct slope *whole, const struct run *run)
{
	const struct profile_function *user = user_code(&run->profile);
	struct work_side out = { .steady = run->output.steady,
				 .unsteady = run->output.unsteady,
				 .ns = run_window_ns(run) };

	if (user) {
		out.user = slope_mean(whole, user->insns);
		out.user_spread = slope_spread(whole, user->insns);
	}
	return out;
}

int work_compare(const struct work_side *old_side, const struct work_side *new_side,
		 bool printed_differs, struct work *out)
{
	*out = (struct work){ .known = true,
			      .user_old = old_side->user,
			      .user_new = new_side->user,
			      .user_spread_old = old_side->user_spread,
			      .user_spread_new = new_side->user_spread,
			      .old_ns = old_side->ns,
			      .new_ns = new_side->ns };
	compare_user(out);
	if (compare_outputs(old_side, new_side, out) < 0) {
		work_free(out);
		return -ENOMEM;
	}
	out->different = out->user_differs || out->n_lines;
	out->by_the_clock = fmin(out->old_ns, out->new_ns) >= WORK_TIMED_MIN_NS &&
			    fabs(out->old_ns - out->new_ns) <= WORK_TICK_NS &&
			    (out->different || printed_differs);
	return 0;
}

int compare_work(const struct scenario *s, const struct slope wholes[2], const struct run *old_run,
		 const struct run *new_run, bool printed_differs, struct work *out, struct err *e)
{
	struct work_side sides[2];

	*out = (struct work){ 0 };
	if (!s->program)
		return 0;
	sides[0] = side_of_run(&wholes[0], old_run);
	sides[1] = side_of_run(&wholes[1], new_run);
	if (work_compare(&sides[0], &sides[1], printed_differs, out) < 0)
		return err_oom(e);
	return 0;
}

static void add_line(const struct work *w, const char *before, char *out, size_t size)
{
	const struct work_line *x = &w->lines[0];
	size_t len = line_len(x->text), at = strlen(out);

	snprintf(out + at, size - at, "%s%zu line%s of its output differ%s, as '%.*s%s'", before,
		 w->n_lines, w->n_lines == 1 ? "" : "s", w->n_lines == 1 ? "s" : "",
		 (int)(len < LINE_SHOWN ? len : LINE_SHOWN), x->text,
		 len < LINE_SHOWN ? "" : "...");
}

void work_explain(const struct work *w, char *out, size_t size)
{
	out[0] = '\0';
	if (w->user_differs)
		snprintf(out, size, "it executes %.0f / %.0f instructions of its own ([user])",
			 w->user_old, w->user_new);
	if (w->n_lines)
		add_line(w, w->user_differs ? ", and " : "", out, size);
}

void work_explain_clock(const struct work *w, char *out, size_t size)
{
	snprintf(
		out, size,
		"it took %.3f s on either side: it seems to stop by the clock, and then its counts "
		"are equal whatever the kernel costs; give it an amount of work instead",
		w->old_ns / 1e9);
}
