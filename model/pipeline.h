/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time that noted instructions take: each goes once through fetch, issue, execution and
 * retirement, and its cycles there follow from what is before it, from the units that are free and
 * from the registers and the memory that it needs. Wrong paths are not followed, they cost the
 * cycles of a misprediction.
 *
 * After the "instruction-window-centric" model (T. Carlson and others, "An evaluation of high-level
 * mechanistic core models", 2014) and zsim's (D. Sanchez, C. Kozyrakis, 2013).
 */
#ifndef MODEL_PIPELINE_H
#define MODEL_PIPELINE_H

#include "model/notes.h"

struct part_time {
	uint64_t cycles;	/* of what is measured of it */
	uint64_t serial_cycles; /* of these, of instructions that nothing is executed beside */
};

/*
 * @functions: of @n_functions; what each of them takes of the cycles is added; NULL: not wanted.
 * -ENOMEM.
 */
int pipeline_time(const struct model *m, const struct trace *t, const struct notes *notes,
		  double *functions, size_t n_functions, struct part_time *out, struct err *e);

#endif
