// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/set.h"

#include "scenario/program.h"
#include "base/buf.h"
#include "scenario/check_ops.h"
#include "scenario/map_sizes.h"
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool copy_words(char *const *from, size_t n, char **to, size_t *n_to)
{
	for (*n_to = 0; *n_to < n; (*n_to)++) {
		to[*n_to] = strdup(from[*n_to]);
		if (!to[*n_to])
			return false;
	}
	return true;
}

static struct scenario *copy(const struct scenario *s)
{
	struct scenario *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *s;
	c->n_source = c->n_needs = c->n_functions = c->n_maps = 0;
	c->program = s->program ? program_copy(s->program) : NULL;
	c->name = strdup(s->name);
	c->help = strdup(s->help);
	c->file = s->file ? strdup(s->file) : NULL;
	c->metric = s->metric ? strdup(s->metric) : NULL;
	c->disk_why = s->disk_why ? strdup(s->disk_why) : NULL;
	if (c->name && c->help && !c->file == !s->file && !c->metric == !s->metric &&
	    !c->disk_why == !s->disk_why && !c->program == !s->program &&
	    copy_words(s->source, s->n_source, c->source, &c->n_source) &&
	    copy_words(s->needs, s->n_needs, c->needs, &c->n_needs) &&
	    copy_words(s->functions, s->n_functions, c->functions, &c->n_functions) &&
	    copy_words(s->map_names, s->n_maps, c->map_names, &c->n_maps))
		return c;
	scenario_free(c);
	return NULL;
}

static int unknown_key(const struct scenario *s, const char *key, struct err *e)
{
	_cleanup_buf_ struct buf names = { 0 };

	for (size_t m = 0; m < s->n_maps; m++)
		buf_printf(&names, "%s%s", m ? ", " : "", s->map_names[m]);
	if (buf_error(&names))
		return err_oom(e);
	return err_set(e, ENOENT, "'%s': size, or the name of a map (%s) is expected", key,
		       buf_str(&names));
}

/* The sizes of all maps after the settings: "size" first, wherever it stands. */
static int read_sizes(const struct scenario *s, const struct scenario_setting *settings,
		      size_t count, uint64_t sizes[PLAN_MAX_MAPS], size_t *bad, struct err *e)
{
	bool named[PLAN_MAX_MAPS] = { false };

	for (size_t i = 0; i < count; i++) {
		bool every = !strcmp(settings[i].key, "size");
		uint64_t bytes = 0;
		bool found = every;

		*bad = i;
		for (size_t m = 0; m < s->n_maps; m++)
			found = found || !strcmp(settings[i].key, s->map_names[m]);
		if (!found)
			return unknown_key(s, settings[i].key, e);
		if (parse_size(settings[i].value, &bytes) < 0)
			return err_set(e, EINVAL, "'%s' is not a size such as 64M, 4K or 4096",
				       settings[i].value);
		for (size_t m = 0; m < s->n_maps; m++) {
			bool this = !every && !strcmp(settings[i].key, s->map_names[m]);
			uint64_t most = scenario_map_bytes_max(s, &s->maps[m]);

			if ((this || every) && (!bytes || bytes % 4096 || bytes > most))
				return err_set(e, EINVAL,
					       "a multiple of 4K up to %lluM is expected",
					       (unsigned long long)most >> 20);
			if ((this || every) && bytes % map_granule(&s->maps[m]))
				return err_set(e, EINVAL, "a hugetlb map needs a multiple of 2M");
			if (this || (every && !named[m]))
				sizes[m] = bytes;
			named[m] = named[m] || this;
		}
	}
	return 0;
}

static int resize_ops(struct scenario *s, struct err *e)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		struct plan_op *op = &s->ops[i];
		uint64_t room = op->map == PLAN_NO_MAP ? 0 : s->maps[op->map].bytes;

		if (s->to_end[i])
			op->bytes = op->offset < room ? room - op->offset : 0;
		if (op_check(s, op, e) < 0)
			return err_wrap(e, "an operation of this scenario");
	}
	if (scenario_steps(s, 0, s->n_prepare) > SCENARIO_STEPS_MAX ||
	    scenario_steps(s, s->n_prepare, s->n_ops - s->n_prepare) > SCENARIO_STEPS_MAX)
		return err_set(e, EINVAL, "more than %llu accesses and calls", SCENARIO_STEPS_MAX);
	return 0;
}

static void resize_expectations(struct scenario *s)
{
	uint64_t *const values[] = { &s->expect.vmas,
				     &s->expect.present_pages,
				     &s->expect.dirty_pages,
				     &s->expect.pmd_mapped_pages,
				     &s->expect.swapped_pages,
				     &s->expect.cached_pages,
				     &s->expect.cached_large_pages };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (s->expect_all & 1u << i)
			*values[i] = i < 5 ? scenario_pages(s) : scenario_file_pages(s);
	}
}

static int digest(struct scenario *s, const uint64_t sizes[PLAN_MAX_MAPS], struct err *e)
{
	_cleanup_buf_ struct buf b = { 0 };
	bool changed = false;

	buf_printf(&b, "%s\n", s->sha256.text);
	for (size_t m = 0; m < s->n_maps; m++) {
		if (sizes[m] == s->maps[m].bytes)
			continue;
		changed = true;
		buf_printf(&b, "size %s %llu\n", s->map_names[m], (unsigned long long)sizes[m]);
	}
	if (buf_error(&b))
		return err_oom(e);
	if (changed)
		s->sha256 = hash_bytes(b.data, b.len);
	return 0;
}

int scenario_set(const struct scenario *s, const struct scenario_setting *settings, size_t count,
		 struct scenario **out, size_t *bad, struct err *e)
{
	_cleanup_(scenario_free_p) struct scenario *c = copy(s);
	uint64_t sizes[PLAN_MAX_MAPS] = { 0 }, sum = 0;
	int r;

	*bad = 0;
	if (!c)
		return err_oom(e);
	for (size_t m = 0; m < s->n_maps; m++)
		sizes[m] = s->maps[m].bytes;
	r = read_sizes(s, settings, count, sizes, bad, e);
	for (size_t m = 0; m < s->n_maps; m++)
		sum += map_is_counted(&s->maps[m]) ? sizes[m] : 0;
	if (r == 0 && sum > scenario_bytes_max(s))
		r = err_set(e, EINVAL, "the maps together exceed %lluM",
			    (unsigned long long)scenario_bytes_max(s) >> 20);
	if (r == 0)
		r = digest(c, sizes, e);
	for (size_t m = 0; m < s->n_maps; m++)
		c->maps[m].bytes = sizes[m];
	if (r == 0)
		r = resize_ops(c, e);
	if (r < 0)
		return r;
	resize_expectations(c);
	*out = steal(&c);
	return 0;
}
