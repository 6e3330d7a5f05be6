// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/dry_run.h"

#include <math.h>

/* Double quotes; there are no control characters in a profile's texts. */
static int quoted(struct buf *b, const char *before, const char *text, const char *after)
{
	int r = buf_printf(b, "%s\"", before);

	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			r |= buf_puts(b, "\\");
		r |= buf_add(b, text, 1);
	}
	return r | buf_printf(b, "\"%s", after);
}

static int numbers(struct buf *b, const char *key, const unsigned *values, unsigned n)
{
	int r = buf_printf(b, "%s: [", key);

	for (unsigned i = 0; i < n; i++)
		r |= buf_printf(b, "%s%u", i ? ", " : "", values[i]);
	return r | buf_puts(b, "]\n");
}

static int scenario(struct buf *b, const struct experiment_scenario *s)
{
	int r = quoted(b, "  - {name: ", s->scenario->name, "");

	r |= quoted(b, ", primary: ", s->primary, ", set: {");
	for (size_t i = 0; i < s->n_settings; i++) {
		r |= quoted(b, i ? ", " : "", s->settings[i].key, ": ");
		r |= quoted(b, "", s->settings[i].value, "");
	}
	return r | buf_puts(b, "}}\n");
}

static int profile_lists(struct buf *b, const struct experiment *x)
{
	int r = buf_puts(b, "kernels:\n");

	for (unsigned i = 0; i < x->n_kernels; i++) {
		r |= quoted(b, "  - {name: ", x->kernels[i].name, ", spec: ");
		r |= quoted(b, "", x->kernels[i].spec, ", cmdline: ");
		r |= quoted(b, "", x->kernels[i].cmdline, "}\n");
	}
	r |= quoted(b, "baseline: ", x->kernels[x->baseline].name, "\nscenarios:\n");
	for (unsigned i = 0; i < x->n_scenarios; i++)
		r |= scenario(b, &x->scenarios[i]);
	return r;
}

static int profile(struct buf *b, const struct experiment *x)
{
	int r = quoted(b, "name: ", x->name, "\n");

	r |= quoted(b, "label: ", x->label, "\n");
	r |= buf_printf(b, "mode: %s\n", experiment_modes[x->mode]);
	r |= profile_lists(b, x);
	r |= numbers(b, "cpus", x->cpus, x->n_cpus);
	r |= buf_printf(b, "memory: %uM\n", x->memory_mib);
	if (x->n_looks)
		r |= numbers(b, "looks", x->looks, x->n_looks);
	else
		r |= buf_printf(b, "repetitions: %u\n", x->repetitions);
	r |= buf_printf(b, "order: %s\nseed: %llu\ntolerance: %.15g\nmax_cv: %.15g\n",
			order_name(x->order), (unsigned long long)x->seed, x->tolerance, x->max_cv);
	r |= buf_printf(b, "aa: %s\nretries: %u\n", x->aa ? "true" : "false", x->retries);
	r |= quoted(b, "cpuset: ", x->cpuset, "\n");
	return r | buf_printf(b, "purpose: %s\n", experiment_purposes[x->purpose]);
}

static int duration(struct buf *b, double seconds)
{
	if (isnan(seconds))
		return buf_puts(b, "for how long is not known");
	if (seconds < 90)
		return buf_printf(b, "about %.0f s", seconds);
	if (seconds < 90 * 60)
		return buf_printf(b, "about %.0f min", seconds / 60);
	return buf_printf(b, "about %.1f h", seconds / 3600);
}

static int rate(struct buf *b, const struct dry_run_rate *a)
{
	if (isnan(a->seconds))
		return buf_puts(b, "nothing like it was measured before");
	if (!a->earlier_runs)
		return buf_printf(b, "%.3g s a boot (assumed: nothing like it was measured before)",
				  a->seconds);
	return buf_printf(b, "%.3g s a boot (mean of %u earlier runs)", a->seconds,
			  a->earlier_runs);
}

static int group_head(struct buf *b, const struct dry_run *d, unsigned group)
{
	const struct experiment *x = d->experiment;
	unsigned scenario_index = group / x->n_cpus, cpus = x->cpus[group % x->n_cpus];
	unsigned least, most;
	struct order_effect f;
	int r;

	steps_effect(x, d->steps, scenario_index, cpus, &f);
	order_effect_range(&f, &least, &most);
	r = buf_printf(b, "#\n# %s, %u CPU%s: ", x->scenarios[scenario_index].scenario->name, cpus,
		       cpus == 1 ? "" : "s");
	r |= rate(b, &d->rates[group]);
	r |= buf_printf(b, "\n# %s order: each kernel stands ",
			order_effect_balanced(&f) ? "balanced" : "unbalanced");
	r |= least == most ? buf_printf(b, "%u", most) : buf_printf(b, "%u to %u", least, most);
	return r | buf_puts(b, " times in each position\n");
}

static int groups(struct buf *b, const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	size_t per_group = (size_t)x->n_arms * experiment_blocks(x);
	int r = 0;

	for (size_t i = 0; i < d->steps->count; i++) {
		const struct step *s = &d->steps->items[i];

		if (i % per_group == 0)
			r |= group_head(b, d, (unsigned)(i / per_group));
		if (s->position == 0)
			r |= buf_printf(b, "#   block %u:", s->block);
		r |= buf_printf(b, " %s%s", x->arms[s->arm].name,
				s->position + 1 == x->n_arms ? "\n" : "");
	}
	return r;
}

static int totals(struct buf *b, const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	bool snapshots = x->mode == EXPERIMENT_EXACT;
	int r = buf_printf(b, "# %zu boots, ", d->steps->count);

	r |= duration(b, dry_run_seconds(d));
	r |= buf_printf(
		b, ".\n# With them %.0f s for the %s boot of %u kernel%s at %u CPU count%s%s.\n",
		d->boot_seconds, snapshots ? "first" : "smoke", x->n_kernels,
		x->n_kernels == 1 ? "" : "s", x->n_cpus, x->n_cpus == 1 ? "" : "s",
		snapshots ? ", less where a\n# snapshot is there already" : "");
	if (x->n_looks > 1)
		r |= buf_printf(b, "# It may end at a look, after %u blocks at the earliest.\n",
				x->looks[0]);
	if (x->retries)
		r |= buf_printf(b, "# A boot that fails is tried %u time%s more.\n", x->retries,
				x->retries == 1 ? "" : "s");
	return r;
}

int dry_run_text(const struct dry_run *d, struct buf *out, struct err *e)
{
	int r = totals(out, d);

	r |= buf_puts(out, "\n") | profile(out, d->experiment) | buf_puts(out, "\n");
	r |= groups(out, d);
	return r ? err_oom(e) : 0;
}
