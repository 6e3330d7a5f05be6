// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisection_timed.h"

#include "base/buf.h"
#include "base/clock.h"
#include "bisect/proof.h"
#include "drive/begin/accel.h"
#include "drive/begin/begin.h"
#include "drive/measure/loop.h"
#include "judge/counts/state.h"
#include "stats/stats.h"
#include "lab/plan/order.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Blocks that are tried; of these, so many may fail. */
#define BLOCKS_MAX 50
#define FAILED_MAX 10
#define ORDER_SEED 20260513

int bisection_image(void *arg, const char *commit, struct hash_hex *out, struct err *e)
{
	const json_t *entry = NULL;
	const char *image;
	int r = bisection_entry(arg, commit, &entry, e);

	if (r < 0)
		return r;
	image = json_string_value(json_object_get(entry, "image"));
	snprintf(out->text, sizeof(out->text), "%s", image ? image : "");
	return image != NULL;
}

/* On what is measured follows from the good end's kernel, and stays so for one that is resumed. */
static int prepare(struct bisection *b, struct err *e)
{
	const json_t *entry = journal_find(b->journal, "accelerator");
	const char *then = json_string_value(json_object_get(entry, "name"));
	_cleanup_kernel_ struct kernel *k = NULL;
	struct run_request q;
	int r;

	if (b->prepared)
		return 0;
	r = bisection_build(b, b->good.id, NULL, &k, e);
	q = bisection_request(b, k, 0);
	if (r == 0)
		r = accel_prepare(b->s, &q, &b->accel, &b->cpuset, e);
	if (r < 0)
		return r;
	b->prepared = true;
	if (!then) {
		r = experiment_runs_on(b->s, b->id, b->accel, e);
		return r < 0 ? r
			     : journal_add(b->journal, "accelerator",
					   json_pack("{s:s}", "name", accel_name(b->accel)), e);
	}
	return strcmp(then, accel_name(b->accel)) == 0
		       ? 0
		       : err_set(e, EINVAL, "it was measured on %s, which is not to be had now",
				 then);
}

/* One boot of a search that asks for it: a loop's source of one step. */
struct boot {
	struct bisection *b;
	double ns;
	struct err failure;
};

/* A guest in which pages are in another state does other work: what it takes tells nothing. */
static void check_boot(void *arg, struct loop_step *step, unsigned side)
{
	struct boot *x = arg;
	struct bisection *b = x->b;
	struct pair_side *made = &step->sides[side];
	struct comparison c = { .cpus = b->o.cpus };

	check_state(&c, b->scenario, b->has_reference ? &b->reference : &made->run, &made->run);
	if (c.verdict == VERDICT_DIFFERENT_STATE)
		err_unmeasured(&made->err, EPROTO, "%s", c.reason);
	else
		reading_deciding_ns(b->scenario, &made->run, &x->ns, &made->err);
}

static int take_boot(void *arg, struct loop_step *step, unsigned side, struct err *e)
{
	struct boot *x = arg;
	struct pair_side *made = &step->sides[side];

	(void)e;
	x->failure = made->err;
	if (!made->err.code && !x->b->has_reference) {
		x->b->reference = made->run;
		x->b->has_reference = true;
		made->run = (struct run){ 0 };
	}
	return 0;
}

/* Boots one kernel. 0 also if that failed, with @failure of status ERR_UNMEASURED. */
static int boot(struct bisection *b, const struct kernel *k, const struct run_place *at, double *ns,
		struct err *failure, struct err *e)
{
	const uint64_t start_ns = clock_ns();
	struct boot x = { .b = b };
	const struct loop_source source = { .check = check_boot, .take = take_boot, .arg = &x };
	struct loop loop = { .s = b->s, .source = &source, .qemu_failures = b->qemu_failures };
	struct loop_step step = { .at = { *at } };
	int r;

	step.sides[0].request = bisection_request(b, k, 0);
	step.sides[0].request.accel = b->accel;
	step.sides[0].request.cpuset = &b->cpuset;
	r = loop_make(&loop, &step, e);
	b->measure_s += (double)(clock_ns() - start_ns) / 1e9;
	b->qemu_failures = loop.qemu_failures;
	*failure = x.failure;
	*ns = x.ns;
	return r;
}

/* What is to be written of a run. */
static int look(struct bisection *b, const char *commit, json_t **out, struct err *e)
{
	const struct run_place at = { .experiment = b->id, .block = b->block, .side = "kernel" };
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err failure = { 0 };
	double ns = 0;
	int r = prepare(b, e);

	if (r == 0)
		r = bisection_build(b, commit, NULL, &k, e);
	if (r == 0)
		r = boot(b, k, &at, &ns, &failure, e);
	if (r < 0)
		return r;
	b->block++;
	*out = failure.code ? json_pack("{s:s,s:s}", "commit", commit, "failed", failure.text)
			    : json_pack("{s:s,s:f}", "commit", commit, "ns", ns);
	return *out ? 0 : err_oom(e);
}

static void show_progress(struct bisection *b, const char *commit)
{
	char what[GIT_SHORT + 1];
	const struct teller_step step = {
		.at = b->runs, .scenario = b->scenario->name, .what = what, .left_s = NAN
	};

	snprintf(what, sizeof(what), "%.*s", GIT_SHORT, commit);
	teller_step(b->s->teller, &step);
}

int bisection_run(void *arg, const char *commit, double *out, struct err *e)
{
	struct bisection *b = arg;
	_cleanup_free_ char *key = str_printf("run:%u", ++b->runs);
	const json_t *entry = key ? journal_find(b->journal, key) : NULL;
	const char *of;
	json_t *fresh = NULL;
	int r = key ? 0 : err_oom(e);

	show_progress(b, commit);
	if (r == 0 && !entry) {
		r = look(b, commit, &fresh, e);
		if (r == 0)
			r = journal_add(b->journal, key, fresh, e);
		entry = r == 0 ? journal_find(b->journal, key) : NULL;
	}
	if (r < 0)
		return r;
	of = json_string_value(json_object_get(entry, "commit"));
	if (!of || strcmp(of, commit) != 0)
		return err_set(e, EIO, "the journal's runs are not those of this search");
	*out = json_number_value(json_object_get(entry, "ns"));
	return *out > 0;
}

/* Blocks of two kernels, and what was seen in them. */
struct blocks {
	const char *key; /* of the pair, in the journal */
	struct kernel *const *kernels;
	uint8_t *order;
	double old_ns[BLOCKS_MAX], new_ns[BLOCKS_MAX];
	size_t n;      /* that are complete */
	unsigned made; /* complete or not */
	struct proof_blocks judged;
	char failed[200]; /* why the last one that failed did */
};

static int time_block(struct bisection *b, const struct blocks *t, json_t **out, struct err *e)
{
	static const char *const names[] = { "old", "new" };
	struct err failure = { 0 };
	double ns[2] = { 0 };
	int r = prepare(b, e);

	for (unsigned i = 0; r == 0 && !failure.code && i < 2; i++) {
		const unsigned k = t->order[2 * t->made + i];
		const struct run_place at = {
			.experiment = b->id, .block = b->block, .position = i, .side = names[k]
		};

		r = boot(b, t->kernels[k], &at, &ns[k], &failure, e);
	}
	if (r < 0)
		return r;
	b->block++;
	*out = failure.code ? json_pack("{s:s}", "failed", failure.text)
			    : json_pack("{s:f,s:f}", "old", ns[0], "new", ns[1]);
	return *out ? 0 : err_oom(e);
}

/* The next block, out of the journal or made. */
static int next_block(struct bisection *b, struct blocks *t, struct err *e)
{
	_cleanup_free_ char *key = str_printf("block:%s:%u", t->key, t->made + 1);
	const json_t *entry = key ? journal_find(b->journal, key) : NULL;
	json_t *fresh = NULL;
	double old_ns;
	int r = key ? 0 : err_oom(e);

	if (r == 0 && !entry) {
		r = time_block(b, t, &fresh, e);
		if (r == 0)
			r = journal_add(b->journal, key, fresh, e);
		entry = r == 0 ? journal_find(b->journal, key) : NULL;
	}
	if (r < 0)
		return r;
	t->made++;
	old_ns = json_number_value(json_object_get(entry, "old"));
	if (old_ns > 0) {
		t->old_ns[t->n] = old_ns;
		t->new_ns[t->n++] = json_number_value(json_object_get(entry, "new"));
	} else if (json_is_string(json_object_get(entry, "failed"))) {
		snprintf(t->failed, sizeof(t->failed), "%s",
			 json_string_value(json_object_get(entry, "failed")));
	}
	return 0;
}

static json_t *pair_entry(const struct blocks *t)
{
	const struct proof_blocks *j = &t->judged;

	if (!j->pair.measured)
		return json_pack("{s:s}", "failed", t->failed);
	return json_pack("{s:f,s:f,s:b,s:s,s:f,s:f,s:f,s:I}", "old", j->pair.old_value, "new",
			 j->pair.new_value, "confirmed", j->pair.differs, "reason", j->reason, "p",
			 j->p, "low", j->low, "high", j->high, "blocks", (json_int_t)j->n);
}

int bisection_time_pair(struct bisection *b, const char *key, struct kernel *const kernels[2],
			json_t **out, struct err *e)
{
	const struct order_request q = { .kind = ORDER_BALANCED,
					 .seed = ORDER_SEED,
					 .cpus = b->o.cpus,
					 .scenario = b->scenario->name,
					 .arms = 2,
					 .blocks = BLOCKS_MAX };
	struct blocks t = { .key = key, .kernels = kernels };
	int r = order_make(&q, &t.order, e);

	while (r == 0 && t.made < BLOCKS_MAX && !t.judged.decided) {
		r = next_block(b, &t, e);
		if (t.made - t.n > FAILED_MAX)
			break;
		if (r == 0 &&
		    proof_judge_blocks(t.old_ns, t.new_ns, t.n, b->o.threshold, &t.judged) < 0)
			r = err_oom(e);
	}
	free(t.order);
	if (r < 0)
		return r;
	*out = pair_entry(&t);
	return *out ? 0 : err_oom(e);
}
