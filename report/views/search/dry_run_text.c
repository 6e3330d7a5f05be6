// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/dry_run.h"

#include <math.h>

/* Double quotes; there are no control characters in a profile's texts. */
static void quoted(struct buf *b, const char *before, const char *text, const char *after)
{
	buf_printf(b, "%s\"", before);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_puts(b, "\\");
		buf_add(b, text, 1);
	}
	buf_printf(b, "\"%s", after);
}

static void numbers(struct buf *b, const char *key, const unsigned *values, unsigned n)
{
	buf_printf(b, "%s: [", key);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%s%u", i ? ", " : "", values[i]);
	buf_puts(b, "]\n");
}

static void scenario(struct buf *b, const struct experiment_scenario *s)
{
	quoted(b, "  - {name: ", s->scenario->name, "");
	quoted(b, ", primary: ", s->primary, ", set: {");
	for (size_t i = 0; i < s->n_settings; i++) {
		quoted(b, i ? ", " : "", s->settings[i].key, ": ");
		quoted(b, "", s->settings[i].value, "");
	}
	buf_puts(b, "}}\n");
}

static void profile_lists(struct buf *b, const struct experiment *x)
{
	buf_puts(b, "kernels:\n");
	for (unsigned i = 0; i < x->n_kernels; i++) {
		quoted(b, "  - {name: ", x->kernels[i].name, ", spec: ");
		quoted(b, "", x->kernels[i].spec, ", cmdline: ");
		quoted(b, "", x->kernels[i].cmdline, "}\n");
	}
	quoted(b, "baseline: ", x->kernels[x->baseline].name, "\nscenarios:\n");
	for (unsigned i = 0; i < x->n_scenarios; i++)
		scenario(b, &x->scenarios[i]);
}

static void profile(struct buf *b, const struct experiment *x)
{
	quoted(b, "name: ", x->name, "\n");
	quoted(b, "label: ", x->label, "\n");
	buf_printf(b, "mode: %s\n", experiment_modes[x->mode]);
	profile_lists(b, x);
	numbers(b, "cpus", x->cpus, x->n_cpus);
	buf_printf(b, "memory: %uM\n", x->memory_mib);
	if (x->n_looks)
		numbers(b, "looks", x->looks, x->n_looks);
	else
		buf_printf(b, "repetitions: %u\n", x->repetitions);
	buf_printf(b, "order: %s\nseed: %llu\ntolerance: %.15g\nmax_cv: %.15g\n",
		   order_name(x->order), (unsigned long long)x->seed, x->tolerance, x->max_cv);
	buf_printf(b, "aa: %s\nretries: %u\n", x->aa ? "true" : "false", x->retries);
	quoted(b, "cpuset: ", x->cpuset, "\n");
	buf_printf(b, "purpose: %s\n", experiment_purposes[x->purpose]);
}

static void duration(struct buf *b, double seconds)
{
	if (isnan(seconds))
		buf_puts(b, "for how long is not known");
	else if (seconds < 90)
		buf_printf(b, "about %.0f s", seconds);
	else if (seconds < 90 * 60)
		buf_printf(b, "about %.0f min", seconds / 60);
	else
		buf_printf(b, "about %.1f h", seconds / 3600);
}

static void rate(struct buf *b, const struct dry_run_rate *a)
{
	if (isnan(a->seconds))
		buf_puts(b, "nothing like it was measured before");
	else if (!a->earlier_runs)
		buf_printf(b, "%.3g s a boot (assumed: nothing like it was measured before)",
			   a->seconds);
	else
		buf_printf(b, "%.3g s a boot (mean of %u earlier runs)", a->seconds,
			   a->earlier_runs);
}

static void group_head(struct buf *b, const struct dry_run *d, unsigned group)
{
	const struct experiment *x = d->experiment;
	unsigned scenario_index = group / x->n_cpus, cpus = x->cpus[group % x->n_cpus];
	unsigned least, most;
	struct order_effect f;

	steps_effect(x, d->steps, scenario_index, cpus, &f);
	order_effect_range(&f, &least, &most);
	buf_printf(b, "#\n# %s, %u CPU%s: ", x->scenarios[scenario_index].scenario->name, cpus,
		   cpus == 1 ? "" : "s");
	rate(b, &d->rates[group]);
	buf_printf(b, "\n# %s order: each kernel stands ",
		   order_effect_balanced(&f) ? "balanced" : "unbalanced");
	if (least == most)
		buf_printf(b, "%u", most);
	else
		buf_printf(b, "%u to %u", least, most);
	buf_puts(b, " times in each position\n");
}

static void groups(struct buf *b, const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	size_t per_group = (size_t)x->n_arms * experiment_blocks(x);

	for (size_t i = 0; i < d->steps->count; i++) {
		const struct step *s = &d->steps->items[i];

		if (i % per_group == 0)
			group_head(b, d, (unsigned)(i / per_group));
		if (s->position == 0)
			buf_printf(b, "#   block %u:", s->block);
		buf_printf(b, " %s%s", x->arms[s->arm].name,
			   s->position + 1 == x->n_arms ? "\n" : "");
	}
}

static void totals(struct buf *b, const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	bool snapshots = x->mode == EXPERIMENT_EXACT;

	buf_printf(b, "# %zu boots, ", d->steps->count);
	duration(b, dry_run_seconds(d));
	buf_printf(b, ".\n# With them %.0f s for the %s boot of %u kernel%s at %u CPU count%s%s.\n",
		   d->boot_seconds, snapshots ? "first" : "smoke", x->n_kernels,
		   x->n_kernels == 1 ? "" : "s", x->n_cpus, x->n_cpus == 1 ? "" : "s",
		   snapshots ? ", less where a\n# snapshot is there already" : "");
	if (x->n_looks > 1)
		buf_printf(b, "# It may end at a look, after %u blocks at the earliest.\n",
			   x->looks[0]);
	if (x->retries)
		buf_printf(b, "# A boot that fails is tried %u time%s more.\n", x->retries,
			   x->retries == 1 ? "" : "s");
}

int dry_run_text(const struct dry_run *d, struct buf *out, struct err *e)
{
	totals(out, d);
	buf_puts(out, "\n");
	profile(out, d->experiment);
	buf_puts(out, "\n");
	groups(out, d);
	return buf_error(out) ? err_oom(e) : 0;
}
