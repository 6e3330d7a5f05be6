/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations that scenarios are made of. All that can be known before a window opens is
 * resolved before: what is left to the window is a call through a pointer, a loop, and the work.
 */
#ifndef GUEST_WORK_OPS_H
#define GUEST_WORK_OPS_H

#include "guest/memory/maps.h"

struct op {
	long (*run)(const struct op *op); /* what it came to (0 or more), or -errno */
	const struct op *next;		  /* what follows it and its body */
	struct map *map;		  /* NULL: none */
	struct map *map2;
	size_t offset; /* within the map, as is @end */
	size_t end;
	size_t each; /* bytes of a call */
	size_t stride;
	long number; /* of the system call */
	long arg, arg2, arg3, arg4;
	const void *data; /* an order of touches, vectors, node masks... */
	unsigned index;	  /* in the plan */
	int fails;	  /* the errno that is expected */
};

/*
 * @out has room for @count operations. 0, or -errno after a report_error(). @bodies: operations
 * that stand within others are resolved in place; op->next leads over them.
 */
int ops_resolve(const struct plan_op *plan, const struct plan_map *plan_maps, unsigned count,
		struct maps *maps, struct op *out);
/*
 * Runs [op, end) in order and adds up what they came to. 0, or -errno of the first that fails,
 * which ops_failed() then names.
 */
int ops_run(const struct op *op, const struct op *end, long *result);
const struct op *ops_failed(void);

/*
 * Copies of the operations [from, from + count) for thread @index of @threads, each with its own
 * slice of every range, in whole pages. 0, or -EINVAL if a range is too small.
 */
int ops_slice(const struct op *from, unsigned count, unsigned index, unsigned threads,
	      struct op *out);

#endif
