/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads an experiment out of the database whole. */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "store/record.h"

enum load_what {
	LOAD_ROWS, /* without functions: enough for metrics */
	LOAD_ALL,
};

/*
 * -ENOENT if there is no such experiment; -EIO or -EINVAL if it is damaged (record_check.h, also
 * where functions are not wanted). @out is then empty.
 */
int store_load(struct store *s, const char *id, enum load_what what, struct record *out,
	       struct err *e);

#endif
