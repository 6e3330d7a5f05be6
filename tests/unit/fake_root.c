// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_root.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <string.h>

char *fake_root_make(void)
{
	const char *scratch = getenv("TMPDIR");
	struct err e = { 0 };
	char *root = NULL;

	if (dir_temp(scratch ? scratch : "/tmp", "slowpath-root-", &root, &e) < 0)
		fail_msg("%s", e.text);
	return root;
}

void fake_root_put_bytes(const char *root, const char *path, const void *data, size_t len)
{
	_cleanup_free_ char *full = str_printf("%s%s", root, path);
	_cleanup_free_ char *folder = full ? strdup(full) : NULL;
	struct err e = { 0 };

	if (!folder) {
		fail_msg("out of memory");
		return;
	}
	*strrchr(folder, '/') = '\0';
	if (dir_make(folder, &e) < 0 || file_write(full, data, len, &e) < 0)
		fail_msg("%s", e.text);
}

void fake_root_put(const char *root, const char *path, const char *text)
{
	fake_root_put_bytes(root, path, text, strlen(text));
}

void fake_root_fill(const char *root, const struct fake_file *files)
{
	for (; files->path; files++)
		fake_root_put(root, files->path, files->text);
}

void fake_root_free(char **root)
{
	if (*root)
		dir_remove(*root, NULL);
	free(*root);
	*root = NULL;
}
