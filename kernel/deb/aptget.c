// SPDX-License-Identifier: GPL-2.0-or-later
/* Getting packages: the file itself, or just whether it is there. */
#include "kernel/deb/apt.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "kernel/deb/aptrun.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define PROBE_MS 20000
#define PROBE_STEP_MS 50

/* The one .deb in @dir whose name begins with "PACKAGE_". */
static int find_deb(const char *dir, const char *package, char **path, struct err *e)
{
	size_t len = strlen(package);
	DIR *d = opendir(dir);
	struct dirent *f;

	if (!d)
		return err_errno(e, errno, "%s", dir);
	while (!*path && (f = readdir(d))) {
		if (!strncmp(f->d_name, package, len) && f->d_name[len] == '_')
			*path = str_printf("%s/%s", dir, f->d_name);
	}
	closedir(d);
	return *path ? 0 : err_set(e, EIO, "apt-get downloaded nothing for %s", package);
}

static bool has_bytes(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	bool found = false;

	while (d && !found && (f = readdir(d))) {
		_cleanup_free_ char *path = str_printf("%s/%s", dir, f->d_name);

		found = f->d_name[0] != '.' && path && file_size(path) > 0;
	}
	if (d)
		closedir(d);
	return found;
}

static bool probe(const char *conf, const char *what, const char *dir)
{
	const char *const argv[] = { "apt-get", "-c", conf, "-q", "download", what, NULL };
	const struct proc_opts o = { .argv = argv, .cwd = dir, .fd_out = -1, .fd_err = -1 };
	_cleanup_proc_ struct proc p = PROC_NONE;

	if (proc_start(&o, &p, NULL) < 0)
		return false;
	for (int i = 0; i < PROBE_MS / PROBE_STEP_MS; i++) {
		bool ended = proc_wait(&p, PROBE_STEP_MS) == 0;

		if (has_bytes(dir))
			return true;
		if (ended)
			return false;
	}
	return false;
}

bool apt_has(const struct apt_root *root, const char *package, const char *version)
{
	_cleanup_free_ char *conf = str_printf("%s/apt.conf", root->path), *dir = NULL;
	_cleanup_free_ char *what = str_printf("%s=%s", package, version);
	bool has;

	if (!conf || !what || dir_temp(root->path, "probe-", &dir, NULL) < 0)
		return false;
	has = probe(conf, what, dir);
	dir_remove(dir, NULL);
	return has;
}

int apt_download(const struct apt_root *root, const char *package, const char *version,
		 const char *dir, char **path, struct err *e)
{
	_cleanup_free_ char *what = str_printf("%s=%s", package, version);
	const char *const words[] = { "download", what, NULL };
	struct err why = { 0 };
	int r;

	*path = NULL;
	if (!what)
		return err_oom(e);
	r = apt_run(root, dir, words, NULL, &why);
	if (r == 0)
		return find_deb(dir, package, path, e);
	if (strstr(why.text, " 404 ") || strstr(why.text, "File not found") ||
	    strstr(why.text, "Unable to locate package") || strstr(why.text, "was not found"))
		r = -ENOENT;
	return err_set(e, -r, "%s", why.text);
}
