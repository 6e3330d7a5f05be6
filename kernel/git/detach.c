// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/git/detach.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/git/git_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * With the times of the original: git takes a file for changed that is as young as the index, and
 * in a copy of today's none would be.
 */
static int copy_index(const struct git_view *v, const struct git_place *p, struct err *e)
{
	_cleanup_free_ char *from = str_printf("%s/index", p->git_dir);
	_cleanup_free_ char *to = str_printf("%s/index", v->dir);
	struct stat st;
	int r;

	if (!from || !to)
		return err_oom(e);
	if (stat(from, &st) < 0)
		return errno == ENOENT ? 0 : err_errno(e, errno, "%s", from);
	r = file_copy(from, to, e);
	if (r == 0 && utimensat(AT_FDCWD, to, (struct timespec[]){ st.st_atim, st.st_mtim }, 0) < 0)
		r = err_errno(e, errno, "%s", to);
	return r;
}

static int copy_exclude(const struct git_view *v, const struct git_place *p, struct err *e)
{
	_cleanup_free_ char *info = str_printf("%s/info", v->dir);
	_cleanup_free_ char *path = str_printf("%s/info/exclude", p->common);
	_cleanup_free_ char *to = str_printf("%s/info/exclude", v->dir);
	int r = info && path && to ? dir_make(info, e) : err_oom(e);

	return r == 0 && file_exists(path) ? file_copy(path, to, e) : r;
}

/* "KEY=VALUE" if the user has set it; git reads its configuration for that, and starts nothing. */
static int take_setting(const char *top, const char *type, const char *key, char **out,
			struct err *e)
{
	const struct git_call c = { .dir = top, .configured = true };
	const char *ask[] = { "config", type, "--get", key, NULL };
	_cleanup_buf_ struct buf answer = { 0 };
	int r = git_call(&c, ask, false, &answer, e);

	if (r != 0)
		return r < 0 ? r : 0; /* 1: it is not set */
	*out = str_printf("%s=%.*s", key, (int)strcspn(buf_str(&answer), "\n"), buf_str(&answer));
	return *out ? 0 : err_oom(e);
}

int git_detach(struct git_view *v, const struct git_place *p, const char *top, const char *objects,
	       struct err *e)
{
	int r = copy_index(v, p, e);

	if (r == 0)
		r = copy_exclude(v, p, e);
	if (r == 0)
		r = take_setting(top, "--type=path", "core.excludesFile", &v->settings[0], e);
	if (r == 0)
		r = take_setting(top, "--type=bool", "core.fileMode", &v->settings[1], e);
	if (r < 0)
		return r;
	free(v->env[1]);
	free(v->env[2]);
	v->env[1] = str_printf("GIT_OBJECT_DIRECTORY=%s", objects);
	v->env[2] = str_printf("GIT_INDEX_FILE=%s/index", v->dir);
	return v->env[1] && v->env[2] ? 0 : err_oom(e);
}
