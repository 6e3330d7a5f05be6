/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reading: one number that was measured, with all that has to travel with it. What is
 * concluded, judged, searched and written anywhere is made of readings; no command has a slope, a
 * spread or a rule of its own.
 *
 * A counted reading is exact if
 *   - it ran on one CPU;
 *   - the run's functions add up to its total, and all pairs of its phases (reading/slope.h) agree
 *     in every segment, in every function that the reading sums and in what no function has;
 *   - counts and measured halted time together agree with the emulator's clock, to its step;
 * and several readings of one thing are exact together if each is and all agree, functions too.
 * Else it is near-exact, and why_not says why. Timed, printed, estimated and replayed
 * readings never are.
 */
#ifndef READING_READING_H
#define READING_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READING_NAME_BYTES 192
#define READING_WHY_BYTES 256

enum reading_kind {
	READING_COUNTED,
	READING_TIMED,
	READING_PRINTED,
	READING_ESTIMATED,
	READING_REPLAYED, /* the kernel's own code on the host's processor */
};

struct quantity {
	char name[READING_NAME_BYTES]; /* "protect_insns_per_page" */
	const char *unit;	       /* insns, ns, printed; static */
	const char *item;	       /* page, call; "" of what a program printed; borrowed */
	enum reading_kind kind;
};

struct reading {
	struct quantity of;
	double value;  /* of the unit, per item; NAN: refused, and why_not says why */
	double spread; /* how far its measurements are apart; NAN: not known */
	/* Per item: what the emulator's clock saw and nobody counted, or the other way round. */
	double unseen;
	/* Exact ones are the same in all functions if this is the same too; else 0. */
	uint64_t functions;
	bool exact;
	char why_not[READING_WHY_BYTES]; /* "" where exact */
	/*
	 * Of one that is not exact and was set beside others (reading/parts.h): what functions
	 * have that are exact in all of them, and how far two measurements of the rest are apart.
	 */
	bool parted;
	double part, rest_spread;
};

/* "counted", "timed", "printed", "estimated", "replayed" */
const char *reading_kind_name(enum reading_kind kind);
/* "exact" or "near-exact", of a counted reading */
const char *reading_exactness(bool exact);

/*
 * Several readings of one thing, as of the blocks of an experiment, as one: the mean, or the value
 * itself where all agree; the larger of the range and of the spreads. @n is 1 or more; refused ones
 * have to be left out before. A mean of equal values is that value, to the last bit.
 */
void reading_combine(const struct reading *const *at, size_t n, struct reading *out);

/* An effect must exceed the noise floor this many times to be believed. */
#define READING_SPREADS 3

enum reading_difference {
	READING_SAME,	 /* no difference, and one that matters would have been seen */
	READING_DIFFERS, /* by what matters, and beyond the floor */
	/* The whole cannot be told; but what is exact of it does (reading/parts.h). */
	READING_PART_DIFFERS,
	READING_SMALL,	     /* really, but by less than what matters */
	READING_BELOW_NOISE, /* by less than the floor, which is less than what matters */
	READING_CANNOT_TELL, /* the floor hides what would matter */
};

/* Of two readings; all per item. */
struct reading_change {
	enum reading_difference is;
	double delta;	 /* new less old */
	double smallest; /* what matters: the threshold times |old| */
	double floor;	 /* what could have been seen: three spreads, and what is unseen */
	bool exact;	 /* both are */
	/* Both have parts (reading/parts.h): the change of what is exact, and of what varies. */
	bool parted;
	double part_delta, rest_delta;
	double rest_spread; /* of the side that varies more */
	bool by_parts;	    /* READING_DIFFERS of the whole, but by what its parts leave possible */
};

/* @threshold: the smallest change that matters, as a fraction of @old_one. */
struct reading_change reading_change(const struct reading *old_one, const struct reading *new_one,
				     double threshold);

#define READING_NUMBER_BYTES 32
/*
 * A number for people: two digits behind the point, and more if that would be fewer than three
 * that count. Only 0 is "0.00".
 */
const char *reading_number(double value, char out[READING_NUMBER_BYTES]);

#endif
