/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of host CPUs as taskset(1) and cpuset(7) write them: "0-1,4". */
#ifndef BASE_CPUSET_H
#define BASE_CPUSET_H

#include <sched.h>
#include <stdbool.h>

/* The longest text has a range of two in every three CPUs: "0-1,3-4,...,1020-1021,1023". */
struct cpuset_text {
	char text[3072];
};

/* Numbers below CPU_SETSIZE and ascending ranges; "" is no set. 0 or -EINVAL; pure. */
int cpuset_parse(const char *text, cpu_set_t *out);
/* The shortest text that cpuset_parse() reads back; "" of an empty set. */
struct cpuset_text cpuset_format(const cpu_set_t *set);
unsigned cpuset_count(const cpu_set_t *set);
/* The (@n + 1)-th CPU of the set, lowest first; -ENOENT if it has no more than @n. */
int cpuset_nth(const cpu_set_t *set, unsigned n);
/* Whether every CPU of @inner is in @outer; the empty set is in every set. */
bool cpuset_subset(const cpu_set_t *inner, const cpu_set_t *outer);
/* The CPUs of @a that are not in @b. */
cpu_set_t cpuset_without(const cpu_set_t *a, const cpu_set_t *b);

#endif
