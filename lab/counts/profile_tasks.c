// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct profile_task *profile_task(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (!strcmp(p->tasks[i].name, name))
			return &p->tasks[i];
	}
	return NULL;
}

void profile_task_insns(const struct profile_task *t, uint64_t out[MARKER_SLOTS])
{
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		out[slot] = t->unattributed[slot];
		for (size_t i = 0; i < t->count; i++)
			out[slot] += t->functions[i].insns[slot];
	}
}

uint64_t profile_others_insns(const struct profile *p, unsigned slot)
{
	const struct profile_task *spinner = profile_task(p, COUNTS_SPINNER_NAME);
	uint64_t insns = p->slots[slot].others;

	for (size_t i = 0; spinner && i < spinner->count; i++)
		insns -= spinner->functions[i].insns[slot] < insns
				 ? spinner->functions[i].insns[slot]
				 : insns;
	return insns;
}

void profile_tasks_free(struct profile *p)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		for (size_t k = 0; k < p->tasks[i].count; k++)
			free(p->tasks[i].functions[k].name);
		free(p->tasks[i].functions);
	}
	free(p->tasks);
	p->tasks = NULL;
	p->n_tasks = 0;
}

/* Lists are full when they have a power of two; NULL: no memory. */
static void *room(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return realloc(list, (count ? 2 * count : 1) * size);
}

static struct profile_task *last_task(struct profile *p, const char *name, int *r)
{
	struct profile_task *t = p->n_tasks ? &p->tasks[p->n_tasks - 1] : NULL;
	int order = t ? strcmp(name, t->name) : 1;

	*r = order < 0 || strlen(name) >= sizeof(t->name) ? -EINVAL : 0;
	if (*r < 0 || !order)
		return t;
	t = room(p->tasks, p->n_tasks, sizeof(*t));
	if (!t) {
		*r = -ENOMEM;
		return NULL;
	}
	p->tasks = t;
	t = &p->tasks[p->n_tasks++];
	*t = (struct profile_task){ 0 };
	memcpy(t->name, name, strlen(name));
	return t;
}

int profile_add_task_count(struct profile *p, const char *task, const char *function, unsigned slot,
			   uint64_t insns, uint64_t calls)
{
	struct profile_task *t;
	struct profile_function *f;
	int r, order;

	if (insns > PROFILE_INSNS_MAX || calls > PROFILE_INSNS_MAX)
		return -EINVAL;
	t = last_task(p, task, &r);
	if (r < 0)
		return r;
	if (!*function) {
		t->unattributed[slot] = insns;
		return t->count || calls ? -EINVAL : 0;
	}
	f = t->count ? &t->functions[t->count - 1] : NULL;
	order = f ? strcmp(function, f->name) : 1;
	if (order < 0)
		return -EINVAL;
	if (order) {
		f = room(t->functions, t->count, sizeof(*f));
		if (!f)
			return -ENOMEM;
		t->functions = f;
		f = &t->functions[t->count];
		*f = (struct profile_function){ .name = strdup(function) };
		if (!f->name)
			return -ENOMEM;
		t->count++;
	}
	f->insns[slot] = insns;
	f->calls[slot] = calls;
	return 0;
}

int profile_each_task_count(const struct profile *p, profile_task_fn fn, void *arg)
{
	int r = 0;

	for (size_t i = 0; i < p->n_tasks; i++) {
		const struct profile_task *t = &p->tasks[i];

		for (unsigned slot = 0; r == 0 && slot < MARKER_SLOTS; slot++) {
			if (t->unattributed[slot])
				r = fn(t->name, "", slot, t->unattributed[slot], 0, arg);
		}
		for (size_t k = 0; r == 0 && k < t->count * MARKER_SLOTS; k++) {
			const struct profile_function *f = &t->functions[k / MARKER_SLOTS];
			unsigned slot = k % MARKER_SLOTS;

			if (f->insns[slot] || f->calls[slot])
				r = fn(t->name, f->name, slot, f->insns[slot], f->calls[slot], arg);
		}
	}
	return r;
}

bool profile_tasks_possible(const struct profile *p, unsigned slot)
{
	uint64_t sum = 0, most = p->slots[slot].others;

	/* Of a foreign program they are the task's, and told once more. */
	most = most ? most : p->slots[slot].task;
	for (size_t i = 0; i < p->n_tasks; i++) {
		sum += p->tasks[i].unattributed[slot];
		for (size_t k = 0; k < p->tasks[i].count && sum <= most; k++)
			sum += p->tasks[i].functions[k].insns[slot];
		if (sum > most)
			return false;
	}
	return !p->n_tasks || !p->slots[slot].others || sum == most;
}
