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

static int put_files(const struct boot *b, const struct run_request *q,
		     const struct symbols *symbols, struct err *e)
{
	const struct plan_request pq = { .online_cpus = q->cpus,
					 .iterations = q->iterations,
					 .pairs = MARKER_PAIRS };
	_cleanup_buf_ struct buf places = { 0 };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &len, e);

	if (r == 0)
		r = workdir_put(&b->dir, "plan", plan, len, e);
	if (r == 0)
		r = symbols_places(symbols, &places, e);
	return r < 0 ? r : workdir_put(&b->dir, "places", places.data, places.len, e);
}

static int carry_out(struct boot *b, const struct run_request *q, const char *snapshot,
		     struct symbols **symbols, struct run *run, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	_cleanup_free_ char *path = str_printf("%s/counts", b->dir.path);
	struct symbols *with_modules = NULL;
	int r = path ? put_files(b, q, *symbols, e) : err_oom(e);

	boot_progress(b, "watching lines");
	if (r == 0)
		r = run_guest(b, q, b->lab->tracer, snapshot, run, &report, e);
	if (r == 0)
		r = exact_take_phases(&report, q, run, e);
	if (r == 0)
		r = run_name_modules(b, &report, &with_modules, e);
	if (r == 0 && with_modules) {
		symbols_free(*symbols);
		*symbols = with_modules;
	}
	return r < 0 ? r : contended_read(path, q->contended, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *run, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, q->fresh ? NULL : &snapshot, &symbols, run, e);

	if (r < 0)
		return r;
	start_ns = clock_ns();
	r = carry_out(b, q, q->fresh ? NULL : snapshot.state, &symbols, run, e);
	run->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	if (r == 0)
		run->symbols = steal(&symbols);
	return r;
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
