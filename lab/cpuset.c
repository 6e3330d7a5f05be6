// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/cpuset.h"

#include <errno.h>
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
