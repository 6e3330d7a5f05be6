// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/dump.h"

#include "plugin/counter.h"
#include "proto/counts.h"
#include "proto/crc32.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct out {
	FILE *file;
	uint64_t records;
	uint32_t crc;
};

/* Spans that start a block, sorted by address; and what faulted. */
struct starts {
	const struct table *t;
	struct faults *faults;
	uint32_t *span;
	size_t count;
};

static int by_vaddr(const void *a, const void *b, void *table)
{
	const struct span *spans = ((const struct table *)table)->spans;
	uint64_t x = spans[*(const uint32_t *)a].vaddr, y = spans[*(const uint32_t *)b].vaddr;

	return x < y ? -1 : x > y;
}

static int find_starts(const struct table *t, struct starts *out)
{
	out->t = t;
	out->count = 0;
	out->span = malloc((t->n_blocks + 1) * sizeof(*out->span));
	if (!out->span)
		return -1;
	for (size_t i = 0; i < t->n_spans; i++) {
		if (t->spans[i].block_start && out->count < t->n_blocks)
			out->span[out->count++] = (uint32_t)i;
	}
	qsort_r(out->span, out->count, sizeof(*out->span), by_vaddr, (void *)(uintptr_t)t);
	return 0;
}

/* A span's counter in a book. */
static uint64_t count_of(const struct table *t, unsigned book, size_t span, unsigned which)
{
	unsigned interrupt = book - book % COUNTS_CONTEXTS + COUNTS_INTERRUPT;
	uint64_t vaddr = t->spans[span].vaddr, sum = 0;

	if (table_owner(book, vaddr) == book)
		sum += table_count(t, book, span, which);
	if (interrupt != book && table_owner(interrupt, vaddr) == book)
		sum += table_count(t, interrupt, span, which);
	return sum;
}

/* How often, in this book, execution started at @vaddr. */
static uint64_t starts_at(const struct starts *s, uint64_t vaddr, unsigned book)
{
	size_t low = 0, high = s->count;
	uint64_t sum = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->t->spans[s->span[middle]].vaddr < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->count && s->t->spans[s->span[low]].vaddr == vaddr; low++)
		sum += count_of(s->t, book, s->span[low], 0);
	return sum;
}

/*
 * Of at most @limit executions of a span, those that a fault left unfinished. Several spans may end
 * with one instruction; which of them its faults are charged to makes no difference to what the
 * instruction is counted for.
 */
static uint64_t take_retries(const struct starts *s, size_t i, unsigned book, uint64_t limit)
{
	const struct span *span = &s->t->spans[i];
	struct fault_site *site =
		span->may_fault ? faults_find(s->faults, span->last_vaddr, book) : NULL;
	uint64_t n = site && site->left < limit ? site->left : limit;

	if (!site)
		return 0;
	site->left -= n;
	return n;
}

/* A span with another behind it was left by those executions that did not get there. */
static uint64_t unfinished(const struct starts *s, size_t i, unsigned book, uint64_t executions)
{
	uint64_t next = s->t->spans[i].followed ? count_of(s->t, book, i + 1, 0) : 0;

	return executions > next ? executions - next : 0;
}

/*
 * A MOVS loads and then stores: where the store faulted, one access was made and no iteration. As
 * spans with one such instruction share its faults, each takes as many as leave it whole pairs.
 */
static uint64_t accesses_of(const struct starts *s, size_t i, unsigned book)
{
	const struct span *span = &s->t->spans[i];
	uint64_t accesses = count_of(s->t, book, i, 1), n;
	struct fault_site *site =
		span->accesses == 2 ? faults_find(s->faults, span->last_vaddr, book) : NULL;

	if (!site)
		return accesses;
	n = accesses < site->writes_left ? accesses : site->writes_left;
	if (n && (accesses - n) % 2)
		n--;
	site->writes_left -= n;
	return accesses - n;
}

/*
 * The last execution of each instruction is followed by what stands behind it. Spans that end with
 * the same one share these, each as many as it has executions.
 */
static uint64_t ended_at(const struct starts *s, size_t i, unsigned book)
{
	const struct span *spans = s->t->spans;
	uint64_t ended = starts_at(s, spans[i].rep_next, book);

	for (size_t k = 0; k < i && ended; k++) {
		uint64_t n =
			spans[k].rep_next == spans[i].rep_next ? count_of(s->t, book, k, 0) : 0;

		ended = ended > n ? ended - n : 0;
	}
	return ended;
}

/* Of a REP string's executions: those that faulted, and iterations after the first. */
static void split_string(const struct starts *s, size_t i, unsigned book, struct counts_record *r)
{
	const struct span *span = &s->t->spans[i];
	uint64_t ended, iterations;

	if (!span->accesses) {
		r->retries = take_retries(s, i, book, r->executions);
		return;
	}
	if (PLUGIN_API > 1 || !span->rep_next) {
		iterations = accesses_of(s, i, book) / span->accesses;
		ended = r->executions > iterations ? r->executions - iterations : 0;
		r->retries = take_retries(s, i, book, ended);
		r->rep_iterations = iterations;
		return;
	}
	ended = ended_at(s, i, book);
	iterations = ended < r->executions ? r->executions - ended : 0;
	r->retries = take_retries(s, i, book, iterations);
	r->rep_iterations = iterations - r->retries;
}

static void put(struct out *o, const struct counts_record *r)
{
	o->crc = crc32_update(o->crc, r, sizeof(*r));
	o->records++;
	fwrite(r, sizeof(*r), 1, o->file);
}

static void put_span(struct out *o, const struct starts *s, size_t i, unsigned book)
{
	const struct span *span = &s->t->spans[i];
	struct counts_record r = { .vaddr = span->vaddr,
				   .insns = span->insns,
				   .slot = (uint8_t)(book / COUNTS_CONTEXTS),
				   .context = (uint8_t)(book % COUNTS_CONTEXTS),
				   .first = span->first };

	r.executions = count_of(s->t, book, i, 0);
	if (!r.executions)
		return;
	if (span->rep)
		split_string(s, i, book, &r);
	else
		r.retries = take_retries(s, i, book, unfinished(s, i, book, r.executions));
	put(o, &r);
}

/* Those of all spans, executed or not: so a span's number is a record's. */
static uint32_t put_insns(const struct table *t, struct out *o)
{
	o->crc = crc32_update(o->crc, t->insns, t->n_insns * sizeof(*t->insns));
	if (t->n_insns)
		fwrite(t->insns, sizeof(*t->insns), t->n_insns, o->file);
	return (uint32_t)t->n_insns;
}

/* Whether count_of() is 0 throughout. */
static bool is_empty(const struct table *t, unsigned book)
{
	if (t->books[book])
		return false;
	return book % COUNTS_CONTEXTS != COUNTS_TASK ||
	       !t->books[book - COUNTS_TASK + COUNTS_INTERRUPT];
}

static void put_names(const struct tasks *tasks, const struct counts_header *h, struct out *o)
{
	size_t len = h->n_tasks * sizeof(tasks->names[0]);

	o->crc = crc32_update(o->crc, tasks->names[1], len);
	if (len)
		fwrite(tasks->names[1], 1, len, o->file);
}

static int write_records(const struct dump *d, struct out *o)
{
	const struct table *t = d->table;
	const struct halted *halted = d->halted;
	const struct region *region = d->region;
	struct counts_header h = { .magic = COUNTS_MAGIC,
				   .version = COUNTS_VERSION,
				   .api = PLUGIN_API,
				   .flags = (t->full ? COUNTS_OVERFLOW : 0) |
					    (halted->known ? COUNTS_HALTED : 0) | region->flags };
	struct starts starts = { .faults = d->faults };

	faults_begin(d->faults);
	if (find_starts(t, &starts) < 0)
		return -1;
	memcpy(h.regions, region->windows, sizeof(h.regions));
	if (halted->known)
		memcpy(h.halted, halted->ticks, sizeof(h.halted));
	h.n_tasks = d->tasks->n_names ? d->tasks->n_names - 1 : 0;
	o->crc = crc32_update(o->crc, h.halted, COUNTS_HEADER_SUMMED);
	fwrite(&h, sizeof(h), 1, o->file);
	for (unsigned book = 0; book < TABLE_SLOT_BOOKS; book++) {
		for (size_t i = 0; !is_empty(t, book) && i < t->n_spans; i++)
			put_span(o, &starts, i, book);
	}
	free(starts.span);
	h.n_insns = put_insns(t, o);
	put_names(d->tasks, &h, o);
	h.n_records = o->records;
	h.crc = o->crc;
	/* Not rewind(), which forgets that something could not be written. */
	if (fseek(o->file, 0, SEEK_SET) != 0)
		return -1;
	fwrite(&h, sizeof(h), 1, o->file);
	return ferror(o->file) ? -1 : 0;
}

int dump_write(const struct dump *d, const char *path)
{
	char part[4096];
	struct out o = { 0 };
	int r;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return -1;
	o.file = fopen(part, "we");
	if (!o.file)
		return -1;
	r = write_records(d, &o);
	if (fclose(o.file) != 0)
		r = -1;
	if (r == 0)
		r = rename(part, path);
	if (r < 0) {
		int why = errno;

		unlink(part);
		errno = why;
	}
	return r;
}
