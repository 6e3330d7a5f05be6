// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/region.h"

#include "proto/parcel.h"
#include "proto/slowpath.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "slowpath-region"

void region_furnish(void)
{
	if (symlink("/init", "/" PARCEL_PROGRAMS "/" NAME) < 0) {
		/* Whoever calls it will be told that there is none. */
	}
}

bool region_is_meant(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	return !strcmp(slash ? slash + 1 : argv0, NAME);
}

int region_main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "begin")) {
		SLOWPATH_REGION_BEGIN();
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "end")) {
		SLOWPATH_REGION_END();
		return 0;
	}
	fprintf(stderr, "usage: " NAME " begin|end\n");
	return 2;
}
