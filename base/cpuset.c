// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cpuset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A number at *at, which moves behind it; -EINVAL if there is none or it is too large. */
static long number(const char **at)
{
	char *end;
	long value;

	if (**at < '0' || **at > '9')
		return -EINVAL;
	errno = 0;
	value = strtol(*at, &end, 10);
	*at = end;
	return errno || value >= CPU_SETSIZE ? -EINVAL : value;
}

int cpuset_parse(const char *text, cpu_set_t *out)
{
	CPU_ZERO(out);
	for (;;) {
		long first = number(&text), last = first;

		if (first < 0)
			return -EINVAL;
		if (*text == '-') {
			text++;
			last = number(&text);
			if (last < first)
				return -EINVAL;
		}
		for (long cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, out);
		if (!*text)
			return 0;
		if (*text++ != ',')
			return -EINVAL;
	}
}

struct cpuset_text cpuset_format(const cpu_set_t *set)
{
	struct cpuset_text out = { "" };
	size_t len = 0;

	for (int first = 0; first < CPU_SETSIZE; first++) {
		int last = first;

		if (!CPU_ISSET(first, set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
			last++;
		len += (size_t)snprintf(out.text + len, sizeof(out.text) - len, "%s%d",
					len ? "," : "", first);
		if (last > first)
			len += (size_t)snprintf(out.text + len, sizeof(out.text) - len, "-%d",
						last);
		first = last;
	}
	return out;
}

unsigned cpuset_count(const cpu_set_t *set)
{
	return (unsigned)CPU_COUNT(set);
}

int cpuset_nth(const cpu_set_t *set, unsigned n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	}
	return -ENOENT;
}

cpu_set_t cpuset_without(const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t common, out;

	CPU_AND(&common, a, b);
	CPU_XOR(&out, a, &common);
	return out;
}

bool cpuset_subset(const cpu_set_t *inner, const cpu_set_t *outer)
{
	cpu_set_t rest = cpuset_without(inner, outer);

	return CPU_COUNT(&rest) == 0;
}
