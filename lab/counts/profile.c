// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/profile.h"

#include "base/cleanup.h"
#include "lab/counts/named.h"
#include "proto/crc32.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF (1ull << 63)

void profile_free(struct profile *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->functions[i].name);
		free(p->functions[i].costs);
	}
	free(p->functions);
	profile_tasks_free(p);
	free(p->spans);
	free(p->insns);
	*p = (struct profile){ 0 };
}

const char *cost_name(enum cost c)
{
	static const char *const names[COST_COUNT] = {
		"insns",    "loads",	   "stores",	     "atomics",	     "branches",
		"calls",    "tlb_flushes", "rep_iterations", "faults",	     "interrupts",
		"switches", "ipis",	   "lock_calls",     "string_bytes", "string_insns"
	};

	return names[c];
}

const uint64_t *profile_cost(const struct profile_function *f, enum cost c)
{
	if (c == COST_INSNS)
		return f->insns;
	return f->costs ? f->costs[c - 1] : NULL;
}

bool profile_knows_calls(const struct profile_function *f)
{
	bool executed = false, entered = false;

	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		executed = executed || f->insns[slot];
		entered = entered || f->calls[slot];
	}
	return !executed || entered || f->name[0] == '[';
}

uint64_t profile_slot_cost(const struct profile *p, unsigned slot, enum cost c)
{
	return c == COST_INSNS ? p->slots[slot].task : p->slots[slot].costs[c];
}

uint64_t profile_clock_insns(const struct profile *p, unsigned slot)
{
	const struct profile_slot *s = &p->slots[slot];

	return s->task + s->interrupts + s->others + s->rep_iterations;
}

static int check(const void *bytes, size_t len, struct counts_header *h, struct err *e)
{
	const char *records = (const char *)bytes + sizeof(*h);
	size_t insns;

	if (len < sizeof(*h))
		return err_set(e, EPROTO, "the plugin's counts are cut short");
	memcpy(h, bytes, sizeof(*h));
	if (h->magic != COUNTS_MAGIC || h->version != COUNTS_VERSION)
		return err_set(e, EPROTO, "the plugin's counts are of another version");
	if (h->n_tasks >= COUNTS_TASKS_MAX)
		return err_set(e, EPROTO, "the plugin's counts name %u tasks", h->n_tasks);
	insns = (size_t)h->n_insns * sizeof(struct counts_insn) +
		(size_t)h->n_tasks * COUNTS_TASK_BYTES;
	if (insns > len - sizeof(*h) ||
	    h->n_records > (len - sizeof(*h)) / sizeof(struct counts_record) ||
	    len - sizeof(*h) != h->n_records * sizeof(struct counts_record) + insns)
		return err_set(e, EPROTO, "the plugin's counts are cut short");
	if (crc32_update(crc32_update(0, h->halted, COUNTS_HEADER_SUMMED), records,
			 len - sizeof(*h)) != h->crc)
		return err_set(e, EPROTO, "the plugin's counts do not match their checksum");
	if (h->flags & COUNTS_OVERFLOW)
		return err_set(e, ENOMEM, "the plugin ran out of memory for its counts");
	return 0;
}

/* Sums while records are read: one entry a function of the symbols, and one for user code. */
struct sums {
	const struct symbols *symbols;
	struct profile_function **at; /* symbols_functions() + 1 entries, on demand */
	bool all_tasks;
	bool by_task; /* what other tasks executed is summed by their names, too */
	/* By the numbers of their names; at[] of each on demand. */
	struct profile_function **of_task[COUNTS_TASKS_MAX];
	uint64_t unattributed[COUNTS_TASKS_MAX][MARKER_SLOTS];
	unsigned n_tasks;
};

static void sum_free(struct profile_function *f)
{
	if (f)
		free(f->costs);
	free(f);
}

static void sums_free(struct profile_function **at, size_t n)
{
	for (size_t i = 0; at && i < n; i++)
		sum_free(at[i]);
	free(at);
}

static struct profile_function *sum_of(struct sums *s, size_t index)
{
	struct profile_function *f = s->at[index];

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (f)
		f->costs = calloc(COST_OF_FUNCTIONS - 1, sizeof(*f->costs));
	if (f && !f->costs) {
		free(f);
		f = NULL;
	}
	return s->at[index] = f;
}

/* How many of a record's instructions are of each class. -EPROTO if they cannot be its own. */
static int count_classes(const struct profile *p, const struct counts_record *r,
			 unsigned of[COUNTS_CLASSES], struct err *e)
{
	if (r->first >= p->n_insns || r->insns > p->n_insns - r->first)
		return err_set(e, EPROTO,
			       "the plugin's counts name %u instructions from %u on, of %zu",
			       r->insns, r->first, p->n_insns);
	for (unsigned i = 0; i < r->insns; i++) {
		const struct counts_insn *insn = &p->insns[r->first + i];

		if (insn->classes >> COUNTS_CLASSES || insn->element > PROFILE_ELEMENT_MAX ||
		    (insn->element & (insn->element - 1)) ||
		    (i ? insn->offset <= insn[-1].offset : insn->offset))
			return err_set(e, EPROTO, "the plugin's instruction %u is impossible",
				       r->first + i);
		for (unsigned c = 0; c < COUNTS_CLASSES; c++)
			of[c] += insn->classes >> c & 1;
	}
	return 0;
}

/* @f: NULL for what is unattributed. Sums stay below COUNTS_CLASSES times those of insns. */
static int add_costs(struct profile *p, const struct counts_record *r, uint64_t repeated,
		     struct profile_function *f, struct profile_slot *slot, struct err *e)
{
	unsigned of[COUNTS_CLASSES] = { 0 };
	int rc = count_classes(p, r, of, e);
	uint8_t last;

	if (rc < 0)
		return rc;
	if (r->rep_iterations && (r->insns > 1 || !p->insns[r->first].element))
		return err_set(e, EPROTO,
			       "the plugin has iterations of what is no REP string at %#llx",
			       (unsigned long long)r->vaddr);
	last = p->insns[r->first + r->insns - 1].classes;
	for (unsigned c = 0; c < COUNTS_CLASSES; c++) {
		uint64_t n = r->executions * of[c] - repeated * (last >> c & 1);

		slot->costs[COST_LOADS + c] += n;
		if (f)
			f->costs[COST_LOADS + c - 1][r->slot] += n;
	}
	slot->costs[COST_REP_ITERATIONS] += r->rep_iterations;
	slot->costs[COST_STRING_BYTES] += r->rep_iterations * p->insns[r->first].element;
	if (f)
		f->costs[COST_REP_ITERATIONS - 1][r->slot] += r->rep_iterations;
	if (r->vaddr >= KERNEL_HALF)
		p->spans[p->n_spans++] = (struct profile_span){ .vaddr = r->vaddr,
								.executions = r->executions,
								.repeated = repeated,
								.rep_iterations = r->rep_iterations,
								.first = r->first,
								.insns = r->insns,
								.slot = r->slot };
	return 0;
}

/* Interrupts, exceptions and switches, whoever was running: entries into their stubs. */
static void add_entries(const struct sums *s, const struct counts_record *r,
			struct profile_slot *slot)
{
	bool entry;
	long index = symbols_find(s->symbols, r->vaddr, &entry);

	if (index < 0 || !entry)
		return;
	switch (arch_entry_of(symbols_arch(s->symbols), symbols_name(s->symbols, (size_t)index))) {
	case ARCH_ENTRY_FAULT:
		slot->costs[COST_FAULTS] += r->executions;
		break;
	case ARCH_ENTRY_INTERRUPT:
		slot->costs[COST_INTERRUPTS] += r->executions;
		break;
	case ARCH_ENTRY_SWITCH:
		slot->costs[COST_SWITCHES] += r->executions;
		break;
	case ARCH_ENTRY_NONE:
		break;
	}
}

static int add_task(struct profile *p, struct sums *sums, const struct counts_record *r,
		    uint64_t repeated, struct profile_slot *slot, struct err *e)
{
	long index = (long)symbols_functions(sums->symbols);
	struct profile_function *f;
	uint64_t insns = r->executions * r->insns - repeated;
	bool entry = false;

	slot->task += insns;
	if (r->vaddr >= KERNEL_HALF)
		index = symbols_find(sums->symbols, r->vaddr, &entry);
	if (index < 0) {
		slot->unattributed += insns;
		return add_costs(p, r, repeated, NULL, slot, e);
	}
	f = sum_of(sums, (size_t)index);
	if (!f)
		return err_oom(e);
	f->insns[r->slot] += insns;
	/* What is repeated is the span's last instruction: the entry, if it is the only one. */
	if (entry)
		f->calls[r->slot] += r->executions - (r->insns == 1 ? repeated : 0);
	return add_costs(p, r, repeated, f, slot, e);
}

/* Of another task, whose number is @number. */
static int add_other(struct sums *sums, const struct counts_record *r, uint64_t repeated,
		     unsigned number, struct err *e)
{
	size_t n = symbols_functions(sums->symbols) + 1;
	long index = (long)n - 1;
	uint64_t insns = r->executions * r->insns - repeated;
	struct profile_function *f;
	bool entry = false;

	if (!sums->of_task[number]) {
		sums->of_task[number] = calloc(n, sizeof(*sums->of_task[number]));
		if (!sums->of_task[number])
			return err_oom(e);
	}
	if (r->vaddr >= KERNEL_HALF)
		index = symbols_find(sums->symbols, r->vaddr, &entry);
	if (index < 0) {
		sums->unattributed[number][r->slot] += insns;
		return 0;
	}
	f = sums->of_task[number][index];
	if (!f)
		f = sums->of_task[number][index] = calloc(1, sizeof(*f));
	if (!f)
		return err_oom(e);
	f->insns[r->slot] += insns;
	if (entry)
		f->calls[r->slot] += r->executions - (r->insns == 1 ? repeated : 0);
	return 0;
}

static int add_record(struct profile *p, struct sums *sums, const struct counts_record *r,
		      struct err *e)
{
	struct profile_slot *slot;
	uint64_t insns, repeated;

	if (r->slot >= MARKER_SLOTS || r->context > COUNTS_OTHER + sums->n_tasks || !r->insns)
		return err_set(e, EPROTO, "the plugin's counts name slot %u, context %u, %u insns",
			       r->slot, r->context, r->insns);
	if (r->executions > PROFILE_INSNS_MAX / r->insns || r->retries > r->executions ||
	    r->rep_iterations > r->executions - r->retries)
		return err_set(e, EPROTO, "the plugin's counts are impossible at %#llx",
			       (unsigned long long)r->vaddr);
	/* Only the last instruction of a span is executed again after a fault. */
	repeated = r->retries + r->rep_iterations;
	insns = r->executions * r->insns - repeated;
	slot = &p->slots[r->slot];
	if (profile_clock_insns(p, r->slot) + slot->retries + insns + repeated > PROFILE_INSNS_MAX)
		return err_set(e, EPROTO, "the plugin's counts are impossible in slot %u", r->slot);
	slot->rep_iterations += r->rep_iterations;
	slot->retries += r->retries;
	if (r->vaddr >= KERNEL_HALF)
		add_entries(sums, r, slot);
	if (r->context == COUNTS_INTERRUPT) {
		slot->interrupts += insns;
		return 0;
	}
	if (r->context >= COUNTS_OTHER && sums->by_task) {
		int rc = add_other(sums, r, repeated, r->context - COUNTS_OTHER, e);

		if (rc < 0)
			return rc;
	}
	if (r->context < COUNTS_OTHER || sums->all_tasks)
		return add_task(p, sums, r, repeated, slot, e);
	slot->others += insns;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct profile_function *)a)->name,
		      ((const struct profile_function *)b)->name);
}

static int collect(const struct symbols *symbols, struct profile_function **at,
		   struct profile_function **functions, size_t *count, struct err *e)
{
	size_t n = symbols_functions(symbols) + 1, used = 0;

	for (size_t i = 0; i < n; i++)
		used += at[i] != NULL;
	*functions = calloc(used + 1, sizeof(**functions));
	if (!*functions)
		return err_oom(e);
	for (size_t i = 0; i < n; i++) {
		struct profile_function *f = &(*functions)[*count];

		if (!at[i])
			continue;
		*f = *at[i];
		f->name = strdup(i + 1 < n ? symbols_name(symbols, i) : "[user]");
		if (!f->name)
			return err_oom(e);
		at[i]->costs = NULL;
		++*count;
	}
	qsort(*functions, *count, sizeof(**functions), by_name);
	return 0;
}

static int by_task_name(const void *a, const void *b)
{
	return strcmp(((const struct profile_task *)a)->name,
		      ((const struct profile_task *)b)->name);
}

static int collect_tasks(struct sums *s, const char names[][COUNTS_TASK_BYTES], struct profile *out,
			 struct err *e)
{
	int r = 0;

	out->tasks = calloc(COUNTS_TASKS_MAX, sizeof(*out->tasks));
	if (!out->tasks)
		return err_oom(e);
	for (unsigned i = 0; r == 0 && i < COUNTS_TASKS_MAX; i++) {
		struct profile_task *t = &out->tasks[out->n_tasks];

		if (!s->of_task[i])
			continue;
		if (i)
			memcpy(t->name, names[i - 1], sizeof(t->name));
		memcpy(t->unattributed, s->unattributed[i], sizeof(t->unattributed));
		out->n_tasks++;
		r = collect(s->symbols, s->of_task[i], &t->functions, &t->count, e);
	}
	qsort(out->tasks, out->n_tasks, sizeof(*out->tasks), by_task_name);
	return r;
}

/* Each is a word, and its own. */
static int check_names(const char names[][COUNTS_TASK_BYTES], unsigned n, struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		bool good = names[i][0] && !names[i][COUNTS_TASK_BYTES - 1];

		for (unsigned k = 0; good && names[i][k]; k++)
			good = names[i][k] > ' ' && names[i][k] < 127;
		for (unsigned k = 0; good && k < i; k++)
			good = strcmp(names[i], names[k]) != 0;
		if (!good)
			return err_set(e, EPROTO, "the plugin's name %u of a task is none", i + 1);
	}
	return 0;
}

/* Of a file that was checked, as many instructions as it has, and room for as many spans. */
static int take_insns(const void *bytes, const struct counts_header *h, struct profile *out,
		      struct err *e)
{
	out->spans = calloc(h->n_records + 1, sizeof(*out->spans));
	out->insns = calloc(h->n_insns + 1ul, sizeof(*out->insns));
	if (!out->spans || !out->insns)
		return err_oom(e);
	memcpy(out->insns,
	       (const char *)bytes + sizeof(*h) + h->n_records * sizeof(struct counts_record),
	       h->n_insns * sizeof(*out->insns));
	out->n_insns = h->n_insns;
	return 0;
}

static int take_halted(struct profile *p, const struct counts_header *h, struct err *e)
{
	p->halted_known = h->flags & COUNTS_HALTED;
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		if (h->halted[slot] > (p->halted_known ? PROFILE_INSNS_MAX : 0))
			return err_set(e, EPROTO,
				       "the plugin's halted time is impossible in slot %u", slot);
		p->slots[slot].halted = h->halted[slot];
	}
	return 0;
}

enum cost profile_named_cost(const struct profile_function *f, const uint64_t **counts)
{
	switch (named_function(f->name)) {
	case NAMED_LOCK:
		*counts = f->calls;
		return COST_LOCK_CALLS;
	case NAMED_IPI:
		*counts = f->calls;
		return COST_IPIS;
	case NAMED_STRING:
		*counts = f->insns;
		return COST_STRING_INSNS;
	case NAMED_NOTHING:
		break;
	}
	return COST_COUNT;
}

static void add_named(struct profile *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const uint64_t *counts;
		enum cost c = profile_named_cost(&p->functions[i], &counts);

		for (unsigned slot = 0; c < COST_COUNT && slot < MARKER_SLOTS; slot++)
			p->slots[slot].costs[c] += counts[slot];
	}
}

int profile_read(const void *bytes, size_t len, const struct symbols *symbols, bool all_tasks,
		 struct profile *out, struct err *e)
{
	size_t n = symbols_functions(symbols) + 1;
	struct sums sums = { .symbols = symbols, .all_tasks = all_tasks };
	char names[COUNTS_TASKS_MAX][COUNTS_TASK_BYTES];
	struct counts_header h;
	int r = check(bytes, len, &h, e);

	*out = (struct profile){ 0 };
	if (r < 0)
		return r;
	out->plugin_api = h.api;
	memcpy(out->regions, h.regions, sizeof(out->regions));
	out->region_flags = h.flags & COUNTS_REGION_WRONG;
	out->vector = out->events = true;
	r = take_halted(out, &h, e);
	if (r == 0)
		r = take_insns(bytes, &h, out, e);
	memcpy(names, (const char *)bytes + len - h.n_tasks * sizeof(*names),
	       h.n_tasks * sizeof(*names));
	if (r == 0)
		r = check_names(names, h.n_tasks, e);
	sums.by_task = h.n_tasks;
	sums.n_tasks = h.n_tasks;
	sums.at = calloc(n, sizeof(*sums.at));
	if (r == 0 && !sums.at)
		r = err_oom(e);
	for (uint64_t i = 0; r == 0 && i < h.n_records; i++) {
		struct counts_record record;

		memcpy(&record, (const char *)bytes + sizeof(h) + i * sizeof(record),
		       sizeof(record));
		r = add_record(out, &sums, &record, e);
	}
	if (r == 0)
		r = collect(symbols, sums.at, &out->functions, &out->count, e);
	if (r == 0)
		r = collect_tasks(&sums, names, out, e);
	if (r == 0)
		add_named(out);
	sums_free(sums.at, n);
	for (unsigned i = 0; i < COUNTS_TASKS_MAX; i++)
		sums_free(sums.of_task[i], n);
	if (r < 0)
		profile_free(out);
	return r;
}
