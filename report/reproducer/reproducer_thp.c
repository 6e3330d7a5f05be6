// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_thp.h"

#include <string.h>
#include <sys/mman.h>

#define HUGE_BYTES (2u << 20)

enum { ANON_ALWAYS = 1, ANON_NEVER = 2, ANON_MADVISE = 4, SHMEM_HUGE = 8 };

static bool is_advised(const struct scenario *s, size_t map, uint64_t advice)
{
	if (s->maps[map].advice == advice)
		return true;
	for (size_t i = 0; i < s->n_ops; i++) {
		if (s->ops[i].code == PLAN_OP_MADVISE && s->ops[i].map == map &&
		    s->ops[i].arg == advice)
			return true;
	}
	return false;
}

static bool is_set(const struct scenario *s, const char *path)
{
	for (size_t i = 0; i < s->n_settings; i++) {
		if (!strcmp(s->settings[i].path, path))
			return true;
	}
	return false;
}

static bool is_shmem(uint32_t kind)
{
	return kind == PLAN_MAP_ANON_SHARED || kind == PLAN_MAP_MEMFD_PRIVATE ||
	       kind == PLAN_MAP_MEMFD_SHARED;
}

/* Where huge pages are expected they must be possible; where none are, nothing may make them. */
static unsigned unwanted(const struct scenario *s)
{
	uint64_t expected = s->expect.pmd_mapped_pages;
	unsigned found = 0;

	for (size_t i = 0; i < s->n_maps && expected != SCENARIO_ANY; i++) {
		const struct plan_map *m = &s->maps[i];

		if (m->bytes < HUGE_BYTES || (!expected && is_advised(s, i, MADV_NOHUGEPAGE)))
			continue;
		if (m->kind == PLAN_MAP_ANON_PRIVATE)
			found |= !expected			   ? ANON_ALWAYS
				 : is_advised(s, i, MADV_HUGEPAGE) ? ANON_NEVER
								   : ANON_NEVER | ANON_MADVISE;
		if (is_shmem(m->kind) && !expected)
			found |= SHMEM_HUGE;
	}
	if (is_set(s, "transparent_hugepage/enabled"))
		found &= ~(unsigned)(ANON_ALWAYS | ANON_NEVER | ANON_MADVISE);
	return is_set(s, "transparent_hugepage/shmem_enabled") ? found & ~(unsigned)SHMEM_HUGE
							       : found;
}

bool thp_words_unwanted(const struct scenario *s)
{
	return unwanted(s) != 0;
}

bool setting_is_hugepages(const struct plan_setting *p)
{
	return !strcmp(p->path, "hugepages/hugepages-2048kB/nr_hugepages");
}

static void say_setting(struct text *t, const struct plan_setting *p)
{
	_cleanup_buf_ struct buf path = { 0 }, value = { 0 };

	quote_text(p->path, &path);
	quote_text(p->value, &value);
	buf_keep(t->out, buf_error(&path));
	buf_keep(t->out, buf_error(&value));
	if (setting_is_hugepages(p))
		say_wrapped(t, 1, "need_hugepages(strtol(%s, NULL, 10), set);", buf_str(&value));
	else
		say_wrapped(t, 1, "need_setting(%s, %s, set);", buf_str(&path), buf_str(&value));
}

void say_settings(struct text *t)
{
	static const struct {
		unsigned bit;
		const char *name, *value;
	} rules[] = {
		{ ANON_ALWAYS, "enabled", "always" },
		{ ANON_NEVER, "enabled", "never" },
		{ ANON_MADVISE, "enabled", "madvise" },
		{ SHMEM_HUGE, "shmem_enabled", "always" },
		{ SHMEM_HUGE, "shmem_enabled", "within_size" },
		{ SHMEM_HUGE, "shmem_enabled", "force" },
	};

	for (size_t i = 0; i < t->s->n_settings; i++)
		say_setting(t, &t->s->settings[i]);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (unwanted(t->s) & rules[i].bit)
			say_wrapped(t, 1, "must_not_be(\"transparent_hugepage/%s\", \"%s\");",
				    rules[i].name, rules[i].value);
	}
}
