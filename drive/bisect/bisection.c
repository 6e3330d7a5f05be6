// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisection.h"

#include "base/buf.h"
#include "base/clock.h"
#include "drive/bisect/bisection_journal.h"
#include "drive/measure/pair_run.h"
#include "judge/counts/comparison.h"
#include "kernel/build/build.h"
#include "kernel/image/sections.h"
#include "report/words/unlike.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static double since_s(uint64_t start_ns)
{
	return (double)(clock_ns() - start_ns) / 1e9;
}

/* One config for all: the first kernel tells. It is kept, for who resumes may build nothing. */
static int keep_unlike(struct bisection *b, const struct kernel *k, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *entry;

	if (journal_find(b->journal, "config"))
		return 0;
	unlike_kernel(k, &text);
	if (buf_error(&text) < 0)
		return err_oom(e);
	entry = json_pack("{s:s?}", "unlike", text.len ? buf_str(&text) : NULL);
	return entry ? journal_add(b->journal, "config", entry, e) : err_oom(e);
}

int bisection_build(struct bisection *b, const char *commit, const char *revert,
		    struct kernel **out, struct err *e)
{
	const struct build_request q = { .dir = b->tree.dir, .rev = commit, .revert = revert };
	const uint64_t start_ns = clock_ns();
	bool built = false;
	int r;

	r = build_kernel(b->s->kernels, &q, teller_hear_note, b->s->teller, out, &built, e);
	b->built += built;
	if (built || r < 0)
		b->build_s += since_s(start_ns);
	return r == 0 ? keep_unlike(b, *out, e) : r;
}

struct run_request bisection_request(const struct bisection *b, const struct kernel *k,
				     unsigned side)
{
	return (struct run_request){
		.side = side,
		.kernel = k,
		.scenario = b->scenario,
		.cpus = b->o.cpus,
		.iterations = b->iterations,
		.tree = metric_needs_tree(b->scenario->metric),
		.memory_mib = b->o.memory_mib ? b->o.memory_mib : scenario_memory_mib(b->scenario),
	};
}

static int run_one(struct bisection *b, const struct kernel *k, struct pair_side *side,
		   struct err *e)
{
	const uint64_t start_ns = clock_ns();
	int r;

	side->request = bisection_request(b, k, 0);
	r = pair_run(b->s, b->id, b->block++, side, 1, e);
	b->measure_s += since_s(start_ns);
	return r;
}

/* The good end's own run, which says in what state others have to be; kept in memory only. */
static int need_reference(struct bisection *b, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct pair_side side = { 0 };
	int r;

	if (b->has_reference)
		return 0;
	r = bisection_build(b, b->good.id, NULL, &k, e);
	if (r == 0)
		r = run_one(b, k, &side, e);
	if (r < 0) {
		run_free(&side.run);
		return r;
	}
	b->reference = side.run;
	b->has_reference = true;
	return 0;
}

/* An earlier commit whose image loads the same; NULL: none. */
static json_t *find_image(const struct bisection *b, const char *image)
{
	const json_t *entries = journal_entries(b->journal);

	for (size_t i = 0; i < json_array_size(entries); i++) {
		json_t *entry = json_array_get(entries, i);
		const char *have = json_string_value(json_object_get(entry, "image"));

		if (have && !strcmp(have, image))
			return entry;
	}
	return NULL;
}

static json_t *skipped(const char *reason, const char *image)
{
	return json_pack("{s:s,s:s?}", "skipped", reason, "image", image);
}

/* What another commit's entry says is so of this one, too. */
static json_t *same_as(json_t *other)
{
	json_t *entry =
		json_pack("{s:s}", "same_as",
			  json_string_value(json_object_get(other, "key")) + strlen("commit:"));

	json_object_update_missing(entry, other);
	json_object_del(entry, "key");
	return entry;
}

static json_t *measured(struct bisection *b, const struct comparison *c, const char *image)
{
	const struct metric *m = comparison_deciding(c);

	snprintf(b->metric, sizeof(b->metric), "%s", metric_name(m));
	if (c->verdict == VERDICT_DIFFERENT_STATE)
		return skipped(c->reason, image);
	return json_pack("{s:f,s:f,s:f,s:b,s:s,s:s,s:I,s:s}", "value", m->new_one.value, "spread",
			 m->new_one.spread, "unseen", m->new_one.unseen, "exact", m->new_one.exact,
			 "why_not", m->new_one.why_not, "image", image, "block",
			 (json_int_t)b->block - 1, "metric", metric_name(m));
}

/* What measured() wrote; of an older journal, nothing says that it was exact. */
static struct reading reading_of(const json_t *entry)
{
	const char *why_not = json_string_value(json_object_get(entry, "why_not"));
	struct reading r = {
		/* The journal does not say of what; of counts they are. */
		.of = { .unit = "insns", .item = "" },
		.value = json_number_value(json_object_get(entry, "value")),
		.spread = json_number_value(json_object_get(entry, "spread")),
		.unseen = json_number_value(json_object_get(entry, "unseen")),
		.exact = json_is_true(json_object_get(entry, "exact")),
	};

	snprintf(r.why_not, sizeof(r.why_not), "%s", why_not ? why_not : "");
	return r;
}

/* Boots and measures a kernel whose image is new here. */
static int measure_image(struct bisection *b, const char *commit, const struct kernel *k,
			 const char *image, json_t **out, struct err *e)
{
	_cleanup_comparison_ struct comparison c = { 0 };
	const bool is_reference = !b->has_reference && !strcmp(commit, b->good.id);
	struct pair_side side = { 0 };
	int r = need_reference(b, e);

	if (r < 0 && !is_reference)
		return r;
	if (r == 0 && !is_reference)
		r = run_one(b, k, &side, e);
	if (r == 0)
		r = compare_runs(b->scenario, &b->reference,
				 is_reference ? &b->reference : &side.run, b->o.cpus,
				 b->o.threshold, &c, e);
	/* A function that neither executes costs nothing: a later commit may bring it. */
	if (r == -ENOENT && c.n_metrics) {
		err_clear(e);
		r = 0;
	}
	if (r == 0)
		*out = measured(b, &c, image);
	else if (bisection_skips(e))
		*out = skipped(e->text, image);
	run_free(&side.run);
	if (!*out)
		return r < 0 ? r : err_oom(e);
	err_clear(e);
	return 0;
}

/* Builds and measures a commit; *out is what to write of it. */
static int look_at(struct bisection *b, const char *commit, json_t **out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct hash_hex image;
	json_t *twin;
	int r = bisection_build(b, commit, NULL, &k, e);

	*out = NULL;
	if (r < 0 && !bisection_skips(e))
		return r;
	if (r < 0) {
		teller_note(b->s->teller, "%s; it is skipped", e->text);
		*out = skipped(e->text, NULL);
		err_clear(e);
		return *out ? 0 : err_oom(e);
	}
	r = kernel_verify(k, KERNEL_FILE_VMLINUX, e);
	if (r == 0)
		r = sections_hash(k->vmlinux_path, &image, e);
	if (r < 0)
		return r;
	twin = find_image(b, image.text);
	if (!twin && !b->o.timed)
		return measure_image(b, commit, k, image.text, out, e);
	*out = twin ? same_as(twin) : json_pack("{s:s}", "image", image.text);
	return *out ? 0 : err_oom(e);
}

static void tell_commit(struct bisection *b, const char *commit)
{
	char what[GIT_SHORT + 1];
	const struct teller_step step = {
		.at = ++b->told, .scenario = b->scenario->name, .what = what, .left_s = NAN
	};

	snprintf(what, sizeof(what), "%.*s", GIT_SHORT, commit);
	teller_step(b->s->teller, &step);
}

int bisection_entry(struct bisection *b, const char *commit, const json_t **out, struct err *e)
{
	_cleanup_free_ char *key = str_printf("commit:%s", commit);
	const unsigned built = b->built;
	json_t *fresh = NULL;
	int r;

	if (!key)
		return err_oom(e);
	*out = journal_find(b->journal, key);
	if (*out)
		return 0;
	tell_commit(b, commit);
	r = look_at(b, commit, &fresh, e);
	if (r < 0)
		return r;
	json_object_set_new(fresh, "built", json_integer(b->built - built));
	r = journal_add(b->journal, key, fresh, e);
	*out = journal_find(b->journal, key);
	return r;
}

int bisection_measure(void *arg, const char *commit, struct commit_value *out, struct err *e)
{
	struct bisection *b = arg;
	const json_t *entry = NULL;
	int r = bisection_entry(b, commit, &entry, e);

	if (r < 0)
		return r;
	*out = (struct commit_value){
		.known = json_is_number(json_object_get(entry, "value")),
		.reading = reading_of(entry),
	};
	if (json_object_get(entry, "metric"))
		snprintf(b->metric, sizeof(b->metric), "%s",
			 json_string_value(json_object_get(entry, "metric")));
	return 0;
}
