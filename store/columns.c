// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/columns.h"

#include "base/cleanup.h"

#include <string.h>

/* clang-format off */
#define OF(name, row0, member) { name, offsetof(struct run, row0.member), \
	sizeof(((struct run *)0)->row0), sizeof(((struct run *)0)->row0.member) }
/* clang-format on */

static const struct number_column phase_columns[] = {
	OF("iterations", phases[0], iterations),
	OF("windows", phases[0], windows),
	OF("clock_ticks", phases[0], tsc_ticks),
	OF("minor_faults", phases[0], minor_faults),
	OF("major_faults", phases[0], major_faults),
	{ "halted", offsetof(struct run, halted_ticks), sizeof(uint64_t), sizeof(uint64_t) },
};
static const struct number_column slot_columns[] = {
	OF("task", profile.slots[0], task),
	OF("unattributed", profile.slots[0], unattributed),
	OF("interrupts", profile.slots[0], interrupts),
	OF("other_tasks", profile.slots[0], others),
	OF("rep_iterations", profile.slots[0], rep_iterations),
	OF("fault_retries", profile.slots[0], retries),
};
static const struct number_column timing_columns[] = {
	OF("step_ns", timing, clock.step_ns),
	OF("read_ns", timing, clock.read_ns),
	OF("rounds", timing, timed.rounds),
	OF("rounds_max", timing, timed.rounds_max),
	OF("min_time_ns", timing, timed.min_time_ns),
	OF("total_ns", timing, timed.total_ns),
	OF("minor_faults", timing, timed.minor_faults),
	OF("major_faults", timing, timed.major_faults),
};

const struct number_table phase_numbers = { "phase", "phase", phase_columns,
					    ARRAY_SIZE(phase_columns) };
const struct number_table slot_numbers = { "slot", "phase,segment,name", slot_columns,
					   ARRAY_SIZE(slot_columns) };
const struct number_table timing_numbers = { "timing", "", timing_columns,
					     ARRAY_SIZE(timing_columns) };

uint64_t number_get(const struct number_column *c, const struct run *run, size_t row)
{
	const char *at = (const char *)run + c->offset + row * c->step;
	uint32_t small;
	uint64_t value;

	if (c->bytes == sizeof(small)) {
		memcpy(&small, at, sizeof(small));
		return small;
	}
	memcpy(&value, at, sizeof(value));
	return value;
}

void number_set(const struct number_column *c, struct run *run, size_t row, uint64_t value)
{
	char *at = (char *)run + c->offset + row * c->step;
	uint32_t small = (uint32_t)value;

	if (c->bytes == sizeof(small))
		memcpy(at, &small, sizeof(small));
	else
		memcpy(at, &value, sizeof(value));
}

uint64_t number_max(const struct number_column *c)
{
	return c->bytes == sizeof(uint32_t) ? UINT32_MAX : INT64_MAX;
}

void number_names(const struct number_table *t, struct buf *out)
{
	buf_printf(out, "%s%s", t->keys, *t->keys ? "," : "");
	for (size_t i = 0; i < t->count; i++)
		buf_printf(out, "%s%s", i ? "," : "", t->columns[i].name);
}
