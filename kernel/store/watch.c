// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/watch.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* kbuild's words for a file that is made for the kernel itself: "  CC      mm/mprotect.o". */
static const char *const words[] = { "CC", "AS", "LD", "AR" };

static bool tells_object(const char *line)
{
	if (strncmp(line, "  ", 2) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i]);

		if (!strncmp(line + 2, words[i], len) && line[2 + len] == ' ')
			return true;
	}
	return false;
}

static uint64_t count_objects(const char *path)
{
	_cleanup_free_ char *line = NULL;
	FILE *log = fopen(path, "re");
	uint64_t n = 0;
	size_t room = 0;

	while (log && getline(&line, &room, log) > 0)
		n += tells_object(line);
	if (log)
		fclose(log);
	return n;
}

uint64_t watch_done(enum kernel_watch_kind kind, const char *path)
{
	return kind == KERNEL_WATCH_OBJECTS ? count_objects(path) : dir_bytes(path);
}
