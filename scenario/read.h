/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a scenario file (scenario.h describes the format). */
#ifndef SCENARIO_READ_H
#define SCENARIO_READ_H

#include "scenario/scenario.h"

struct scenario_list {
	struct scenario **items;
	size_t count;
};

/* Takes @s over even in failure. */
int scenario_list_add(struct scenario_list *l, struct scenario *s, struct err *e);
void scenario_list_free(struct scenario_list *l);
#define _cleanup_scenario_list_ __attribute__((cleanup(scenario_list_free)))

/*
 * Adds every scenario of the file to @out, named "@group/KEY". @file is for messages. Errors carry
 * line and column and what was expected there.
 */
int scenario_read(const char *group, const char *file, const char *text, size_t len,
		  struct scenario_list *out, struct err *e);

#endif
