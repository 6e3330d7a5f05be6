// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions' counts, by far the most rows. Runs of a kernel mostly have the same: rows are
 * compared with those before while they are small, and only what is new becomes a list of
 * functions.
 */
#include "base/cleanup.h"
#include "base/intern.h"
#include "store/internal.h"
#include "store/loader.h"
#include "store/record_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct count_row {
	uint32_t name; /* number in the intern */
	uint32_t slot;
	uint64_t insns, calls;
};

struct count_rows {
	struct count_row *at;
	size_t count;
	uint64_t hash;
	long counts;		      /* index into the record's */
	const struct record_run *run; /* that had them first */
};

struct functions {
	struct intern names;
	const struct count_rows *like; /* of a run of the same kernel and scenario, or NULL */
	struct count_row *now;	       /* of the run that is read */
	size_t n_now, cap_now;
	struct count_rows *seen; /* those that are lists */
	size_t n_seen;
};

static void functions_free(struct functions *f)
{
	intern_free(&f->names);
	free(f->now);
	for (size_t i = 0; i < f->n_seen; i++)
		free(f->seen[i].at);
	free(f->seen);
}

static int slot_of(struct loader *l, struct sql *q, uint32_t *out, struct err *e)
{
	uint64_t phase = loader_count(l, q, 0), segment = loader_count(l, q, 1);

	if (phase >= MARKER_PHASES || segment >= MARKER_SEGMENTS)
		return loader_damaged(l, "a function's count is of no phase or segment", e);
	*out = (uint32_t)(phase * MARKER_SEGMENTS + segment);
	return 0;
}

/* Names come in an order that is mostly that of the runs before. */
static uint32_t name_of(struct loader *l, struct sql *q)
{
	struct functions *f = l->arg;

	if (f->like && f->n_now < f->like->count) {
		uint32_t guess = f->like->at[f->n_now].name;
		const char *text = intern_text(&f->names, guess);
		const char *name = sqlite3_column_blob(q->stmt, 2);
		size_t len = (size_t)sqlite3_column_bytes(q->stmt, 2);

		if (name && strlen(text) == len && !memcmp(name, text, len))
			return guess;
	}
	return intern_add(&f->names, loader_text(l, q, 2));
}

static int take_row(struct loader *l, struct sql *q, struct err *e)
{
	struct functions *f = l->arg;
	struct count_row *row;
	uint32_t slot = 0;
	int r = slot_of(l, q, &slot, e);

	if (r < 0)
		return r;
	if (f->n_now == f->cap_now) {
		size_t cap = 2 * f->cap_now + 512;
		struct count_row *grown = realloc(f->now, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		f->now = grown;
		f->cap_now = cap;
	}
	row = &f->now[f->n_now++];
	*row = (struct count_row){ .name = name_of(l, q),
				   .slot = slot,
				   .insns = loader_count(l, q, 3),
				   .calls = loader_count(l, q, 4) };
	return row->name == INTERN_NONE ? err_oom(e) : 0;
}

/* The record's runs are numbered later; until then they have the database's numbers. */
static int check(const struct loader *l, const uint64_t sums[MARKER_SLOTS], struct err *e)
{
	struct record_run run = *l->run;
	int r;

	run.id = l->run - l->out->runs + 1;
	r = record_check_sums(&run, sums, e);
	return r < 0 ? err_wrap(e, "experiment '%s' in the database is damaged", l->id) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct profile_function *)a)->name,
		      ((const struct profile_function *)b)->name);
}

/* The list of functions, sorted by name; *count of them. NULL: no memory. */
static struct profile_function *make_list(const struct functions *f, size_t *count)
{
	_cleanup_free_ uint32_t *places = calloc(f->names.count + 1, sizeof(*places));
	struct profile_function *list = calloc(f->n_now + 1, sizeof(*list));
	size_t n = 0;
	bool bad = !places || !list;

	for (size_t i = 0; !bad && i < f->n_now; i++) {
		const struct count_row *row = &f->now[i];
		uint32_t *place = &places[row->name];

		if (!*place) {
			list[n].name = strdup(intern_text(&f->names, row->name));
			bad = !list[n].name;
			*place = (uint32_t)++n;
		}
		list[*place - 1].insns[row->slot] = row->insns;
		list[*place - 1].calls[row->slot] = row->calls;
	}
	for (size_t i = 0; bad && list && i < n; i++)
		free(list[i].name);
	if (bad) {
		free(list);
		return NULL;
	}
	qsort(list, n, sizeof(*list), by_name);
	*count = n;
	return list;
}

/* The newest first: neighbours are of the same experiment's next block. */
static const struct count_rows *find_seen(const struct functions *f, uint64_t hash)
{
	for (size_t i = f->n_seen; i-- > 0;) {
		const struct count_rows *s = &f->seen[i];

		if (s->hash == hash && s->count == f->n_now &&
		    (!s->count || !memcmp(s->at, f->now, s->count * sizeof(*s->at))))
			return s;
	}
	return NULL;
}

static const struct count_rows *find_like(const struct functions *f, const struct record_run *run)
{
	for (size_t i = f->n_seen; i-- > 0;) {
		const struct record_run *other = f->seen[i].run;

		if (!strcmp(other->vmlinux_sha256, run->vmlinux_sha256) &&
		    !strcmp(other->scenario, run->scenario))
			return &f->seen[i];
	}
	return NULL;
}

static int remember(struct functions *f, const struct record_run *run, uint64_t hash, struct err *e)
{
	struct count_rows *grown = realloc(f->seen, (f->n_seen + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	f->seen = grown;
	grown[f->n_seen++] = (struct count_rows){ f->now, f->n_now, hash, run->counts, run };
	f->now = NULL;
	f->cap_now = 0;
	return 0;
}

static int keep(struct loader *l, struct err *e)
{
	struct functions *f = l->arg;
	uint64_t hash = record_hash(RECORD_HASH, f->now, f->n_now * sizeof(*f->now));
	const struct count_rows *seen = find_seen(f, hash);
	struct profile_function *list;
	size_t count = 0;

	if (seen) {
		l->run->counts = seen->counts;
		return 0;
	}
	list = make_list(f, &count);
	l->run->counts = list ? record_add_counts(l->out, list, count) : -ENOMEM;
	return l->run->counts < 0 ? err_oom(e) : remember(f, l->run, hash, e);
}

static int take_run(struct loader *l, struct sql *q, struct err *e)
{
	struct functions *f = l->arg;
	uint64_t sums[MARKER_SLOTS] = { 0 };
	int r;

	f->n_now = 0;
	f->like = find_like(f, l->run);
	r = loader_rows(l, q, take_row, e);
	for (size_t i = 0; r == 0 && i < f->n_now; i++)
		sums[f->now[i].slot] += f->now[i].insns;
	if (r == 0)
		r = check(l, sums, e);
	return r < 0 ? r : keep(l, e);
}

int loader_functions(struct loader *l, bool (*wanted)(const struct record_run *run), struct err *e)
{
	struct functions f = { 0 };
	int r;

	l->arg = &f;
	/* In the order of the primary key, so nothing is sorted. */
	r = loader_each(l, "function_count",
			"SELECT phase, segment, name, insns, calls FROM function_count WHERE "
			"run = ? ORDER BY run, phase, segment, name",
			wanted, take_run, e);
	functions_free(&f);
	record_link_counts(l->out);
	return r;
}

/* Slots that were found to be what their run's functions add up to. */
struct proven_slots {
	uint64_t hash;
	const struct profile_slot *slots;
};

struct proven {
	struct proven_slots *at;
	size_t count;
	uint64_t sums[MARKER_SLOTS]; /* of the run that is looked at */
};

static int take_sum(struct loader *l, struct sql *q, struct err *e)
{
	struct proven *p = l->arg;
	uint32_t slot = 0;
	int r = slot_of(l, q, &slot, e);

	if (r == 0)
		p->sums[slot] = loader_count(l, q, 2);
	return r;
}

static int check_run(struct loader *l, struct sql *q, struct err *e)
{
	const struct profile_slot *slots = l->run->measured.profile.slots;
	size_t size = sizeof(l->run->measured.profile.slots);
	uint64_t hash = record_hash(RECORD_HASH, slots, size);
	struct proven *p = l->arg;
	int r;

	/* Equal ones prove each other: no damage makes two runs equal that were not. */
	for (size_t i = p->count; i-- > 0;) {
		if (p->at[i].hash == hash && !memcmp(p->at[i].slots, slots, size))
			return 0;
	}
	memset(p->sums, 0, sizeof(p->sums));
	r = loader_rows(l, q, take_sum, e);
	if (r == 0)
		r = check(l, p->sums, e);
	if (r < 0)
		return r;
	p->at[p->count].hash = hash;
	p->at[p->count++].slots = slots;
	return 0;
}

int loader_check_sums(struct loader *l, struct err *e)
{
	struct proven proven = { .at = calloc(l->out->n_runs + 1, sizeof(*proven.at)) };
	int r = proven.at ? 0 : err_oom(e);

	l->arg = &proven;
	if (r == 0)
		r = loader_each(l, "function_count",
				"SELECT phase, segment, sum(min(max(insns, 0), 1 << 56)) AS "
				"insns FROM function_count "
				"WHERE run = ? GROUP BY phase, segment",
				loader_is_counted, check_run, e);
	free(proven.at);
	return r;
}
