// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/compare.h"

#include "judge/counts/outcomes.h"
#include "judge/counts/state.h"
#include "kernel/store/title.h"
#include "report/words/number.h"
#include "report/words/unlike.h"

#include <math.h>
#include <string.h>

#define NAME_COLUMNS 34
#define LISTED_MIN 1	       /* instructions per item: below, a function is among the others */
#define SMALL_MAX 3	       /* unless there are fewer than this */
#define UNATTRIBUTED_MAX 0.001 /* of the metric, before it is worth a line */

static const char *sentence(enum verdict v)
{
	switch (v) {
	case VERDICT_REGRESSION:
		return "REGRESSION";
	case VERDICT_IMPROVEMENT:
		return "IMPROVEMENT";
	case VERDICT_EQUIVALENT:
		return "EQUIVALENT";
	case VERDICT_TRIVIAL:
		return "TRIVIAL CHANGE";
	case VERDICT_SUSPECT:
		return "SUSPECT";
	case VERDICT_INCONCLUSIVE:
		return "INCONCLUSIVE";
	case VERDICT_UNSTABLE:
		return "UNSTABLE";
	case VERDICT_DIFFERENT_STATE:
		return "DIFFERENT STATE, no verdict";
	}
	return "";
}

static int headline(const struct compare_view *v, struct buf *b)
{
	const struct comparison *c = v->comparison;
	const struct metric *m = &c->metrics[0];
	int r = buf_printf(b, "%s  %s\n", sentence(c->verdict), v->scenario->name);

	if (c->verdict == VERDICT_DIFFERENT_STATE)
		return r |
		       buf_printf(b, "  the two kernels did not do the same work: %s\n", c->reason);
	r |= buf_printf(b, "  NEW / OLD = ");
	if (isfinite(metric_ratio(m)))
		r |= buf_printf(b, "%.4f", metric_ratio(m));
	else
		r |= buf_printf(b, "undefined (OLD is 0)");
	r |= buf_printf(b, " in executed instructions per %s (%s, %u CPU%s)\n",
			scenario_item_name(v->scenario), compare_mode(c), c->cpus,
			c->cpus == 1 ? "" : "s");
	return r | buf_printf(b, "  %s\n", c->reason);
}

static int kernels(const struct compare_view *v, struct buf *b)
{
	int r = buf_printf(b, "\n  OLD  %s  %s\n", kernel_title(v->old_kernel).text,
			   v->old_kernel->compiler);

	r |= buf_printf(b, "  NEW  %s  %s\n", kernel_title(v->new_kernel).text,
			v->new_kernel->compiler);
	return r | unlike_lines((const struct kernel *[]){ v->old_kernel, v->new_kernel }, 2, b);
}

static int metrics(const struct compare_view *v, struct buf *b)
{
	const struct comparison *c = v->comparison;
	int r = buf_printf(b, "\n  %-*s %12s %12s %12s %8s\n", NAME_COLUMNS, "metric", "old", "new",
			   "delta", "ratio");

	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct metric *m = &c->metrics[i];

		r |= buf_printf(b, "  %-*s %12s %12s %12s ", NAME_COLUMNS, metric_name(m),
				number_of(m->old_one.value).text, number_of(m->new_one.value).text,
				number_change(metric_delta(m)).text);
		r |= isfinite(metric_ratio(m)) ? buf_printf(b, "%8.4f\n", metric_ratio(m))
					       : buf_printf(b, "%8s\n", "-");
		if (!c->exact)
			r |= buf_printf(b, "  %-*s %12s %12s\n", NAME_COLUMNS,
					"    spread of two measurements",
					number_of(m->old_one.spread).text,
					number_of(m->new_one.spread).text);
	}
	if (!c->exact)
		r |= buf_printf(b, "  near-exact: %s\n", c->why_not);
	return r;
}

/* A side on which a function was not executed at all: inlined there, or not taken. */
static int side_column(struct buf *b, double insns, double calls)
{
	if (insns == 0 && calls == 0)
		return buf_printf(b, " %12s", "-");
	return buf_printf(b, " %12s", number_of(insns).text);
}

static int functions(const struct compare_view *v, unsigned top, struct buf *b)
{
	const struct comparison *c = v->comparison;
	double rest = c->unattributed_new - c->unattributed_old;
	size_t shown = 0, listed = 0;
	bool negative = false;
	int r = buf_printf(b, "\n  %-*s %12s %12s %12s  %s\n", NAME_COLUMNS, "instructions in",
			   "old", "new", "delta", "calls");

	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		double delta = f->new_insns - f->old_insns;

		listed += fabs(delta) >= LISTED_MIN;
		if (shown >= top || delta == 0 ||
		    (fabs(delta) < LISTED_MIN && shown >= SMALL_MAX)) {
			rest += delta;
			continue;
		}
		shown++;
		negative = negative || number_is_negative(f->old_insns) ||
			   number_is_negative(f->new_insns);
		r |= buf_printf(b, "  %-*s", NAME_COLUMNS, f->name);
		r |= side_column(b, f->old_insns, f->old_calls);
		r |= side_column(b, f->new_insns, f->new_calls);
		r |= buf_printf(b, " %12s  %.4g -> %.4g\n", number_change(delta).text, f->old_calls,
				f->new_calls);
	}
	r |= buf_printf(b, "  %-*s %12s %12s %12s", NAME_COLUMNS, "(all others)", "", "",
			number_change(rest).text);
	if (listed > shown)
		r |= buf_printf(b, "  %zu more of at least 1; --top %zu", listed - shown, listed);
	r |= buf_printf(b, "\n");
	for (unsigned i = 0; i < OUTSIDE_COUNT; i++) {
		const struct outside_delta *o = &c->outside[i];

		if (o->old_insns == 0 && o->new_insns == 0)
			continue;
		r |= buf_printf(b, "  %-*s %12s %12s %12s  not in the metric\n", NAME_COLUMNS,
				outside_name(i), number_of(o->old_insns).text,
				number_of(o->new_insns).text,
				number_change(o->new_insns - o->old_insns).text);
		negative = negative || number_is_negative(o->old_insns) ||
			   number_is_negative(o->new_insns);
	}
	return negative ? r | buf_printf(b, "  %s\n", number_negative_note) : r;
}

static int value_text(struct buf *b, uint64_t value)
{
	return value == REPORT_UNKNOWN ? buf_puts(b, "unknown")
				       : buf_printf(b, "%llu", (unsigned long long)value);
}

static int outcome_value(struct buf *b, double value)
{
	return isnan(value) ? buf_puts(b, "unknown") : buf_printf(b, "%.6g", value);
}

/* Outcomes that differ, or are not what the scenario says. */
static int findings(const struct comparison *c, struct buf *b)
{
	int r = 0;

	for (size_t i = 0; i < c->n_outcomes; i++) {
		const struct work_outcome *o = &c->outcomes[i];

		if (outcome_result(o) == CHECK_PASS || (isnan(o->old_value) && isnan(o->new_value)))
			continue;
		r |= buf_printf(b, "  found: %s: ", o->name);
		r |= outcome_value(b, o->old_value);
		r |= buf_puts(b, " -> ");
		r |= outcome_value(b, o->new_value);
		if (!isnan(o->expected))
			r |= buf_printf(b, ", %.6g expected", o->expected);
		r |= buf_puts(b, "\n");
	}
	return r;
}

static int state(const struct compare_view *v, struct buf *b)
{
	const struct comparison *c = v->comparison;
	size_t failed = 0, unknown = 0;
	int r = 0;

	for (size_t i = 0; i < c->n_checks; i++) {
		failed += c->checks[i].result == CHECK_FAIL;
		unknown += c->checks[i].result == CHECK_UNKNOWN;
	}
	r |= buf_printf(b, "\n  same state: %s (",
			failed	  ? "NO"
			: unknown ? "not fully known"
				  : "yes");
	for (size_t i = 0; i < c->n_checks; i++) {
		const struct state_check *k = &c->checks[i];

		r |= buf_printf(b, "%s%s ", i ? ", " : "", k->name);
		r |= value_text(b, k->old_value);
		if (k->old_value != k->new_value) {
			r |= buf_puts(b, " / ");
			r |= value_text(b, k->new_value);
		}
	}
	r |= buf_puts(b, ")\n");
	r |= findings(c, b);
	return r;
}

static int audit(const struct compare_view *v, struct buf *b)
{
	const struct audit *a = v->audit;
	size_t different = 0, same = 0;
	int r = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct audit_entry *x = &a->entries[i];

		same += x->same;
		if (x->same)
			continue;
		different++;
		if (!strcmp(x->old_value, x->new_value)) {
			r |= buf_printf(b, "  not known of either side: %s\n", x->name);
			continue;
		}
		if (!strcmp(x->name, "config") && a->config_differences >= 0)
			r |= buf_printf(b, "  differs: config, in %ld options\n",
					a->config_differences);
		else
			r |= buf_printf(b, "  differs: %s: %s / %s\n", x->name, x->old_value,
					x->new_value);
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!strcmp(a->entries[i].name, "compiler") && a->entries[i].same)
			r |= buf_puts(b, "  same compiler\n");
	}
	if (!different)
		r |= buf_printf(b, "  nothing else differs (%zu things compared)\n", same);
	return r;
}

static int confirmation(const struct compare_view *v, struct buf *b)
{
	const struct confirmation *f = v->confirmation;
	int r;

	if (!f)
		return 0;
	r = buf_printf(b, "\n  %s by %zu perturbations: median delta %s, MAD %s\n",
		       f->confirmed ? "confirmed" : "NOT confirmed", f->count,
		       number_change(f->median_delta).text, number_of(f->mad).text);
	for (size_t i = 0; i < f->count; i++)
		r |= buf_printf(b, "    %-32s %12s%s\n", f->rows[i].what,
				number_change(f->rows[i].delta).text,
				f->rows[i].different_state ? "  in another state" : "");
	return r;
}

static int footer(const struct compare_view *v, struct buf *b)
{
	const struct comparison *c = v->comparison;
	int r = 0;

	if (fabs(c->unattributed_old) > UNATTRIBUTED_MAX * c->metrics[0].old_one.value ||
	    fabs(c->unattributed_new) > UNATTRIBUTED_MAX * c->metrics[0].new_one.value)
		r |= buf_printf(b, "  not attributed to any function: %s / %s\n",
				number_of(c->unattributed_old).text,
				number_of(c->unattributed_new).text);
	if (c->clock_old || c->clock_new)
		r |= buf_printf(b,
				"  counts and emulator clock differ by %lld / %lld instructions\n",
				(long long)c->clock_old, (long long)c->clock_new);
	return r | buf_printf(b,
			      "\n  %s  QEMU %s, -cpu %s  %.1f s\n"
			      "  Instructions are not time: cache, TLB and contention are not "
			      "seen here.\n",
			      v->id, v->qemu_version, ARGV_CPU_MODEL, v->total_seconds);
}

int compare_text(const struct compare_view *v, unsigned top, struct buf *out, struct err *e)
{
	int r = headline(v, out);

	r |= kernels(v, out);
	r |= metrics(v, out);
	r |= functions(v, top, out);
	r |= state(v, out);
	r |= audit(v, out);
	r |= confirmation(v, out);
	r |= footer(v, out);
	return r ? err_oom(e) : 0;
}

int compare_table(const struct compare_view *const *views, size_t count, struct buf *out,
		  struct err *e)
{
	int r = buf_printf(out, "%-36s %-16s %12s %12s %8s  %s\n", "scenario", "verdict", "old",
			   "new", "ratio", "mode");

	for (size_t i = 0; i < count; i++) {
		const struct comparison *c = views[i]->comparison;
		const struct metric *m;

		if (views[i]->failure) {
			r |= buf_printf(out, "%-36s %-16s %s\n", views[i]->scenario->name,
					"not measured", views[i]->failure);
			continue;
		}
		m = &c->metrics[0];
		r |= buf_printf(out, "%-36s %-16s %12s %12s ", views[i]->scenario->name,
				verdict_name(c->verdict), number_of(m->old_one.value).text,
				number_of(m->new_one.value).text);
		r |= isfinite(metric_ratio(m)) ? buf_printf(out, "%8.4f", metric_ratio(m))
					       : buf_printf(out, "%8s", "-");
		r |= buf_printf(out, "  %s\n", compare_mode(c));
	}
	if (count)
		r |= kernels(views[0], out) | buf_printf(out, "\n  %s\n", views[0]->id);
	return r ? err_oom(e) : 0;
}
