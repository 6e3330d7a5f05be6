// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/scenario.h"

#include "scenario/words.h"

#include "base/buf.h"
#include "proto/crc32.h"
#include "scenario/map_kinds.h"
#include "scenario/op_words.h"
#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Virtual sleep before each phase. The phases of a pair rest alike, and every pair's rest ends at
 * another place of the 4 ms (or 10 ms, or 1 ms) tick.
 */
#define REST_NS 1000000000u
#define SECOND_REST_NS 1501300000u
#define THIRD_REST_NS 1202700000u
#define TIMED_REST_NS 250000000u /* real time: waited for */
#define TIMED_ROUNDS_MIN 10u	 /* a median needs a few, however long one takes */

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	free(s->name);
	free(s->help);
	free(s->file);
	free(s->metric);
	free(s->disk_why);
	for (size_t i = 0; i < s->n_source; i++)
		free(s->source[i]);
	for (size_t i = 0; i < s->n_needs; i++)
		free(s->needs[i]);
	for (size_t i = 0; i < s->n_functions; i++)
		free(s->functions[i]);
	for (size_t i = 0; i < s->n_maps; i++)
		free(s->map_names[i]);
	program_free(s->program);
	free(s);
}

static bool is_plain(const char *text, size_t max)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_-/";

	return text[0] && text[0] != '/' && strlen(text) < max &&
	       strspn(text, allowed) == strlen(text);
}

int scenario_add_setting(struct scenario *s, const char *path, const char *value, struct err *e)
{
	struct plan_setting *out = &s->settings[s->n_settings];

	if (s->n_settings == PLAN_MAX_SETTINGS)
		return err_set(e, E2BIG, "more than %d settings", PLAN_MAX_SETTINGS);
	if (!is_plain(path, sizeof(out->path)))
		return err_set(e, EINVAL,
			       "'%s': a file below /sys/kernel/mm is expected, such as "
			       "transparent_hugepage/enabled",
			       path);
	if (!is_plain(value, sizeof(out->value)))
		return err_set(e, ERANGE, "'%s': one word is expected", value);
	memcpy(out->path, path, strlen(path));
	memcpy(out->value, value, strlen(value));
	s->n_settings++;
	return 0;
}

bool map_is_counted(const struct plan_map *m)
{
	return m->kind != PLAN_MAP_PLACE && !(m->flags & PLAN_MAP_NORESERVE);
}

uint64_t scenario_pages(const struct scenario *s)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < s->n_maps; i++)
		pages += map_is_counted(&s->maps[i]) ? s->maps[i].bytes / 4096 : 0;
	return pages;
}

uint64_t scenario_file_pages(const struct scenario *s)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < s->n_maps; i++)
		pages += map_is_written(&s->maps[i]) ? s->maps[i].bytes / 4096 : 0;
	return pages;
}

uint64_t scenario_device_bytes(const struct scenario *s)
{
	return (s->swap_on ? s->swap_bytes : 0) +
	       (s->disk_fs && s->disk_on == PLAN_DISK_RAM ? s->disk_bytes : 0);
}

unsigned scenario_memory_mib(const struct scenario *s)
{
	return s->memory_mib ? s->memory_mib : SCENARIO_MEMORY_MIB;
}

uint64_t scenario_bytes_max(const struct scenario *s)
{
	return (uint64_t)scenario_memory_mib(s) << 19;
}

uint64_t scenario_map_bytes_max(const struct scenario *s, const struct plan_map *m)
{
	return m->flags & PLAN_MAP_NORESERVE ? PLAN_MAPS_STEP / 4 : scenario_bytes_max(s);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t product(uint64_t a, uint64_t b)
{
	return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Bodies are inside of @n: a repeat multiplies its own. Depth is limited by the reader. */
static uint64_t count(const struct scenario *s, size_t from, size_t n, bool touches)
{
	uint64_t total = 0;

	for (size_t i = from; i < from + n; i += 1 + s->ops[i].n_body) {
		const struct plan_op *op = &s->ops[i];

		if (touches || !op_is_touch(op))
			total = sum(total, op_steps(op));
		if (op->code == PLAN_OP_REPEAT)
			total = sum(total, product(op->arg, count(s, i + 1, op->n_body, touches)));
		else if (touches)
			total = sum(total, count(s, i + 1, op->n_body, true));
	}
	return total;
}

uint64_t scenario_steps(const struct scenario *s, size_t from, size_t n)
{
	return count(s, from, n, true);
}

size_t scenario_segment_ops(const struct scenario *s, size_t index)
{
	size_t at = s->n_prepare;

	for (size_t i = 0; i < index; i++)
		at += s->segments[i].n_before + s->segments[i].n_ops + s->segments[i].n_after;
	return at;
}

uint64_t scenario_items(const struct scenario *s)
{
	uint64_t items = 0;

	if (s->item == ITEM_PAGE)
		items = scenario_pages(s);
	for (size_t i = 0; s->item == ITEM_CALL && i < s->n_segments; i++)
		items = sum(items, count(s, scenario_segment_ops(s, i) + s->segments[i].n_before,
					 s->segments[i].n_ops, false));
	return items ? items : 1;
}

static void needs_cgroup(const struct scenario *s, const char *gap, struct buf *out)
{
	if (!s->cgroup_depth)
		return;
	buf_printf(out, "%scgroup: depth %u", gap, s->cgroup_depth);
	if (s->cgroup_high)
		buf_printf(out, ", high %llu KiB", (unsigned long long)s->cgroup_high >> 10);
	if (s->cgroup_max)
		buf_printf(out, ", max %llu KiB", (unsigned long long)s->cgroup_max >> 10);
}

void scenario_needs(const struct scenario *s, const char *between, struct buf *out)
{
	const char *gap = "";

	for (size_t i = 0; i < s->n_needs; i++, gap = between)
		buf_printf(out, "%s%s", gap, s->needs[i]);
	for (size_t i = 0; i < s->n_functions; i++, gap = between)
		buf_printf(out, "%sfunction: %s", gap, s->functions[i]);
	if (s->nodes > 1) {
		buf_printf(out, "%snodes: %u", gap, s->nodes);
		gap = between;
	}
	if (s->cpus > 1) {
		buf_printf(out, "%scpus: %u", gap, s->cpus);
		gap = between;
	}
	if (s->swap_on)
		buf_printf(out, "%sswap: %s of %llu MiB", gap,
			   words_name(&words_swap_on, s->swap_on),
			   (unsigned long long)s->swap_bytes >> 20);
	else if (s->swap != SWAP_ANY)
		buf_printf(out, "%sswap: %s", gap, s->swap == SWAP_NO ? "no" : "yes");
	if (s->swap_on || s->swap != SWAP_ANY)
		gap = between;
	if (s->disk_fs)
		buf_printf(out, "%sdisk: %s of %llu MiB%s", gap,
			   words_name(&words_disk_fs, s->disk_fs),
			   (unsigned long long)s->disk_bytes >> 20,
			   s->disk_on == PLAN_DISK_NVME ? " on nvme" : "");
	if (s->disk_fs)
		gap = between;
	needs_cgroup(s, gap, out);
}

const char *scenario_item_name(const struct scenario *s)
{
	return s->item == ITEM_PAGE ? "page" : "call";
}

static int finish(struct buf *b, void **out, size_t *len, struct err *e)
{
	struct plan_header *h = (struct plan_header *)b->data;

	if (b->len > PLAN_MAX_BYTES)
		return err_set(e, EINVAL, "a plan of %zu bytes is too large", b->len);
	h->length = (uint32_t)b->len;
	h->crc = crc32_update(0, h + 1, b->len - sizeof(*h));
	*len = b->len;
	*out = buf_steal(b);
	return 0;
}

/* Huge pages and large folios stay what they are only if the alignment is kept. */
static bool keeps_alignment(const struct scenario *s, size_t map)
{
	uint32_t kind = s->maps[map].kind;

	if (kind == PLAN_MAP_HUGETLB_PRIVATE || kind == PLAN_MAP_HUGETLB_SHARED || s->n_settings ||
	    s->maps[map].advice == MADV_HUGEPAGE || s->memory_mib > SCENARIO_MEMORY_MIB)
		return true;
	for (size_t i = 0; i < s->n_ops; i++) {
		const struct plan_op *op = &s->ops[i];
		bool advises = op->code == PLAN_OP_MADVISE || op->code == PLAN_OP_PROCESS_MADVISE;

		if (advises && op->map == map && (op->arg == MADV_HUGEPAGE || op->arg == 25))
			return true;
	}
	return false;
}

int scenario_plan(const struct scenario *s, const struct plan_request *q, void **out, size_t *len,
		  struct err *e)
{
	struct plan_header h = {
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.kind = q->probe   ? PLAN_PROBE
			: q->timed ? PLAN_TIMED
				   : PLAN_SCENARIO,
		.probe_argument = q->probe ? q->probe->argument : 0,
		.n_maps = (uint32_t)s->n_maps,
		.n_segments = (uint32_t)s->n_segments,
		.n_ops = (uint32_t)s->n_ops,
		.n_prepare = (uint32_t)s->n_prepare,
		.warmup_iterations = s->warmup_iterations,
		.iterations = q->iterations ? q->iterations : s->iterations,
		.rounds_min = s->rounds_max < TIMED_ROUNDS_MIN ? s->rounds_max : TIMED_ROUNDS_MIN,
		.rounds_max = s->rounds_max,
		.min_time_ns = (uint64_t)s->min_time_ms * 1000000u,
		.online_cpus = q->online_cpus,
		.n_settings = (uint32_t)s->n_settings,
		.nodes = s->nodes,
		.swap = s->swap,
		.swap_on = s->swap_on,
		.swap_bytes = s->swap_bytes,
		.disk_fs = s->disk_fs,
		.disk_on = s->disk_on,
		.disk_bytes = s->disk_bytes,
		.cgroup_depth = s->cgroup_depth,
		.cgroup_high = s->cgroup_high,
		.cgroup_max = s->cgroup_max,
		.strings_bytes = s->program ? (uint32_t)s->program->words.len : 0,
		.rest_ns = { REST_NS, SECOND_REST_NS, THIRD_REST_NS },
	};
	_cleanup_buf_ struct buf b = { 0 };

	h.n_probe_sites = q->n_probe_sites;
	if (q->n_probe_sites)
		memcpy(h.probe_sites, q->probe_sites, q->n_probe_sites * sizeof(*q->probe_sites));
	if (q->probe)
		memcpy(h.probe_function, q->probe->function, sizeof(h.probe_function));
	for (size_t i = 0; i < ARRAY_SIZE(h.rest_ns); i++)
		h.rest_ns[i] =
			q->pairs && i >= q->pairs
				? 0
				: (q->timed ? TIMED_REST_NS : h.rest_ns[i]) + q->extra_rest_ns;
	if (buf_add(&b, &h, sizeof(h)) < 0 ||
	    buf_add(&b, s->settings, s->n_settings * sizeof(s->settings[0])) < 0)
		return err_oom(e);
	for (size_t i = 0; i < s->n_maps; i++) {
		struct plan_map m = s->maps[i];

		m.offset = keeps_alignment(s, i) ? (q->map_offset + m.align - 1) / m.align * m.align
						 : q->map_offset;
		if (buf_add(&b, &m, sizeof(m)) < 0)
			return err_oom(e);
	}
	if (buf_add(&b, s->segments, s->n_segments * sizeof(s->segments[0])) < 0 ||
	    buf_add(&b, s->ops, s->n_ops * sizeof(s->ops[0])) < 0 ||
	    (s->program && buf_add(&b, s->program->words.data, s->program->words.len) < 0))
		return err_oom(e);
	return finish(&b, out, len, e);
}

int symbols_plan(void **out, size_t *len, struct err *e)
{
	struct plan_header h = { .magic = PLAN_MAGIC,
				 .version = PLAN_VERSION,
				 .kind = PLAN_SYMBOLS };
	_cleanup_buf_ struct buf b = { 0 };

	if (buf_add(&b, &h, sizeof(h)) < 0)
		return err_oom(e);
	return finish(&b, out, len, e);
}
