// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/options.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCKS_MAX 1000000ul

struct judge_options judge_options_default(void)
{
	return (struct judge_options){ .tolerance = 0.05, .max_cv = 0.10, .threshold = 0.01 };
}

static void take_number(const json_t *profile, const char *key, double *out)
{
	const json_t *value = json_object_get(profile, key);

	if (json_is_number(value))
		*out = json_number_value(value);
}

static void take_looks(const json_t *profile, struct judge_options *o)
{
	const json_t *looks = json_object_get(profile, "looks"), *one;
	size_t i;

	if (!json_is_array(looks) || json_array_size(looks) > JUDGE_LOOKS_MAX)
		return;
	o->n_looks = 0;
	json_array_foreach(looks, i, one) o->looks[o->n_looks++] =
		(unsigned)json_integer_value(one);
}

static void take_primaries(const json_t *profile, struct judge_options *o)
{
	const json_t *one;
	size_t i;

	o->n_primaries = 0;
	json_array_foreach(json_object_get(profile, "scenarios"), i, one)
	{
		const char *scenario = json_string_value(json_object_get(one, "name"));
		const char *segment = json_string_value(json_object_get(one, "primary"));

		if (scenario && segment && o->n_primaries < JUDGE_PRIMARIES_MAX)
			o->primaries[o->n_primaries++] =
				(struct judge_primary){ scenario, segment };
	}
}

void judge_options_profile(const json_t *profile, struct judge_options *o)
{
	size_t kernels = json_array_size(json_object_get(profile, "kernels"));
	size_t cells = json_array_size(json_object_get(profile, "scenarios")) *
		       json_array_size(json_object_get(profile, "cpus"));
	const char *baseline = json_string_value(json_object_get(profile, "baseline"));

	if (baseline)
		o->baseline = baseline;
	take_number(profile, "tolerance", &o->tolerance);
	take_number(profile, "max_cv", &o->max_cv);
	take_looks(profile, o);
	take_primaries(profile, o);
	if (kernels > 1)
		o->claims = (unsigned)((kernels - 1) * cells);
}

int judge_options_looks(const char *text, struct judge_options *o, struct err *e)
{
	const char *p = text;

	o->n_looks = 0;
	for (;;) {
		char *end;
		unsigned long blocks = strtoul(p, &end, 10);

		if (*p < '0' || *p > '9' || (*end && *end != ',') || !blocks || blocks > BLOCKS_MAX)
			return err_set(e, EINVAL,
				       "'%.80s' is not a list of numbers of blocks like 10,20,40",
				       text);
		if (o->n_looks == JUDGE_LOOKS_MAX)
			return err_set(e, EINVAL, "'%.80s': more than %d looks", text,
				       JUDGE_LOOKS_MAX);
		if (o->n_looks && blocks <= o->looks[o->n_looks - 1])
			return err_set(e, EINVAL, "'%.80s': looks have to ascend", text);
		o->looks[o->n_looks++] = (unsigned)blocks;
		if (!*end)
			return 0;
		p = end + 1;
	}
}
