// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_maps.h"

#include "scenario/map_kinds.h"
#include "scenario/map_sizes.h"
#include "scenario/words.h"

#include <string.h>
#include <sys/mman.h>

#define DEFAULT_ALIGN (2u << 20)
#define KEYS "kind, size, align, advice, prot, populate, mapped, reserve, where, fs or sparse"

static int read_number(struct yaml_doc *d, const yaml_node_t *n, const struct words *w,
		       uint32_t *out, struct err *e)
{
	uint64_t value = 0;
	int r = words_read(d, n, w, &value, e);

	*out = (uint32_t)value;
	return r;
}

static int read_flag(struct yaml_doc *d, const yaml_node_t *n, uint64_t when, uint32_t flag,
		     struct plan_map *m, struct err *e)
{
	uint64_t yes = 0;
	int r = words_read(d, n, &words_yes_no, &yes, e);

	if (r == 0 && yes == when)
		m->flags |= flag;
	return r;
}

static int read_where(struct yaml_doc *d, const yaml_node_t *n, struct plan_map *m, struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!strcmp(text, "anywhere"))
		m->flags |= PLAN_MAP_ANYWHERE;
	else if (strcmp(text, "fixed") != 0)
		return yaml_doc_error(d, n, e, "'%s': fixed or anywhere is expected", text);
	return 0;
}

static int read_fs(struct yaml_doc *d, const yaml_node_t *n, struct plan_map *m, struct err *e)
{
	uint64_t flag = 0;
	int r = words_read(d, n, &words_file_fs, &flag, e);

	m->flags |= (uint32_t)flag;
	return r;
}

static int read_align(struct yaml_doc *d, const yaml_node_t *n, struct plan_map *m, struct err *e)
{
	int r = yaml_doc_size(d, n, &m->align, e);

	if (r == 0 && (m->align < 4096 || m->align > 1ull << 30 || (m->align & (m->align - 1))))
		return yaml_doc_error(d, n, e, "a power of two from 4K to 1G is expected");
	return r;
}

/* Whether a size fits is known with the map's other keys. */
static int check_size(struct yaml_doc *d, const yaml_node_t *n, const struct scenario *s,
		      const struct plan_map *m, struct err *e)
{
	uint64_t most = scenario_map_bytes_max(s, m);

	if (!m->bytes || m->bytes % 4096 || m->bytes > most)
		return yaml_doc_error(d, n, e, "a multiple of 4K up to %lluM is expected",
				      (unsigned long long)most >> 20);
	return 0;
}

static int read_map_key(struct yaml_doc *d, const struct yaml_pair *p, struct plan_map *m,
			struct err *e)
{
	if (!strcmp(p->key, "kind"))
		return read_number(d, p->value, &words_kinds, &m->kind, e);
	if (!strcmp(p->key, "advice"))
		return read_number(d, p->value, &words_advices, &m->advice, e);
	if (!strcmp(p->key, "prot"))
		return read_number(d, p->value, &words_protections, &m->prot, e);
	if (!strcmp(p->key, "size"))
		return yaml_doc_size(d, p->value, &m->bytes, e);
	if (!strcmp(p->key, "align"))
		return read_align(d, p->value, m, e);
	if (!strcmp(p->key, "populate"))
		return read_flag(d, p->value, 1, PLAN_MAP_POPULATE, m, e);
	if (!strcmp(p->key, "mapped"))
		return read_flag(d, p->value, 0, PLAN_MAP_UNMAPPED, m, e);
	if (!strcmp(p->key, "reserve"))
		return read_flag(d, p->value, 0, PLAN_MAP_NORESERVE, m, e);
	if (!strcmp(p->key, "where"))
		return read_where(d, p->value, m, e);
	if (!strcmp(p->key, "fs"))
		return read_fs(d, p->value, m, e);
	if (!strcmp(p->key, "sparse"))
		return read_flag(d, p->value, 1, PLAN_MAP_SPARSE, m, e);
	return yaml_doc_error(d, p->key_node, e, "'%s': " KEYS " is expected", p->key);
}

static int check_file(struct yaml_doc *d, const struct yaml_pair *p, const struct scenario *s,
		      const struct plan_map *m, struct err *e)
{
	if (!map_is_written(m) && m->flags & (PLAN_MAP_SPARSE | PLAN_MAP_TMPFS))
		return yaml_doc_error(d, p->value, e,
				      "fs and sparse are for the kinds file-private and "
				      "file-shared");
	if (map_is_on_disk(m) && !s->disk_fs)
		return yaml_doc_error(d, p->value, e,
				      "map '%s' is of a file on a disk: 'needs: [disk: {fs: ext4, "
				      "size: SIZE}]' is expected",
				      p->key);
	return 0;
}

/* What the keys mean together. */
static int check_map(struct yaml_doc *d, const struct yaml_pair *p, const struct scenario *s,
		     struct plan_map *m, struct err *e)
{
	if (!m->kind || !m->bytes)
		return yaml_doc_error(d, p->value, e, "map '%s' needs kind and size", p->key);
	if (m->bytes % map_granule(m))
		return yaml_doc_error(d, p->value, e, "a hugetlb map needs a multiple of 2M");
	if (m->kind == PLAN_MAP_PLACE &&
	    (m->advice || m->flags || m->prot != (PROT_READ | PROT_WRITE)))
		return yaml_doc_error(d, p->value, e, "a place has kind, size and align only");
	if (m->advice && (m->flags & PLAN_MAP_UNMAPPED))
		return yaml_doc_error(d, p->value, e,
				      "advice is for what is mapped; use the operation madvise");
	if (m->align && (m->flags & PLAN_MAP_ANYWHERE))
		return yaml_doc_error(d, p->value, e, "align needs where: fixed");
	if (!m->align)
		m->align = m->flags & PLAN_MAP_ANYWHERE ? 4096 : DEFAULT_ALIGN;
	return check_file(d, p, s, m, e);
}

static int read_map(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		    struct err *e)
{
	struct plan_map *m = &s->maps[s->n_maps];
	const yaml_node_t *size = NULL;
	int r = yaml_doc_mapping(d, p->value, "a map", e);

	if (r < 0)
		return r;
	m->prot = PROT_READ | PROT_WRITE;
	for (size_t i = 0; i < yaml_doc_pairs(p->value); i++) {
		struct yaml_pair q;

		r = yaml_doc_pair(d, p->value, i, &q, e);
		if (r == 0)
			r = read_map_key(d, &q, m, e);
		if (r < 0)
			return r;
		if (!strcmp(q.key, "size"))
			size = q.value;
	}
	r = size ? check_size(d, size, s, m, e) : 0;
	if (r == 0)
		r = check_map(d, p, s, m, e);
	if (r < 0)
		return r;
	s->map_names[s->n_maps] = strdup(p->key);
	if (!s->map_names[s->n_maps])
		return err_oom(e);
	s->n_maps++;
	return 0;
}

/* What a file system keeps for itself is not known here; the guest says it if it was too much. */
static int check_disk(struct yaml_doc *d, const yaml_node_t *n, const struct scenario *s,
		      struct err *e)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->n_maps; i++)
		bytes += map_is_on_disk(&s->maps[i]) && !(s->maps[i].flags & PLAN_MAP_SPARSE)
				 ? s->maps[i].bytes
				 : 0;
	if (bytes > s->disk_bytes)
		return yaml_doc_error(d, n, e, "files of %lluM do not fit on a disk of %lluM",
				      (unsigned long long)bytes >> 20,
				      (unsigned long long)s->disk_bytes >> 20);
	return 0;
}

int read_maps(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t bytes = 0;
	int r = yaml_doc_mapping(d, n, "maps", e);

	if (r < 0)
		return r;
	if (yaml_doc_pairs(n) > PLAN_MAX_MAPS)
		return yaml_doc_error(d, n, e, "more than %d maps", PLAN_MAX_MAPS);
	for (size_t i = 0; i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = read_map(d, &p, s, e);
		if (r < 0)
			return r;
		bytes += map_is_counted(&s->maps[i]) ? s->maps[i].bytes : 0;
	}
	if (bytes > scenario_bytes_max(s))
		return yaml_doc_error(d, n, e, "the maps together exceed %lluM",
				      (unsigned long long)scenario_bytes_max(s) >> 20);
	return check_disk(d, n, s, e);
}
