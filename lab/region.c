// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/region.h"

#include <errno.h>

static int check_use(uint32_t flags, struct err *e)
{
	if (flags & COUNTS_REGION_TWICE)
		return err_unmeasured(e, EPROTO,
				      "the program opens its region of interest while it is open");
	if (flags & COUNTS_REGION_NOT_OPEN)
		return err_unmeasured(
			e, EPROTO, "the program closes its region of interest while none is open");
	if (flags & COUNTS_REGION_LEFT_OPEN)
		return err_unmeasured(e, EPROTO,
				      "the program ends with its region of interest open");
	return 0;
}

/* Every execution has a region, or none has. */
static int check_windows(const struct run *run, bool *any, struct err *e)
{
	uint64_t all = 0, with = 0;

	for (unsigned phase = 0; phase < MARKER_PHASES; phase++) {
		if (phase == MARKER_PHASE_EMPTY)
			continue;
		all += run->phases[phase].windows;
		with += run->profile.regions[phase];
	}
	*any = with > 0;
	if (with && with != all)
		return err_unmeasured(e, EPROTO,
				      "the program opens a region of interest in %llu of its %llu "
				      "executions; it has to in all or in none",
				      (unsigned long long)with, (unsigned long long)all);
	return 0;
}

static void move(uint64_t values[MARKER_SLOTS], unsigned slot)
{
	values[slot] = values[slot + MARKER_REGION_SEGMENT];
	values[slot + MARKER_REGION_SEGMENT] = 0;
}

static void move_functions(struct profile *p, unsigned slot)
{
	for (size_t i = 0; i < p->count; i++) {
		struct profile_function *f = &p->functions[i];

		move(f->insns, slot);
		move(f->calls, slot);
		for (unsigned c = 0; f->costs && c < COST_OF_FUNCTIONS - 1; c++)
			move(f->costs[c], slot);
	}
}

/* Spans beside the region go, and those in it take their place. */
static void move_spans(struct profile *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_spans; i++) {
		struct profile_span s = p->spans[i];

		if (s.slot / MARKER_SEGMENTS != MARKER_PHASE_EMPTY) {
			if (s.slot % MARKER_SEGMENTS != MARKER_REGION_SEGMENT)
				continue;
			s.slot = (uint8_t)(s.slot - MARKER_REGION_SEGMENT);
		}
		p->spans[kept++] = s;
	}
	p->n_spans = kept;
}

static int move_phase(struct run *run, unsigned phase, struct err *e)
{
	struct profile *p = &run->profile;
	unsigned slot = phase * MARKER_SEGMENTS;
	uint64_t beside = profile_clock_insns(p, slot) + p->slots[slot].halted;

	if (beside > run->phases[phase].tsc_ticks)
		return err_unmeasured(e, EPROTO,
				      "phase %u: more was counted beside the region than the clock "
				      "went on",
				      phase);
	run->phases[phase].tsc_ticks -= beside;
	p->slots[slot] = p->slots[slot + MARKER_REGION_SEGMENT];
	p->slots[slot + MARKER_REGION_SEGMENT] = (struct profile_slot){ 0 };
	move_functions(p, slot);
	return 0;
}

int region_take(struct run *run, struct err *e)
{
	bool any = false;
	int r = check_use(run->profile.region_flags, e);

	if (r == 0)
		r = check_windows(run, &any, e);
	for (unsigned phase = 0; r == 0 && any && phase < MARKER_PHASES; phase++) {
		if (phase != MARKER_PHASE_EMPTY)
			r = move_phase(run, phase, e);
	}
	if (r == 0 && any)
		move_spans(&run->profile);
	run->output.region = any;
	return r;
}
