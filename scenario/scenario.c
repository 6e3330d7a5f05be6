// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/scenario.h"

#include "base/buf.h"
#include "proto/crc32.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Virtual sleep before each phase. Both pairs rest alike within themselves, and the second pair's
 * rest ends at another place of the 4 ms (or 10 ms, or 1 ms) tick.
 */
#define REST_NS 1000000000u
#define TIMED_REST_NS 250000000u /* real time: waited for */
#define TIMED_ROUNDS_MIN 10u	 /* a median needs a few, however long one takes */
#define OTHER_REST_NS 1501300000u

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	free(s->name);
	free(s->help);
	for (size_t i = 0; i < s->n_source; i++)
		free(s->source[i]);
	for (size_t i = 0; i < s->n_needs; i++)
		free(s->needs[i]);
	for (size_t i = 0; i < s->n_maps; i++)
		free(s->map_names[i]);
	free(s);
}

uint64_t scenario_pages(const struct scenario *s)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < s->n_maps; i++)
		pages += s->maps[i].bytes / 4096;
	return pages;
}

uint64_t scenario_items(const struct scenario *s)
{
	uint64_t items = s->item == ITEM_PAGE ? scenario_pages(s) : s->n_ops - s->n_prepare;

	return items ? items : 1;
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

int scenario_plan(const struct scenario *s, const struct plan_request *q, void **out, size_t *len,
		  struct err *e)
{
	struct plan_header h = {
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.kind = q->timed ? PLAN_TIMED : PLAN_SCENARIO,
		.n_maps = (uint32_t)s->n_maps,
		.n_segments = (uint32_t)s->n_segments,
		.n_ops = (uint32_t)s->n_ops,
		.n_prepare = (uint32_t)s->n_prepare,
		.warmup_iterations = s->warmup_iterations,
		.iterations = s->iterations,
		.rounds_min = s->rounds_max < TIMED_ROUNDS_MIN ? s->rounds_max : TIMED_ROUNDS_MIN,
		.rounds_max = s->rounds_max,
		.min_time_ns = (uint64_t)s->min_time_ms * 1000000u,
		.online_cpus = q->online_cpus,
		.rest_ns = { REST_NS, REST_NS, OTHER_REST_NS, OTHER_REST_NS },
	};
	_cleanup_buf_ struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(h.rest_ns); i++)
		h.rest_ns[i] = (q->timed ? TIMED_REST_NS : h.rest_ns[i]) + q->extra_rest_ns;
	if (buf_add(&b, &h, sizeof(h)) < 0)
		return err_oom(e);
	for (size_t i = 0; i < s->n_maps; i++) {
		struct plan_map m = s->maps[i];

		/* Huge pages stay huge only if the alignment is kept. */
		m.offset = m.advice == MADV_HUGEPAGE
				   ? (q->map_offset + m.align - 1) / m.align * m.align
				   : q->map_offset;
		if (buf_add(&b, &m, sizeof(m)) < 0)
			return err_oom(e);
	}
	if (buf_add(&b, s->segments, s->n_segments * sizeof(s->segments[0])) < 0 ||
	    buf_add(&b, s->ops, s->n_ops * sizeof(s->ops[0])) < 0)
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
