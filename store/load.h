/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads an experiment out of the database whole. */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "store/record.h"

enum load_what {
	LOAD_ROWS, /* without functions: which runs there are, and how they went */
	/*
	 * Enough for rows: functions add up to what the slots of their run, or equal ones, say; how
	 * they agree is in the readings that were kept with the run, or they are there themselves.
	 */
	LOAD_CHECKED,
	LOAD_ALL, /* they do in every slot: what all else is made of */
};

/*
 * -ENOENT if there is no such experiment; -EIO or -EINVAL if it is damaged (record_check.h, also
 * where functions are not wanted). @out is then empty.
 */
int store_load(struct store *s, const char *id, enum load_what what, struct record *out,
	       struct err *e);

/* The same with the runs of one scenario alone, for experiments that are too large to be held. */
int store_load_scenario(struct store *s, const char *id, const char *scenario, enum load_what what,
			struct record *out, struct err *e);

#endif
