// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/contended.h"

#include "base/clock.h"
#include "base/file.h"
#include "lab/boot.h"
#include "lab/exact.h"
#include "proto/crc32.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 30)

static bool are_sound(const struct contended *c)
{
	const struct contention_record *last = NULL;

	for (uint64_t i = 0; i < c->head.n_records; i++) {
		const struct contention_record *r = &c->records[i];

		if (r->slot >= MARKER_SLOTS || r->region >= CONTENTION_REGIONS)
			return false;
		if (last && (last->slot > r->slot ||
			     (last->slot == r->slot &&
			      (last->vaddr > r->vaddr ||
			       (last->vaddr == r->vaddr && last->region >= r->region)))))
			return false;
		last = r;
	}
	return true;
}

static const char *fault_of(const struct buf *file, const struct contended *c)
{
	const size_t summed = offsetof(struct contention_header, n_records);
	const struct contention_header *h = &c->head;

	if (file->len < sizeof(*h) || h->magic != CONTENTION_MAGIC)
		return "it is cut short, or none";
	if (h->version != CONTENTION_VERSION)
		return "it is of another version";
	if (h->n_records > (file->len - sizeof(*h)) / sizeof(*c->records) ||
	    file->len != sizeof(*h) + h->n_records * sizeof(*c->records))
		return "it has another size than it says";
	if (crc32_update(0, file->data + summed, file->len - summed) != h->crc)
		return "its checksum is wrong";
	return NULL;
}

int contended_read(const char *path, struct contended *out, struct err *e)
{
	_cleanup_buf_ struct buf file = { 0 };
	const char *fault;
	int r;

	*out = (struct contended){ 0 };
	r = file_read(path, FILE_BYTES_MAX, &file, e);
	if (r < 0)
		return r;
	if (file.len >= sizeof(out->head))
		memcpy(&out->head, file.data, sizeof(out->head));
	fault = fault_of(&file, out);
	if (fault)
		return err_unmeasured(e, EPROTO, "what the plugin says of shared lines: %s", fault);
	out->records = malloc(file.len - sizeof(out->head) + 1);
	if (!out->records)
		return err_oom(e);
	memcpy(out->records, file.data + sizeof(out->head), file.len - sizeof(out->head));
	if (!are_sound(out))
		return err_unmeasured(e, EPROTO,
				      "what the plugin says of shared lines is in no order, or of "
				      "what there is not");
	if (out->head.flags & CONTENTION_FULL)
		return err_unmeasured(
			e, EOVERFLOW,
			"a window touches more lines than are kept: a smaller scenario "
			"is needed");
	return 0;
}

static int take_lines(struct boot *b, const struct run_request *q, const struct report *report,
		      struct run *run, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/counts", b->dir.path);
	int r = path ? exact_take_phases(report, q, run, e) : err_oom(e);

	return r < 0 ? r : contended_read(path, q->contended, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *run, struct err *e)
{
	const struct run_watch w = { .doing = "watching lines",
				     .iterations = q->iterations,
				     .pairs = MARKER_PAIRS,
				     .take = take_lines };

	return run_watched(b, q, &w, run, e);
}

int contended_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		      struct err *e)
{
	return run_in_boot(lab, q, run, measure, e);
}

void contended_free(struct contended *c)
{
	free(c->records);
	*c = (struct contended){ 0 };
}
