// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/in_time.h"

#include "base/json.h"
#include "report/evidence/study_kind.h"
#include "report/words/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST_NS 1e-6 /* an item cannot take less; so that no logarithm is out of range */
#define LONGEST_NS 1e12
#define RATIO_MAX 1e6 /* of what two calls of one function execute */
#define NAME_MAX_BYTES 120

void in_time_free(struct in_time *t)
{
	if (!t)
		return;
	json_decref(t->document);
	free(t->processor);
	free(t);
}
DEFINE_CLEANUP(struct in_time *, in_time_free)

/* Of a document's "time" what there is a use for; no other member travels. */
static json_t *known_members(const json_t *time)
{
	static const char *const names[] = { "kind",	"ratio",       "low",	   "high",
					     "segment", "replaced",    "function", "caches",
					     "verdict", "insns_ratio", "blocks",   "why_not" };
	json_t *out = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		json_t *member = json_object_get(time, names[i]);

		if (member)
			json_object_set(out, names[i], member);
	}
	return out;
}

static void keep_time(json_t *times, const char *scenario, const json_t *time)
{
	if (json_is_object(time) && !json_object_get(times, scenario))
		json_object_set_new(times, scenario, known_members(time));
}

/*
 * A bundle's one result has those of all scenarios; the database's results have one each. Of the
 * first, only scenarios that ran are taken.
 */
static void take_times(const struct record *r, const struct record_result *result, json_t *times)
{
	_cleanup_json_ json_t *document =
		result->document ? json_loads(result->document, JSON_REJECT_DUPLICATES, NULL)
				 : NULL;
	const json_t *time = json_object_get(document, "time");

	if (*result->scenario) {
		keep_time(times, result->scenario, time);
		return;
	}
	for (size_t i = 0; i < r->n_runs; i++)
		keep_time(times, r->runs[i].scenario, json_object_get(time, r->runs[i].scenario));
}

json_t *in_time_kept(const struct record *r)
{
	json_t *times = json_object_get(r->command, "time") ? json_object() : NULL;

	for (size_t i = 0; times && i < r->n_results; i++)
		take_times(r, &r->results[i], times);
	if (times && json_object_size(times))
		return json_pack("{s:o}", "time", times);
	json_decref(times);
	return NULL;
}

static int wrong(const char *scenario, const char *what, struct err *e)
{
	return err_set(e, EINVAL, "the time of a call of '%.80s' does not hold: %s", scenario,
		       what);
}

/* Of one side, in nanoseconds per item. */
static bool read_blocks(const json_t *list, double *out, size_t *n)
{
	const json_t *one;
	size_t i;

	*n = json_array_size(list);
	if (!*n || *n > REPLAYED_BLOCKS_MAX)
		return false;
	json_array_foreach(list, i, one)
	{
		out[i] = json_is_number(one) ? json_number_value(one) : NAN;
		if (!(out[i] >= SHORTEST_NS && out[i] <= LONGEST_NS))
			return false;
	}
	return true;
}

static int judge(struct in_time *t, const char *scenario, double threshold, struct err *e)
{
	const json_t *blocks = json_object_get(t->document, "blocks");
	double ns[2][REPLAYED_BLOCKS_MAX];
	size_t n[2];
	int r;

	if (!read_blocks(json_object_get(blocks, "old"), ns[0], &n[0]) ||
	    !read_blocks(json_object_get(blocks, "new"), ns[1], &n[1]) || n[0] != n[1])
		return wrong(scenario, "both sides have as many blocks, of positive times", e);
	r = replayed_judge(ns[0], ns[1], n[0], fmax(REPLAYED_THRESHOLD, threshold), t->insns_ratio,
			   &t->judged);
	return r < 0 ? err_errno(e, -r, "judging times") : 0;
}

static int agrees(const struct in_time *t, const char *scenario, struct err *e)
{
	const struct {
		const char *name;
		double want;
	} said[] = { { "ratio", t->judged.ratio },
		     { "low", t->judged.low },
		     { "high", t->judged.high } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(said); i++)
		r = study_expect("time", said[i].name, json_object_get(t->document, said[i].name),
				 said[i].want, e);
	if (r == 0 &&
	    strcmp(json_text_at(t->document, "verdict", ""), verdict_name(t->judged.verdict)) != 0)
		r = wrong(scenario, "another verdict follows from its blocks", e);
	return r;
}

/* Texts of the document are a name each: they go into sentences. */
static const char *name_at(const json_t *document, const char *member)
{
	const char *name = json_text_at(document, member, "");
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return NULL;
	}
	return len && len < NAME_MAX_BYTES ? name : NULL;
}

static int read_time(struct in_time *t, const char *scenario, double threshold, struct err *e)
{
	int r;

	t->function = name_at(t->document, "function");
	t->segment = name_at(t->document, "segment");
	t->caches = name_at(t->document, "caches");
	t->insns_ratio = json_number_at(t->document, "insns_ratio");
	if (!t->function || !t->segment || !t->caches)
		return wrong(scenario, "function, segment and caches are a word each", e);
	if (!(t->insns_ratio >= 1 / RATIO_MAX && t->insns_ratio <= RATIO_MAX))
		return wrong(scenario, "insns_ratio is no ratio of two calls", e);
	r = judge(t, scenario, threshold, e);
	return r < 0 ? r : agrees(t, scenario, e);
}

/* As the host called it when the experiment began. */
static char *processor_of(const struct record *r)
{
	const json_t *host = json_object_get(r->environment, "host");
	const char *model = json_text_at(json_object_get(host, "cpu"), "model", "");
	_cleanup_buf_ struct buf text = { 0 };

	plain_line(&text, model, 80);
	return *model && !buf_error(&text) ? strdup(buf_str(&text)) : NULL;
}

int in_time_read(const struct record *r, const json_t *time, const char *scenario, double threshold,
		 struct in_time **out, struct err *e)
{
	_cleanup_(in_time_free_p) struct in_time *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (!t)
		return err_oom(e);
	t->document = json_deep_copy(time);
	rc = read_time(t, scenario, threshold, e);
	if (rc < 0)
		return rc;
	t->processor = processor_of(r);
	*out = t;
	t = NULL;
	return 0;
}

void in_time_sentence(const struct in_time *t, struct buf *out)
{
	const struct replayed *j = &t->judged;

	buf_printf(out,
		   "%s in %s, the two kernels' own code replayed on %s, takes %.2f times as long "
		   "(99 %% interval %.3f to %.3f, caches %s, %zu blocks, one build a side), with "
		   "%.2f times as many instructions",
		   t->function, t->segment, t->processor ? t->processor : "one processor", j->ratio,
		   j->low, j->high, t->caches, j->blocks, t->insns_ratio);
	if (j->verdict == VERDICT_UNSTABLE)
		buf_puts(out, "; the machine was too restless for that to count");
	buf_puts(out, ".");
}
