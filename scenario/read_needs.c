// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/read_needs.h"

#include "scenario/words.h"

#include <errno.h>
#include <string.h>

#define CPUS_MAX 16
#define WORD_BYTES_MAX 64
#define DISK_BYTES_MIN (32u << 20)

static int read_config(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_";
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (strncmp(text, "CONFIG_", 7) != 0 || !text[7] || strlen(text) > WORD_BYTES_MAX ||
	    strspn(text, allowed) != strlen(text))
		return yaml_doc_error(d, n, e,
				      "'%s': CONFIG_NAME, nodes: N, cpus: N, swap: no, "
				      "disk: {...} or cgroup: {...} is expected",
				      text);
	s->needs[s->n_needs] = strdup(text);
	if (!s->needs[s->n_needs])
		return err_oom(e);
	s->n_needs++;
	return 0;
}

/* An NVMe disk's requests end at the host's moments, and what reclaim frees depends on them. */
static int read_swap_on(struct yaml_doc *d, const yaml_node_t *n, uint64_t *out, struct err *e)
{
	if (n->type == YAML_SCALAR_NODE && !strcmp((const char *)n->data.scalar.value, "nvme"))
		return yaml_doc_error(
			d, n, e,
			"there is no swap on nvme: what is freed would depend on when "
			"the host ends its requests; brd or zram is expected");
	return words_read(d, n, &words_swap_on, out, e);
}

/* {on: brd, size: 64M} */
static int read_swap_device(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s,
			    struct err *e)
{
	uint64_t on = PLAN_SWAP_NO_DEVICE;
	int r = 0;

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0 && !strcmp(p.key, "on"))
			r = read_swap_on(d, p.value, &on, e);
		else if (r == 0 && !strcmp(p.key, "size"))
			r = yaml_doc_size(d, p.value, &s->swap_bytes, e);
		else if (r == 0)
			r = yaml_doc_error(d, p.key_node, e, "'%s': on or size is expected", p.key);
	}
	if (r < 0)
		return r;
	if (!on || s->swap_bytes % (1u << 20) || s->swap_bytes < 1u << 20 ||
	    s->swap_bytes > 4ull << 30)
		return yaml_doc_error(
			d, n, e,
			"a swap device is {on: brd or zram, size: a multiple of 1M, at "
			"most 4G}");
	s->swap_on = (enum plan_swap_on)on;
	s->swap = SWAP_YES;
	return 0;
}

/* {depth: 4, high: 2M, max: 64M} */
static int read_cgroup(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t depth = 1;
	int r = yaml_doc_mapping(d, n, "cgroup", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0 && !strcmp(p.key, "depth"))
			r = yaml_doc_uint(d, p.value, 1, PLAN_CGROUP_DEPTH_MAX, &depth, e);
		else if (r == 0 && !strcmp(p.key, "high"))
			r = yaml_doc_size(d, p.value, &s->cgroup_high, e);
		else if (r == 0 && !strcmp(p.key, "max"))
			r = yaml_doc_size(d, p.value, &s->cgroup_max, e);
		else if (r == 0)
			r = yaml_doc_error(d, p.key_node, e, "'%s': depth, high or max is expected",
					   p.key);
	}
	if (r < 0)
		return r;
	if ((s->cgroup_high | s->cgroup_max) % 4096)
		return yaml_doc_error(d, n, e, "high and max are multiples of 4K");
	s->cgroup_depth = (unsigned)depth;
	return 0;
}

/* {fs: ext4, size: 64M, on: ram} */
static int read_disk(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t fs = PLAN_DISK_NONE, on = PLAN_DISK_RAM;
	int r = yaml_doc_mapping(d, n, "disk", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0 && !strcmp(p.key, "fs"))
			r = words_read(d, p.value, &words_disk_fs, &fs, e);
		else if (r == 0 && !strcmp(p.key, "on"))
			r = words_read(d, p.value, &words_disk_on, &on, e);
		else if (r == 0 && !strcmp(p.key, "size"))
			r = yaml_doc_size(d, p.value, &s->disk_bytes, e);
		else if (r == 0)
			r = yaml_doc_error(d, p.key_node, e, "'%s': fs, size or on is expected",
					   p.key);
	}
	if (r < 0)
		return r;
	if (!fs || s->disk_bytes % (1u << 20) || s->disk_bytes < DISK_BYTES_MIN ||
	    s->disk_bytes > 4ull << 30)
		return yaml_doc_error(d, n, e,
				      "a disk is {fs: ext4, size: a multiple of 1M from "
				      "%uM to 4G}",
				      DISK_BYTES_MIN >> 20);
	s->disk_fs = (enum plan_disk_fs)fs;
	s->disk_on = (enum plan_disk_on)on;
	return 0;
}

static int read_amount(struct yaml_doc *d, const struct yaml_pair *p, struct scenario *s,
		       struct err *e)
{
	uint64_t value = 0;
	int r;

	if (!strcmp(p->key, "nodes")) {
		r = yaml_doc_uint(d, p->value, 1, PLAN_MAX_NODES, &value, e);
		s->nodes = (unsigned)value;
	} else if (!strcmp(p->key, "cpus")) {
		r = yaml_doc_uint(d, p->value, 1, CPUS_MAX, &value, e);
		s->cpus = (unsigned)value;
	} else if (!strcmp(p->key, "cgroup")) {
		r = read_cgroup(d, p->value, s, e);
	} else if (!strcmp(p->key, "swap") && p->value->type == YAML_MAPPING_NODE) {
		r = read_swap_device(d, p->value, s, e);
	} else if (!strcmp(p->key, "swap")) {
		r = words_read(d, p->value, &words_yes_no, &value, e);
		s->swap = value ? SWAP_YES : SWAP_NO;
	} else if (!strcmp(p->key, "disk")) {
		r = read_disk(d, p->value, s, e);
	} else {
		r = yaml_doc_error(d, p->key_node, e,
				   "'%s': nodes, cpus, swap, disk or cgroup is expected", p->key);
	}
	return r;
}

int read_needs(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "needs", e);

	if (r < 0)
		return r;
	if (yaml_doc_items(n) > SCENARIO_WORDS_MAX)
		return yaml_doc_error(d, n, e, "more than %d entries", SCENARIO_WORDS_MAX);
	for (size_t i = 0; r == 0 && i < yaml_doc_items(n); i++) {
		yaml_node_t *item = yaml_doc_item(d, n, i);
		struct yaml_pair p;

		if (item->type != YAML_MAPPING_NODE) {
			r = read_config(d, item, s, e);
			continue;
		}
		for (size_t k = 0; r == 0 && k < yaml_doc_pairs(item); k++) {
			r = yaml_doc_pair(d, item, k, &p, e);
			if (r == 0)
				r = read_amount(d, &p, s, e);
		}
	}
	return r;
}

int read_memory(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	uint64_t bytes = 0;
	int r = yaml_doc_size(d, n, &bytes, e);

	if (r < 0)
		return r;
	if (bytes % (1u << 20) || bytes < 128ull << 20 || bytes > 16ull << 30)
		return yaml_doc_error(d, n, e, "a multiple of 1M from 128M to 16G is expected");
	s->memory_mib = (unsigned)(bytes >> 20);
	return 0;
}

static int add_setting(struct yaml_doc *d, const struct yaml_pair *p, const char *value,
		       struct scenario *s, struct err *e)
{
	struct err why = { 0 };

	int r = scenario_add_setting(s, p->key, value, &why);

	if (r < 0)
		return yaml_doc_error(d, r == -ERANGE ? p->value : p->key_node, e, "%s", why.text);
	return 0;
}

int read_sysfs(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "sysfs", e);

	if (r < 0)
		return r;
	if (yaml_doc_pairs(n) > PLAN_MAX_SETTINGS)
		return yaml_doc_error(d, n, e, "more than %d settings", PLAN_MAX_SETTINGS);
	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		const char *value = "";
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = yaml_doc_string(d, p.value, &value, e);
		if (r == 0)
			r = add_setting(d, &p, value, s, e);
	}
	return r;
}
