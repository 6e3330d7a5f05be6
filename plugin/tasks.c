// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/tasks.h"

#include "plugin/context.h"
#include "plugin/memory.h"

#include <string.h>

#define TASK_STRUCT_BYTES 16384u /* at most */
#define INTERRUPTS 1u		 /* number of COUNTS_TASK_INTERRUPTS */

void tasks_name(const char comm[COUNTS_TASK_BYTES], char out[COUNTS_TASK_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	size_t n = 0;
	bool cut;

	while (n < COUNTS_TASK_BYTES - 1 && comm[n] && comm[n] != '/') {
		out[n] = strchr(letters, comm[n]) ? comm[n] : '_';
		n++;
	}
	/* Of jbd2/sda1-8 that is enough; kswapd0 has the number of its node. */
	cut = comm[n] == '/';
	while (!cut && n > 1 && strchr("0123456789.", out[n - 1]))
		n--;
	memset(out + n, 0, COUNTS_TASK_BYTES - n);
}

uint32_t tasks_displacement(const uint8_t *bytes, size_t len)
{
	static const uint8_t store[] = { 0x48, 0x89, 0xa7 }, load[] = { 0x48, 0x8b, 0xa6 };
	uint32_t displacement;

	if (len != sizeof(store) + sizeof(displacement) ||
	    (memcmp(bytes, store, sizeof(store)) != 0 && memcmp(bytes, load, sizeof(load)) != 0))
		return 0;
	memcpy(&displacement, bytes + sizeof(store), sizeof(displacement));
	return displacement;
}

void tasks_learn(struct tasks *t, uint64_t own)
{
	static const char name[] = COUNTS_OWN_NAME;
	char bytes[TASK_STRUCT_BYTES];
	const char *found;

	if (t->off || t->comm_offset)
		return;
	if (!memory_read(own, bytes, sizeof(bytes))) {
		t->off = true;
		return;
	}
	found = memmem(bytes, sizeof(bytes) - COUNTS_TASK_BYTES, name, sizeof(name));
	t->off = !found;
	t->comm_offset = found ? (size_t)(found - bytes) : 0;
	t->n_names = INTERRUPTS + 1;
	memcpy(t->names[INTERRUPTS], COUNTS_TASK_INTERRUPTS, sizeof(COUNTS_TASK_INTERRUPTS));
}

unsigned tasks_number(const struct tasks *t)
{
	if (!t->now)
		return 0;
	return t->now->frame ? INTERRUPTS : t->now->named;
}

/* The number of a name; 0 if there is no room for another. */
static unsigned number_of(struct tasks *t, const char name[COUNTS_TASK_BYTES])
{
	for (unsigned i = 1; i < t->n_names; i++) {
		if (!memcmp(t->names[i], name, COUNTS_TASK_BYTES))
			return i;
	}
	if (t->n_names == COUNTS_TASKS_MAX)
		return 0;
	memcpy(t->names[t->n_names], name, COUNTS_TASK_BYTES);
	return t->n_names++;
}

/* A task_struct that was freed may be another's by now, so the name is read each time. */
static struct seen_task *see(struct tasks *t, uint64_t at)
{
	char comm[COUNTS_TASK_BYTES], name[COUNTS_TASK_BYTES];
	struct seen_task *s = NULL;

	if (!memory_read(at + t->comm_offset, comm, sizeof(comm)))
		return NULL;
	for (unsigned i = 0; i < t->n_seen && !s; i++) {
		if (t->seen[i].at == at)
			s = &t->seen[i];
	}
	if (!s) {
		if (t->n_seen == TASKS_SEEN_MAX)
			return NULL;
		s = &t->seen[t->n_seen++];
		*s = (struct seen_task){ .at = at };
	}
	tasks_name(comm, name);
	if (!s->named || memcmp(t->names[s->named], name, sizeof(name)) != 0) {
		s->named = number_of(t, name);
		s->frame = 0;
	}
	return s;
}

bool tasks_would_change(struct tasks *t)
{
	return t->next && t->comm_offset && (!t->now || t->now->at != t->next);
}

void tasks_enter(struct tasks *t)
{
	t->now = t->next && t->comm_offset ? see(t, t->next) : NULL;
}

bool tasks_interrupt(const struct tasks *t, uint64_t vaddr)
{
	return t->now && !t->now->frame && !context_entry_area(vaddr);
}

void tasks_interrupt_apply(struct tasks *t, uint64_t vaddr)
{
	t->now->frame = vaddr + 8; /* as in context_interrupt_push() */
}

bool tasks_iret(const struct tasks *t, uint64_t vaddr)
{
	return t->now && t->now->frame && t->now->frame == vaddr;
}

void tasks_iret_apply(struct tasks *t)
{
	t->now->frame = 0;
}
