// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/model.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "scenario/yaml_doc.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 16)

struct key {
	const char *name;
	size_t offset;
	unsigned min, max;
};

#define KEY(field, min, max)                                    \
	{                                                       \
#field, offsetof(struct model, field), min, max \
	}
#define SERIAL(name, which)                                                                  \
	{                                                                                    \
		name, offsetof(struct model, serial_cycles) + (which) * sizeof(unsigned), 0, \
			100000                                                               \
	}

static const struct key keys[] = {
	KEY(fetch_uops, 1, 64),
	KEY(fetch_queue_uops, 1, 1024),
	KEY(taken_branch_cycles, 0, 16),
	KEY(mispredict_cycles, 1, 100),
	KEY(bimodal_entries, 64, 1u << 20),
	KEY(tagged_entries, 64, 1u << 20),
	KEY(indirect_entries, 16, 1u << 20),
	KEY(return_stack, 1, 256),
	KEY(issue_width, 1, 32),
	KEY(retire_width, 1, 32),
	KEY(window_uops, 8, 4096),
	KEY(load_queue, 4, 1024),
	KEY(store_queue, 4, 1024),
	KEY(alu_ports, 1, 16),
	KEY(branch_ports, 1, 16),
	KEY(branch_on_alu, 0, 1),
	KEY(shift_ports, 1, 16),
	KEY(multiply_ports, 1, 16),
	KEY(vector_ports, 1, 16),
	KEY(load_ports, 1, 16),
	KEY(store_ports, 1, 16),
	KEY(multiply_cycles, 1, 100),
	KEY(multiply_wide_cycles, 1, 100),
	KEY(multiply_wide_uops, 1, 16),
	KEY(divide_cycles, 1, 200),
	KEY(divide_busy_cycles, 1, 200),
	KEY(divide_uops, 1, 64),
	KEY(divide_64_cycles, 1, 200),
	KEY(divide_64_busy_cycles, 1, 200),
	KEY(bit_scan_cycles, 1, 100),
	KEY(shift_cl_uops, 1, 16),
	KEY(shift_double_cycles, 1, 100),
	KEY(vector_cycles, 1, 100),
	KEY(exchange_cycles, 1, 100),
	KEY(exchange_uops, 1, 32),
	KEY(flags_cycles, 1, 200),
	KEY(flags_uops, 1, 64),
	KEY(clock_cycles, 1, 500),
	KEY(clock_uops, 1, 100),
	KEY(call_uops, 1, 16),
	KEY(return_uops, 1, 16),
	KEY(forward_cycles, 0, 100),
	KEY(mirrored_cycles, 0, 100),
	KEY(atomic_cycles, 1, 200),
	KEY(atomic_uops, 1, 64),
	KEY(loads_wait_for_atomics, 0, 1),
	KEY(rep_start_cycles, 0, 1000),
	KEY(rep_line_cycles, 1, 64),
	KEY(l1d_kib, 1, 1024),
	KEY(l1d_ways, 1, 64),
	KEY(l1d_cycles, 1, 50),
	KEY(l1i_kib, 1, 1024),
	KEY(l1i_ways, 1, 64),
	KEY(l2_kib, 16, 65536),
	KEY(l2_ways, 1, 64),
	KEY(l2_cycles, 1, 200),
	KEY(l3_kib, 64, 1u << 20),
	KEY(l3_ways, 1, 64),
	KEY(l3_cycles, 1, 1000),
	KEY(memory_cycles, 1, 10000),
	KEY(misses_in_flight, 1, 256),
	KEY(l3_line_cycles, 1, 100),
	KEY(memory_line_cycles, 1, 1000),
	KEY(prefetch, 0, 1),
	KEY(stream_lines, 1, 64),
	KEY(code_next_lines, 0, 16),
	KEY(code_hidden_cycles, 0, 1000),
	KEY(dtlb_entries, 1, 4096),
	KEY(dtlb_ways, 1, 4096),
	KEY(stlb_entries, 1, 1u << 16),
	KEY(stlb_ways, 1, 4096),
	KEY(stlb_cycles, 0, 200),
	KEY(walk_cycles, 0, 1000),
	SERIAL("syscall_cycles", SERIAL_SYSCALL),
	SERIAL("sysret_cycles", SERIAL_SYSRET),
	SERIAL("iret_cycles", SERIAL_IRET),
	SERIAL("swapgs_cycles", SERIAL_SWAPGS),
	SERIAL("write_msr_cycles", SERIAL_WRITE_MSR),
	SERIAL("read_msr_cycles", SERIAL_READ_MSR),
	SERIAL("cpuid_cycles", SERIAL_CPUID),
	SERIAL("lfence_cycles", SERIAL_LFENCE),
	SERIAL("mfence_cycles", SERIAL_MFENCE),
	SERIAL("pause_cycles", SERIAL_PAUSE),
	SERIAL("invlpg_cycles", SERIAL_INVLPG),
	SERIAL("write_cr3_cycles", SERIAL_WRITE_CR3),
	SERIAL("control_cycles", SERIAL_CONTROL),
	SERIAL("stac_cycles", SERIAL_STAC),
	SERIAL("segment_base_cycles", SERIAL_SEGMENT_BASE),
	SERIAL("verw_cycles", SERIAL_VERW),
	SERIAL("port_cycles", SERIAL_PORT),
	SERIAL("halt_cycles", SERIAL_HALT),
};

static unsigned *value_of(struct model *m, size_t offset)
{
	return (unsigned *)((char *)m + offset);
}

static int read_text(struct yaml_doc *d, const yaml_node_t *n, bool is_name, char *out, size_t size,
		     struct err *e)
{
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	if (!text[0] || strlen(text) >= size)
		return yaml_doc_error(d, n, e, "1 to %zu letters are expected", size - 1);
	for (const char *p = text; *p; p++) {
		bool fits = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-';

		if (is_name ? !fits : *p < ' ' || *p > '~')
			return yaml_doc_error(d, n, e, "%s",
					      is_name ? "small letters, digits and dashes are "
							"expected"
						      : "plain ASCII is expected");
	}
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static long find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return (long)i;
	}
	return -1;
}

static int read_pair(struct yaml_doc *d, const struct yaml_pair *p, struct model *m,
		     bool seen[ARRAY_SIZE(keys)], struct err *e)
{
	long at = find_key(p->key);
	uint64_t value = 0;
	int r;

	if (!strcmp(p->key, "name") || !strcmp(p->key, "title")) {
		bool is_name = p->key[0] == 'n';
		char *to = is_name ? m->name : m->title;

		return read_text(d, p->value, is_name, to,
				 is_name ? sizeof(m->name) : sizeof(m->title), e);
	}
	if (at < 0)
		return yaml_doc_error(d, p->key_node, e, "no model has a constant '%s'", p->key);
	seen[at] = true;
	r = yaml_doc_uint(d, p->value, keys[at].min, keys[at].max, &value, e);
	*value_of(m, keys[at].offset) = (unsigned)value;
	return r;
}

/* What one constant allows another. */
static int check(const struct yaml_doc *d, const yaml_node_t *root, const struct model *m,
		 struct err *e)
{
	const struct {
		const char *name;
		unsigned lines, ways;
	} parts[] = {
		{ "l1d", m->l1d_kib * 16, m->l1d_ways },
		{ "l1i", m->l1i_kib * 16, m->l1i_ways },
		{ "l2", m->l2_kib * 16, m->l2_ways },
		{ "l3", m->l3_kib * 16, m->l3_ways },
		{ "dtlb", m->dtlb_entries, m->dtlb_ways },
		{ "stlb", m->stlb_entries, m->stlb_ways },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].lines % parts[i].ways)
			return yaml_doc_error(d, root, e,
					      "%s_ways: %u entries are not divided by %u ways",
					      parts[i].name, parts[i].lines, parts[i].ways);
	}
	if (m->l1d_cycles > m->l2_cycles || m->l2_cycles > m->l3_cycles ||
	    m->l3_cycles > m->memory_cycles)
		return yaml_doc_error(d, root, e,
				      "l1d_cycles, l2_cycles, l3_cycles and memory_cycles have to "
				      "ascend");
	return 0;
}

int model_read(const char *file, const void *text, size_t len, struct model *out, struct err *e)
{
	_cleanup_yaml_doc_ struct yaml_doc d = { 0 };
	bool seen[ARRAY_SIZE(keys)] = { false };
	yaml_node_t *root;
	int r = yaml_doc_parse(&d, file, text, len, e);

	*out = (struct model){ 0 };
	if (r < 0)
		return r;
	root = yaml_doc_root(&d);
	r = yaml_doc_mapping(&d, root, "a processor's constants", e);
	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(root); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(&d, root, i, &p, e);
		if (r == 0)
			r = read_pair(&d, &p, out, seen, e);
	}
	if (r < 0)
		return r;
	if (!out->name[0] || !out->title[0])
		return yaml_doc_error(&d, root, e, "'%s' is missing",
				      out->name[0] ? "title" : "name");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!seen[i])
			return yaml_doc_error(&d, root, e, "'%s' is missing", keys[i].name);
	}
	return check(&d, root, out, e);
}

int model_load(const char *path, struct model *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = file_read(path, FILE_BYTES_MAX, &text, e);

	return r < 0 ? r : model_read(path, buf_str(&text), text.len, out, e);
}

/* value * times / over + plus, and 1 at least where it was that */
struct change {
	size_t offset;
	unsigned times, over;
	int plus;
};

#define CHANGES_MAX 3

static const struct variant {
	const char *name;
	struct change changes[CHANGES_MAX];
} variants[] = {
	{ "as the file has it", { { 0 } } },
#define OF(field) offsetof(struct model, field)
	{ "narrower issue", { { OF(issue_width), 2, 3, 0 } } },
	{ "wider issue and fetch", { { OF(issue_width), 4, 3, 0 }, { OF(fetch_uops), 3, 2, 0 } } },
	{ "taken branches a cycle more", { { OF(taken_branch_cycles), 1, 1, 1 } } },
	{ "mispredictions cheaper", { { OF(mispredict_cycles), 7, 10, 0 } } },
	{ "mispredictions dearer", { { OF(mispredict_cycles), 7, 5, 0 } } },
	{ "atomics cheaper", { { OF(atomic_cycles), 4, 5, 0 } } },
	{ "atomics dearer", { { OF(atomic_cycles), 4, 3, 0 } } },
	{ "the other order of loads and atomics", { { OF(loads_wait_for_atomics), 0, 1, -1 } } },
	{ "forwarding faster",
	  { { OF(forward_cycles), 3, 5, 0 }, { OF(mirrored_cycles), 3, 5, 0 } } },
	{ "forwarding slower",
	  { { OF(forward_cycles), 7, 5, 0 }, { OF(mirrored_cycles), 7, 5, 0 } } },
	{ "an ALU less", { { OF(alu_ports), 1, 1, -1 } } },
	{ "a load and a store port less",
	  { { OF(load_ports), 1, 1, -1 }, { OF(store_ports), 1, 1, -1 } } },
	{ "half the window", { { OF(window_uops), 1, 2, 0 } } },
	{ "half the L2", { { OF(l2_kib), 1, 2, 0 } } },
	{ "no prefetch", { { OF(prefetch), 0, 1, 0 } } },
	{ "L3 and memory faster",
	  { { OF(l3_cycles), 7, 10, 0 }, { OF(memory_cycles), 7, 10, 0 } } },
	{ "L3 and memory slower", { { OF(l3_cycles), 7, 5, 0 }, { OF(memory_cycles), 7, 5, 0 } } },
#undef OF
};

unsigned model_variants(void)
{
	return ARRAY_SIZE(variants);
}

const char *model_variant_name(unsigned index)
{
	return variants[index].name;
}

void model_variant(const struct model *base, unsigned index, struct model *out)
{
	*out = *base;
	for (unsigned i = 0; i < CHANGES_MAX; i++) {
		const struct change *c = &variants[index].changes[i];
		unsigned *value = value_of(out, c->offset);
		long changed;

		if (!c->over)
			continue;
		changed = (long)*value * c->times / c->over + c->plus;
		if (c->offset == offsetof(struct model, loads_wait_for_atomics))
			changed = !*value;
		else if (c->offset != offsetof(struct model, prefetch) && changed < 1)
			changed = 1;
		*value = (unsigned)changed;
	}
}
