// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_maps.h"

#include "scenario/describe.h"
#include "scenario/words.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/mman.h>

bool map_has_file(const struct plan_map *m)
{
	return (m->kind >= PLAN_MAP_MEMFD_PRIVATE && m->kind <= PLAN_MAP_TMPFS_SHARED) ||
	       m->kind == PLAN_MAP_FILE_PRIVATE || m->kind == PLAN_MAP_FILE_SHARED;
}

const char *prot_text(uint64_t prot)
{
	switch (prot) {
	case PROT_NONE:
		return "PROT_NONE";
	case PROT_READ:
		return "PROT_READ";
	case PROT_READ | PROT_WRITE:
		return "PROT_READ | PROT_WRITE";
	case PROT_READ | PROT_EXEC:
		return "PROT_READ | PROT_EXEC";
	}
	return "PROT_READ | PROT_WRITE | PROT_EXEC";
}

const char *map_kind_flags(uint32_t kind)
{
	switch (kind) {
	case PLAN_MAP_ANON_PRIVATE:
		return "MAP_PRIVATE | MAP_ANONYMOUS";
	case PLAN_MAP_ANON_SHARED:
		return "MAP_SHARED | MAP_ANONYMOUS";
	case PLAN_MAP_HUGETLB_PRIVATE:
		return "MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT";
	case PLAN_MAP_HUGETLB_SHARED:
		return "MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT";
	case PLAN_MAP_MEMFD_PRIVATE:
	case PLAN_MAP_TMPFS_PRIVATE:
	case PLAN_MAP_FILE_PRIVATE:
		return "MAP_PRIVATE";
	}
	return "MAP_SHARED";
}

const char *map_more_flags(const struct plan_map *m)
{
	const bool sparse = m->flags & PLAN_MAP_NORESERVE;

	if (m->flags & PLAN_MAP_POPULATE)
		return sparse ? " | MAP_POPULATE | MAP_NORESERVE" : " | MAP_POPULATE";
	return sparse ? " | MAP_NORESERVE" : "";
}

void say_map_at(struct text *t, unsigned depth, uint32_t map, const char *from, const char *bytes,
		const char *offset)
{
	const struct plan_map *m = &t->s->maps[map];
	bool anywhere = m->flags & PLAN_MAP_ANYWHERE;
	char fd[TEXT_NAME_BYTES + 4] = "-1", start[TEXT_NAME_BYTES + 16] = "";

	if (map_has_file(m))
		snprintf(fd, sizeof(fd), "%s_fd", t->maps[map]);
	if (anywhere)
		snprintf(start, sizeof(start), "%s_start = ", t->maps[map]);
	say_wrapped(t, depth, "%smap_at(%s, %s, %s, %s%s%s, %s, %s);", start,
		    anywhere ? "NULL" : from, bytes, prot_text(m->prot), map_kind_flags(m->kind),
		    map_more_flags(m), anywhere ? "" : " | MAP_FIXED_NOREPLACE", fd, offset);
}

void say_map_variables(struct text *t)
{
	for (size_t i = 0; i < t->s->n_maps; i++) {
		const struct plan_map *m = &t->s->maps[i];
		_cleanup_buf_ struct buf words = { 0 };
		char size[TEXT_SIZE_BYTES];

		describe_map(t->s, i, &words);
		buf_keep(t->out, buf_error(&words));
		say_short_comment(t, buf_str(&words));
		say(t, "#define %s_BYTES %s\n", t->sizes[i], size_text(m->bytes, size));
		if (m->flags & PLAN_MAP_ANYWHERE)
			say(t, "static char *%s_start;\n", t->maps[i]);
		else
			say(t, "static char *%s_start = (char *)0x%llx;\n", t->maps[i],
			    (unsigned long long)(PLAN_MAPS_BASE + i * PLAN_MAPS_STEP));
		if (map_has_file(m))
			say(t, "static int %s_fd;\n", t->maps[i]);
		say(t, "\n");
	}
}

const char *advice_text(uint64_t advice, char out[ADVICE_BYTES])
{
	snprintf(out, ADVICE_BYTES, "MADV_%s", words_name(&words_advices, advice));
	for (char *c = out; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return out;
}

static void say_make_map(struct text *t, uint32_t map)
{
	const struct plan_map *m = &t->s->maps[map];
	bool tmpfs = m->kind == PLAN_MAP_TMPFS_PRIVATE || m->kind == PLAN_MAP_TMPFS_SHARED;
	char from[TEXT_NAME_BYTES + 8], bytes[TEXT_NAME_BYTES + 8], advice[ADVICE_BYTES];

	if (map_has_file(m))
		say_wrapped(t, 1, "%s_fd = open_%s(%s_BYTES);", t->maps[map],
			    tmpfs ? "tmpfs" : "memfd", t->sizes[map]);
	if (m->kind == PLAN_MAP_PLACE || m->flags & PLAN_MAP_UNMAPPED)
		return;
	snprintf(from, sizeof(from), "%s_start", t->maps[map]);
	snprintf(bytes, sizeof(bytes), "%s_BYTES", t->sizes[map]);
	say_map_at(t, 1, map, from, bytes, "0");
	if (!m->advice)
		return;
	say_wrapped(t, 1, "possible(madvise(%s, %s, %s), \"madvise of a map\");", from, bytes,
		    advice_text(m->advice, advice));
}

void say_make_maps(struct text *t)
{
	say(t, "static void make_maps(void)\n{\n");
	for (uint32_t i = 0; i < t->s->n_maps; i++)
		say_make_map(t, i);
	say(t, "}\n\n");
}
