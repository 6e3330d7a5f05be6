// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/replay.h"

#include "report/views/parts.h"
#include "report/words/number.h"
#include "report/words/table.h"
#include "symbols/symbols.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const caches_names[] = { "warm", "cold" };

static double insns_per_item(const struct replay_side_view *s)
{
	return (double)s->capture->insns / s->items;
}

double replay_insns_ratio(const struct replay_view *v)
{
	return insns_per_item(&v->sides[1]) / insns_per_item(&v->sides[0]);
}

static double insns_per_cycle(const struct replay_side_view *s, enum replay_caches c)
{
	return (double)s->capture->insns / s->times[c].min_cycles;
}

struct place {
	uint64_t va, start;
	long function;
};

static int find_place(void *arg, const struct symbols_stretch *at, struct err *e)
{
	struct place *p = arg;

	(void)e;
	if (p->va < at->start || p->va >= at->end)
		return 0;
	p->start = at->start;
	p->function = (long)at->function;
	return 1;
}

/* FUNCTION+OFFSET of an address in the kernel's code, to be freed. */
static char *place_of(const struct replay_side_view *s, uint64_t va)
{
	struct place p = { .va = va, .function = -1 };
	const struct symbols *symbols = s->capture->symbols;

	if (symbols)
		symbols_each(symbols, find_place, &p, NULL);
	if (p.function < 0)
		return str_printf("0x%" PRIx64, va);
	return str_printf("%s+0x%" PRIx64, symbols_name(symbols, (size_t)p.function), va - p.start);
}

char *replay_line(const struct replay_view *v)
{
	const struct replayed *j = &v->judged[REPLAY_WARM];

	return str_printf("%s in %s executes %.2f times as many instructions; takes %.2f times as "
			  "long here (%.2f to %.2f)%s",
			  v->function, v->segment, replay_insns_ratio(v), j->ratio, j->low, j->high,
			  j->verdict == VERDICT_UNSTABLE
				  ? ", but the machine is too restless for that to count"
				  : "");
}

char *replay_reason(const struct replay_view *v)
{
	const struct replayed *j = &v->judged[REPLAY_WARM];

	switch (j->verdict) {
	case VERDICT_UNSTABLE:
		return str_printf("the machine is too restless: the middle half of the blocks "
				  "spreads over %.1f %% of OLD's time and %.1f %% of NEW's",
				  100 * j->spread[0], 100 * j->spread[1]);
	case VERDICT_SUSPECT:
		return str_printf("takes %.3f times as long here, with %.3f times as many "
				  "instructions: one build a side can differ by its layout alone",
				  j->ratio, replay_insns_ratio(v));
	case VERDICT_REGRESSION:
	case VERDICT_IMPROVEMENT:
		return str_printf("takes %.3f times as long here, and executes %.3f times as many "
				  "instructions",
				  j->ratio, replay_insns_ratio(v));
	case VERDICT_EQUIVALENT:
		return str_printf("takes %.3f times as long here, and the interval lies within "
				  "what does not matter",
				  j->ratio);
	case VERDICT_TRIVIAL:
		return str_printf("takes %.3f times as long here, a difference that does not "
				  "matter",
				  j->ratio);
	default:
		return str_printf("takes between %.3f and %.3f times as long here: that leaves "
				  "open which side is slower",
				  j->low, j->high);
	}
}

static json_t *replaced_json(const struct replay_view *v)
{
	static const char *const sides[] = { "old", "new" };
	json_t *list = json_array();

	for (unsigned i = 0; i < 2; i++) {
		const struct replay_result *r = v->sides[i].result;

		for (size_t k = 0; k < r->n_replaced; k++) {
			_cleanup_free_ char *place = place_of(&v->sides[i], r->replaced[k].va);

			json_array_append_new(list,
					      json_pack("{s:s,s:o,s:s,s:I}", "side", sides[i],
							"place", part_text(place ? place : "?"),
							"what", r->replaced[k].name, "times",
							(json_int_t)r->replaced[k].times));
		}
	}
	return list;
}

/* In nanoseconds per item. */
static json_t *blocks_json(const struct replay_side_view *s, enum replay_caches c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->times[c].n_blocks; i++)
		json_array_append_new(list, part_number(s->times[c].blocks[i].ns / s->items));
	return list;
}

json_t *replay_time_json(const struct replay_view *v)
{
	const struct replayed *j = &v->judged[REPLAY_WARM];

	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:s,s:o,s:{s:o,s:o}}", "kind",
			 "replayed", "ratio", part_number(j->ratio), "low", part_number(j->low),
			 "high", part_number(j->high), "segment", part_text(v->segment), "replaced",
			 replaced_json(v), "function", part_text(v->function), "caches",
			 caches_names[REPLAY_WARM], "verdict", verdict_name(j->verdict),
			 "insns_ratio", part_number(replay_insns_ratio(v)), "blocks", "old",
			 blocks_json(&v->sides[0], REPLAY_WARM), "new",
			 blocks_json(&v->sides[1], REPLAY_WARM));
}

/* One number of both sides. */
static json_t *metric(const struct replay_view *v, const char *quantity, const char *unit,
		      const char *kind, double old_value, double new_value)
{
	_cleanup_free_ char *name = str_printf("%s_%s_%s_per_%s", v->function, quantity, unit,
					       scenario_item_name(v->scenario));

	return json_pack("{s:o,s:s,s:s,s:o,s:o,s:o,s:o}", "name", part_text(name ? name : "?"),
			 "unit", unit, "kind", kind, "old", part_number(old_value), "new",
			 part_number(new_value), "delta", part_number(new_value - old_value),
			 "ratio", part_number(new_value / old_value));
}

static json_t *metrics_json(const struct replay_view *v)
{
	const struct replay_side_view *o = &v->sides[0], *n = &v->sides[1];
	json_t *list = json_array();

	for (unsigned c = 0; c < REPLAY_CACHES; c++) {
		const struct replay_times *a = &o->times[c], *b = &n->times[c];
		_cleanup_free_ char *least = str_printf("%s_least", caches_names[c]);
		_cleanup_free_ char *median = str_printf("%s_median", caches_names[c]);

		if (!least || !median)
			continue;
		json_array_append_new(list, metric(v, least, "ns", "replayed", a->min_ns / o->items,
						   b->min_ns / n->items));
		json_array_append_new(list,
				      metric(v, median, "ns", "replayed", a->median_ns / o->items,
					     b->median_ns / n->items));
		json_array_append_new(list,
				      metric(v, least, "cycles", "replayed",
					     a->min_cycles / o->items, b->min_cycles / n->items));
	}
	json_array_append_new(list, metric(v, "executed", "insns", "counted", insns_per_item(o),
					   insns_per_item(n)));
	return list;
}

static json_t *judged_json(const struct replay_view *v)
{
	json_t *list = json_array();

	for (unsigned c = 0; c < REPLAY_CACHES; c++) {
		const struct replayed *j = &v->judged[c];

		json_array_append_new(
			list,
			json_pack(
				"{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:i,s:i,s:i,s:o,s:o}",
				"caches", caches_names[c], "verdict", verdict_name(j->verdict),
				"ratio", part_number(j->ratio), "low", part_number(j->low), "high",
				part_number(j->high), "p", part_number(j->p), "spread_old",
				part_number(j->spread[0]), "spread_new", part_number(j->spread[1]),
				"calls_old", (int)v->sides[0].times[c].calls, "calls_new",
				(int)v->sides[1].times[c].calls, "dropped_old",
				(int)v->sides[0].times[c].dropped, "dropped_new",
				(int)v->sides[1].times[c].dropped, "old",
				blocks_json(&v->sides[0], c), "new", blocks_json(&v->sides[1], c)));
	}
	return list;
}

static json_t *differences_json(const struct replay_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_differences && i < REPLAY_DIFFERENCES_MAX; i++) {
		const struct replay_difference *d = &r->differences[i];
		char words[3][24];

		snprintf(words[0], sizeof(words[0]), "0x%" PRIx64, d->va);
		snprintf(words[1], sizeof(words[1]), "0x%" PRIx64, d->native);
		snprintf(words[2], sizeof(words[2]), "0x%" PRIx64, d->emulated);
		json_array_append_new(list, json_pack("{s:s,s:b,s:s,s:s,s:s}", "address", words[0],
						      "half_address", (int)d->half, "in",
						      layout_class_name(d->class), "here", words[1],
						      "emulated", words[2]));
	}
	return list;
}

/* What is known of a side's call, and of how it was proven. */
static json_t *side_json(const struct replay_side_view *s)
{
	const struct capture *c = s->capture;
	const struct replay_result *r = s->result;

	return json_pack("{s:I,s:o,s:I,s:I,s:o,s:o,s:I,s:I,s:b,s:I,s:I,s:I,s:I,s:I,s:o,s:b,s:b}",
			 "insns", (json_int_t)c->insns, "items", part_number(s->items), "places",
			 (json_int_t)c->n_executed, "words", (json_int_t)c->n_accesses,
			 "insns_per_cycle_warm", part_number(insns_per_cycle(s, REPLAY_WARM)),
			 "insns_per_cycle_cold", part_number(insns_per_cycle(s, REPLAY_COLD)),
			 "pages_compared", (json_int_t)r->n_pages, "steps_compared",
			 (json_int_t)r->steps, "stepped_whole", (int)r->whole, "watched",
			 (json_int_t)r->n_watched, "pointers", (json_int_t)r->n_pointers,
			 "operands", (json_int_t)r->n_operands, "locks", (json_int_t)r->n_locks,
			 "differing", (json_int_t)r->n_differences, "differences",
			 differences_json(r), "pinned", (int)r->pinned, "fifo", (int)r->fifo);
}

int replay_json(const struct replay_view *v, json_t *doc, struct err *e)
{
	_cleanup_free_ char *reason = replay_reason(v);
	json_t *own =
		json_pack("{s:s,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:{s:o,s:o}}", "verdict",
			  verdict_name(v->judged[REPLAY_WARM].verdict), "reason",
			  part_text(reason ? reason : "?"), "function", part_text(v->function),
			  "segment", part_text(v->segment), "item", scenario_item_name(v->scenario),
			  "time", replay_time_json(v), "metrics", metrics_json(v), "judged",
			  judged_json(v), "insns_ratio", part_number(replay_insns_ratio(v)),
			  "sides", "old", side_json(&v->sides[0]), "new", side_json(&v->sides[1]));
	int r = own && reason ? json_object_update(doc, own) : -1;

	json_decref(own);
	return r ? err_oom(e) : 0;
}

static void put_row(struct table *t, const char *what, const char *unit, double old_value,
		    double new_value)
{
	table_row(t);
	table_put(t, "%s", what);
	table_put(t, "%s", unit);
	table_number(t, old_value);
	table_number(t, new_value);
	table_ratio(t, new_value / old_value);
}

static void put_times(struct table *t, const struct replay_view *v, enum replay_caches c)
{
	const struct replay_side_view *o = &v->sides[0], *n = &v->sides[1];
	const struct replay_times *a = &o->times[c], *b = &n->times[c];
	char what[40];

	snprintf(what, sizeof(what), "%s, least", caches_names[c]);
	put_row(t, what, "ns", a->min_ns / o->items, b->min_ns / n->items);
	put_row(t, what, "cycles", a->min_cycles / o->items, b->min_cycles / n->items);
	snprintf(what, sizeof(what), "%s, median", caches_names[c]);
	put_row(t, what, "ns", a->median_ns / o->items, b->median_ns / n->items);
}

static void put_table(const struct replay_view *v, const struct text_style *style, struct buf *out)
{
	const struct replay_side_view *o = &v->sides[0], *n = &v->sides[1];
	_cleanup_table_ struct table t = { 0 };
	char item[24];

	snprintf(item, sizeof(item), "per %s", scenario_item_name(v->scenario));
	table_column(&t, item, NULL, TABLE_WORD);
	table_column(&t, "", NULL, TABLE_WORD);
	table_column(&t, "old", NULL, TABLE_NUMBER);
	table_column(&t, "new", NULL, TABLE_NUMBER);
	table_column(&t, "ratio", NULL, TABLE_NUMBER);
	put_times(&t, v, REPLAY_WARM);
	put_times(&t, v, REPLAY_COLD);
	put_row(&t, "executed", "insns", insns_per_item(o), insns_per_item(n));
	put_row(&t, "per cycle, warm", "insns", insns_per_cycle(o, REPLAY_WARM),
		insns_per_cycle(n, REPLAY_WARM));
	table_text(&t, style, 2, out);
}

/* By how it was proven that this is the same call. */
static void put_proof(const struct replay_side_view *s, const char *side,
		      const struct text_style *style, struct buf *out)
{
	const struct replay_result *r = s->result;

	text_say(out, style, 2,
		 "%s's call left %" PRIu64
		 " pages, and the registers that a call returns or keeps, "
		 "as the emulator left them%s",
		 side, r->n_pages,
		 r->n_differences ? ", but for these words:" : ", to the last bit");
	for (size_t i = 0; i < r->n_differences && i < REPLAY_DIFFERENCES_MAX; i++) {
		const struct replay_difference *d = &r->differences[i];

		text_say(out, style, 4,
			 "%s 0x%" PRIx64 ": here %" PRIx64 ", emulated %" PRIx64 "%s",
			 layout_class_name(d->class), d->va, d->native, d->emulated,
			 d->half ? ", which has a piece of an address that was moved" : "");
	}
	for (size_t i = 0; i < r->n_replaced; i++) {
		_cleanup_free_ char *place = place_of(s, r->replaced[i].va);

		text_say(out, style, 4, "nothing was done for %s at %s, executed %" PRIu64 " times",
			 r->replaced[i].name, place ? place : "?", r->replaced[i].times);
	}
	if (r->n_locks)
		text_say(out, style, 4,
			 "%" PRIu64 " LOCK prefix%s put back that a kernel with one CPU took away",
			 r->n_locks, r->n_locks == 1 ? " was" : "es were");
	if (!r->fifo)
		text_say(out, style, 4,
			 "without SCHED_FIFO, which this user may not have: least "
			 "times can be trusted, medians less");
}

int replay_text(const struct replay_view *v, const struct text_style *style, struct buf *out,
		struct err *e)
{
	const struct replayed *j = &v->judged[REPLAY_WARM];
	_cleanup_free_ char *reason = replay_reason(v), *line = replay_line(v);
	unsigned dropped =
		v->sides[0].times[REPLAY_WARM].dropped + v->sides[1].times[REPLAY_WARM].dropped;

	text_say(out, style, 0, "REPLAY  %s  %s to %s", v->scenario->name, v->sides[0].title.text,
		 v->sides[1].title.text);
	text_say(out, style, 2,
		 "%s in %s, on this processor: %u calls of OLD and %u of NEW in %u blocks",
		 v->function, v->segment, v->sides[0].times[REPLAY_WARM].calls,
		 v->sides[1].times[REPLAY_WARM].calls, v->sides[0].times[REPLAY_WARM].n_blocks);
	if (dropped)
		text_say(out, style, 2,
			 "%u call%s dropped, as another thread shared the processor's core",
			 dropped, dropped == 1 ? " was" : "s were");
	buf_puts(out, "\n");
	put_table(v, style, out);
	buf_puts(out, "\n");
	buf_puts(out, "  ");
	tone_put(out, style, verdict_tone(j->verdict), verdict_name(j->verdict));
	buf_puts(out, "\n");
	if (line)
		text_say(out, style, 2, "%s", line);
	/* Of a change that both show, the line has said all. */
	if (reason && j->verdict != VERDICT_REGRESSION && j->verdict != VERDICT_IMPROVEMENT)
		text_say(out, style, 2, "%s", reason);
	buf_puts(out, "\n");
	put_proof(&v->sides[0], "OLD", style, out);
	put_proof(&v->sides[1], "NEW", style, out);
	return !reason || !line || buf_error(out) ? err_oom(e) : 0;
}
