// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/events.h"

#include "reading/reading.h"
#include "reading/slope.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SMALLEST 0.0005 /* of an event per item: less is nothing */
/* Instructions that a loop has for a byte, from the widest step of one to a byte at a time. */
#define LOOP_INSNS_PER_BYTE_MIN (1.0 / 64)
#define LOOP_INSNS_PER_BYTE_MAX 4.0

static const enum cost costs[EVENT_COUNT] = {
	[EVENT_ATOMICS] = COST_ATOMICS,
	[EVENT_TLB_FLUSHES] = COST_TLB_FLUSHES,
	[EVENT_IPIS] = COST_IPIS,
	[EVENT_INTERRUPTS] = COST_INTERRUPTS,
	[EVENT_FAULTS] = COST_FAULTS,
	[EVENT_SWITCHES] = COST_SWITCHES,
	[EVENT_LOCK_CALLS] = COST_LOCK_CALLS,
	[EVENT_STRING_BYTES] = COST_STRING_BYTES,
};

const char *event_name(enum event which)
{
	return cost_name(costs[which]);
}

enum cost event_cost(enum event which)
{
	return costs[which];
}

struct event_delta event_delta(double old_value, double new_value, double spread, double threshold)
{
	struct event_delta d = { .old_value = old_value, .new_value = new_value, .spread = spread };
	double delta = fabs(new_value - old_value);

	d.differs = delta >= SMALLEST && delta >= READING_SPREADS * spread;
	d.matters = d.differs && delta >= threshold * fabs(old_value);
	return d;
}

/* One cost of a run, per item. */
struct side {
	double value, spread;
};

static struct side side_of(const struct slope *s, const struct run *run, enum cost c)
{
	uint64_t values[MARKER_SLOTS];

	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++)
		values[slot] = profile_slot_cost(&run->profile, slot, c);
	return (struct side){ slope_mean(s, values), slope_spread(s, values) };
}

static struct event_delta event_of(const struct slope *s, const struct run *o, const struct run *n,
				   enum cost c, double threshold)
{
	const struct side was = side_of(&s[0], o, c), is = side_of(&s[1], n, c);

	return event_delta(was.value, is.value, fmax(was.spread, is.spread), threshold);
}

static double ratio(double old_value, double new_value)
{
	return old_value > 0 ? new_value / old_value : NAN;
}

/* Of @insns and as many as the bytes make, the part that the bytes make. */
static double outside(double insns, double bytes)
{
	double steps = bytes / STRING_STEP_BYTES;

	return steps > 0 && insns > 0 ? steps / (insns + steps) : 0;
}

/* Bytes that one side moves by REP and the other not, for which that one has a loop's instructions.
 */
static enum string_shift shift_of(const struct string_work *w, double matters)
{
	double bytes = w->old_bytes - w->new_bytes, insns = w->new_insns - w->old_insns;

	if (fabs(insns) < matters || bytes * insns <= 0 ||
	    fabs(insns) < LOOP_INSNS_PER_BYTE_MIN * fabs(bytes) ||
	    fabs(insns) > LOOP_INSNS_PER_BYTE_MAX * fabs(bytes))
		return STRINGS_STAY;
	return bytes > 0 ? STRINGS_TO_LOOPS : STRINGS_TO_REP;
}

static struct string_work strings_of(const struct slope s[2], const struct run *o,
				     const struct run *n, double threshold)
{
	const double was = side_of(&s[0], o, COST_INSNS).value,
		     is = side_of(&s[1], n, COST_INSNS).value;
	struct string_work w = {
		.old_insns = side_of(&s[0], o, COST_STRING_INSNS).value,
		.new_insns = side_of(&s[1], n, COST_STRING_INSNS).value,
		.old_bytes = side_of(&s[0], o, COST_STRING_BYTES).value,
		.new_bytes = side_of(&s[1], n, COST_STRING_BYTES).value,
	};

	w.old_without = was - w.old_insns;
	w.new_without = is - w.new_insns;
	w.ratio_without = ratio(w.old_without, w.new_without);
	w.old_by_steps = was + w.old_bytes / STRING_STEP_BYTES;
	w.new_by_steps = is + w.new_bytes / STRING_STEP_BYTES;
	w.ratio_by_steps = ratio(w.old_by_steps, w.new_by_steps);
	w.old_outside = outside(was, w.old_bytes);
	w.new_outside = outside(is, w.new_bytes);
	w.shift = shift_of(&w, threshold * fabs(was));
	return w;
}

void events_of(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	       double threshold, struct events *out)
{
	const struct slope wholes[] = { slope_whole(s, old_run), slope_whole(s, new_run) };

	*out = (struct events){ .known = old_run->profile.events && new_run->profile.events };
	if (!out->known)
		return;
	for (enum event i = 0; i < EVENT_COUNT; i++)
		out->at[i] = event_of(wholes, old_run, new_run, costs[i], threshold);
	out->strings = strings_of(wholes, old_run, new_run, threshold);
}

/* A sentence that grows; what has no room is left out whole. */
struct sentence {
	char *out;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct sentence *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s->out + s->len, s->size - s->len, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < s->size - s->len)
		s->len += (size_t)n;
	else
		s->out[s->len] = '\0';
}

/* "sends fewer IPIs"; NULL: the verdict's sentence does not name it. */
static const char *words_of(enum event which, bool more)
{
	static const char *const words[EVENT_COUNT][2] = {
		[EVENT_ATOMICS] = { "executes fewer atomics", "executes more atomics" },
		[EVENT_TLB_FLUSHES] = { "flushes the TLB less often",
					"flushes the TLB more often" },
		[EVENT_IPIS] = { "sends fewer IPIs", "sends more IPIs" },
		[EVENT_SWITCHES] = { "switches tasks less often", "switches tasks more often" },
		[EVENT_LOCK_CALLS] = { "takes fewer locks", "takes more locks" },
	};

	return words[which][more];
}

/* The order of weight: what other CPUs have to answer comes first. */
static const enum event told[] = { EVENT_IPIS, EVENT_TLB_FLUSHES, EVENT_SWITCHES, EVENT_LOCK_CALLS,
				   EVENT_ATOMICS };

static void say_shift(const struct string_work *w, const char *item, struct sentence *s)
{
	const bool to_loops = w->shift == STRINGS_TO_LOOPS;
	char bytes[READING_NUMBER_BYTES], insns[READING_NUMBER_BYTES];

	add(s,
	    "; bytes moved from %s: %s %s per %s by REP strings, which count once, and %s %s "
	    "instructions in string functions, without which the iteration's ratio is %.4f",
	    to_loops ? "REP strings to loops" : "loops to REP strings",
	    reading_number(fabs(w->old_bytes - w->new_bytes), bytes), to_loops ? "fewer" : "more",
	    item, reading_number(fabs(w->new_insns - w->old_insns), insns),
	    to_loops ? "more" : "fewer", w->ratio_without);
}

void events_say(const struct events *x, const char *item, char *out, size_t size)
{
	struct sentence s = { out, size, 0 };
	bool any = false;

	out[0] = '\0';
	if (!x->known)
		return;
	if (x->strings.shift != STRINGS_STAY && isfinite(x->strings.ratio_without))
		say_shift(&x->strings, item, &s);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const struct event_delta *d = &x->at[told[i]];
		char was[READING_NUMBER_BYTES], is[READING_NUMBER_BYTES];

		if (!d->matters)
			continue;
		add(&s, "%s%s (%s -> %s)", any ? ", " : "; NEW ",
		    words_of(told[i], d->new_value > d->old_value),
		    reading_number(d->old_value, was), reading_number(d->new_value, is));
		any = true;
	}
}
