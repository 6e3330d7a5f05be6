// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/tree_version.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define MAKEFILE_BYTES_MAX (1u << 20)

/* "VERSION = 6" in a kernel's Makefile; -1 if it is not there. */
static long makefile_number(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *l = text; l; l = strchr(l, '\n')) {
		l += *l == '\n';
		if (!strncmp(l, name, len) && l[len] == ' ' && l[len + 1] == '=')
			return strtol(l + len + 2, NULL, 10);
	}
	return -1;
}

char *tree_version(const char *tree)
{
	_cleanup_free_ char *path = str_printf("%s/Makefile", tree);
	_cleanup_buf_ struct buf text = { 0 };
	long version, patchlevel, sublevel;

	if (!path || file_read(path, MAKEFILE_BYTES_MAX, &text, NULL) < 0)
		return NULL;
	version = makefile_number(buf_str(&text), "VERSION");
	patchlevel = makefile_number(buf_str(&text), "PATCHLEVEL");
	sublevel = makefile_number(buf_str(&text), "SUBLEVEL");
	if (version < 0 || patchlevel < 0)
		return NULL;
	return str_printf("%ld.%ld.%ld", version, patchlevel, sublevel < 0 ? 0 : sublevel);
}
