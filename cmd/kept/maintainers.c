// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/kept/maintainers.h"

#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX 65536

void maintainers_free(struct maintainers *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->items[i]);
	m->count = 0;
}

static int take_line(struct maintainers *m, const char *line, size_t len, struct err *e)
{
	char *copy = strndup(line, len);

	if (!copy)
		return err_oom(e);
	for (size_t i = 0; i < m->count; i++) {
		if (!strcmp(m->items[i], copy)) {
			free(copy);
			return 0;
		}
	}
	if (!memchr(line, '@', len) || m->count == MAINTAINERS_MAX) {
		free(copy);
		return err_set(e, EINVAL, "get_maintainer.pl said '%.*s', which is no address",
			       (int)(len > 80 ? 80 : len), line);
	}
	m->items[m->count++] = copy;
	return 0;
}

int maintainers_find(const char *tree, const char *file, struct maintainers *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", tree, file);
	const char *const argv[] = { "perl",	  "scripts/get_maintainer.pl",
				     "--no-tree", "--no-rolestats",
				     "--nogit",	  "--nogit-fallback",
				     "-f",	  path && file_exists(path) ? file : "mm",
				     NULL };
	/* It asks git about the file whatever it is told, and git would obey the tree's settings.
	 */
	static const char *const env[] = { "GIT_DIR=/dev/null", NULL };
	const struct proc_opts o = { .argv = argv, .env = env, .cwd = tree };
	_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
	int r;

	if (!path)
		return err_oom(e);
	r = proc_capture(&o, OUTPUT_MAX, &text, &said, e);
	if (r < 0)
		return err_wrap(e, "get_maintainer.pl of %s", tree);
	if (r > 0)
		return err_set(e, EINVAL, "get_maintainer.pl of %s failed: %.300s", tree,
			       buf_str(&said));
	r = 0;
	for (const char *p = buf_str(&text); *p && r == 0;) {
		size_t len = strcspn(p, "\n");

		if (len)
			r = take_line(out, p, len, e);
		p += len + (p[len] == '\n');
	}
	return r;
}
