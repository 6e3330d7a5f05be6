// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/config_diff.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX (4u << 20)

struct lines {
	char *text;
	char **at;
	size_t count;
};

/* By name: "CONFIG_A1=y" sorts before "CONFIG_A=y" as text, and behind it as an option. */
static int compare_option(const char *a, const char *b)
{
	size_t x = strcspn(a, "="), y = strcspn(b, "=");
	int order = strncmp(a, b, x < y ? x : y);

	return order ? order : (x > y) - (x < y);
}

static int by_option(const void *a, const void *b)
{
	return compare_option(*(char *const *)a, *(char *const *)b);
}

/* The lines of a config that set something ("CONFIG_X=y"), sorted. */
static int split(const char *text, struct lines *out)
{
	char *save = NULL;

	out->text = strdup(text);
	if (!out->text)
		return -1;
	for (char *l = strtok_r(out->text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char **grown;

		if (strncmp(l, "CONFIG_", 7) != 0)
			continue;
		grown = realloc(out->at, (out->count + 1) * sizeof(*grown));
		if (!grown)
			return -1;
		out->at = grown;
		out->at[out->count++] = l;
	}
	if (out->count)
		qsort(out->at, out->count, sizeof(*out->at), by_option);
	return 0;
}

static void lines_free(struct lines *l)
{
	free(l->at);
	free(l->text);
}

void config_diff_free(struct config_diff *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->entries[i].option);
		free(d->entries[i].old_value);
		free(d->entries[i].new_value);
	}
	free(d->entries);
	*d = (struct config_diff){ 0 };
}

/* What stands in the name of an option that mm has to do with. */
static bool is_mm(const char *option)
{
	static const char *const words[] = {
		"_MM_",
		"_VM",
		"HUGE",
		"MEMCG",
		"MEMORY",
		"SLUB",
		"SLAB",
		"SWAP",
		"NUMA",
		"MIGRATION",
		"COMPACT",
		"_KSM",
		"_CMA",
		"PAGE_",
		"PTE_",
		"PGTABLE",
		"USERFAULT",
		"SHMEM",
		"TMPFS",
		"LRU_GEN",
		"SPARSEMEM",
		"KASAN",
		"KMSAN",
		"KFENCE",
		"PTDUMP",
		"GUP_",
		"_THP",
		"DAMON",
		"ANON_VMA",
		"PER_VMA",
		"BALLOON",
		"TLB",
		"PAGE_TABLE",
		"SOFT_DIRTY",
		"ZSMALLOC",
		"MMU",
		"DEFERRED_STRUCT",
		"HMM",
		"HWPOISON",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strstr(option, words[i]))
			return true;
	}
	return false;
}

/* The value behind '=' (malloc'ed), or "not set". */
static char *value_of(const char *line)
{
	const char *equal = line ? strchr(line, '=') : NULL;

	return strdup(equal ? equal + 1 : "not set");
}

static int add(struct config_diff *d, const char *o, const char *n, struct err *e)
{
	struct config_change *grown = realloc(d->entries, (d->count + 1) * sizeof(*grown));
	const char *line = o ? o : n;
	struct config_change *x;

	if (!grown)
		return err_oom(e);
	d->entries = grown;
	if (!line)
		return 0;
	x = &grown[d->count++];
	x->option = strndup(line, strcspn(line, "="));
	x->old_value = value_of(o);
	x->new_value = value_of(n);
	if (!x->option || !x->old_value || !x->new_value)
		return err_oom(e);
	x->mm = is_mm(x->option);
	return 0;
}

static int merge(const struct lines *o, const struct lines *n, struct config_diff *out,
		 struct err *e)
{
	size_t i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < o->count || k < n->count)) {
		int order = i == o->count   ? 1
			    : k == n->count ? -1
					    : compare_option(o->at[i], n->at[k]);

		if (order || strcmp(o->at[i], n->at[k]) != 0)
			r = add(out, order <= 0 ? o->at[i] : NULL, order >= 0 ? n->at[k] : NULL, e);
		i += order <= 0;
		k += order >= 0;
	}
	return r;
}

static int mm_first(const void *a, const void *b)
{
	const struct config_change *x = a, *y = b;

	if (x->mm != y->mm)
		return x->mm ? -1 : 1;
	return strcmp(x->option, y->option);
}

int config_diff_texts(const char *old_text, const char *new_text, struct config_diff *out,
		      struct err *e)
{
	struct lines a = { 0 }, b = { 0 };
	int r;

	*out = (struct config_diff){ .known = true };
	r = split(old_text, &a) < 0 || split(new_text, &b) < 0 ? err_oom(e) : merge(&a, &b, out, e);
	if (out->count)
		qsort(out->entries, out->count, sizeof(*out->entries), mm_first);
	lines_free(&a);
	lines_free(&b);
	if (r < 0)
		config_diff_free(out);
	return r;
}

int config_diff(const char *old_path, const char *new_path, struct config_diff *out, struct err *e)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 };

	*out = (struct config_diff){ 0 };
	if (!old_path || !new_path || file_read(old_path, CONFIG_BYTES_MAX, &a, NULL) < 0 ||
	    file_read(new_path, CONFIG_BYTES_MAX, &b, NULL) < 0)
		return 0;
	return config_diff_texts(buf_str(&a), buf_str(&b), out, e);
}
