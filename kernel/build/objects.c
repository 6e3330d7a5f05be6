// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/build/objects.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/store/watch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Built-in objects of a 6.x: of our own config, and of a distribution's. */
#define MINIMAL_OBJECTS 1300
#define GIVEN_OBJECTS 5000
/* "-01234567.log": logs that end alike are of one config. */
#define TAIL_LEN 13

struct earlier {
	uint64_t last, most; /* objects */
	struct timespec when;
};

static bool newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void look_at(const char *path, struct earlier *x)
{
	const uint64_t n = watch_done(KERNEL_WATCH_OBJECTS, path);
	struct stat st;

	if (!n || stat(path, &st) < 0)
		return;
	if (n > x->most)
		x->most = n;
	if (newer(&st.st_mtim, &x->when)) {
		x->when = st.st_mtim;
		x->last = n;
	}
}

/* Of the logs beside @log, which itself is of a build that begins. */
static struct earlier read_logs(const char *log)
{
	const char *name = strrchr(log, '/');
	_cleanup_free_ char *dir = name ? strndup(log, (size_t)(name - log)) : NULL;
	DIR *d = dir ? opendir(dir) : NULL;
	struct earlier x = { 0 };
	struct dirent *f;

	while (d && (f = readdir(d))) {
		size_t len = strlen(f->d_name);
		_cleanup_free_ char *path = NULL;

		if (len < TAIL_LEN || !strcmp(f->d_name, name + 1) ||
		    strcmp(f->d_name + len - TAIL_LEN, log + strlen(log) - TAIL_LEN) != 0)
			continue;
		path = str_printf("%s/%s", dir, f->d_name);
		if (path)
			look_at(path, &x);
	}
	if (d)
		closedir(d);
	return x;
}

uint64_t objects_expected(const char *log, const char *obj, bool given)
{
	_cleanup_free_ char *vmlinux = str_printf("%s/vmlinux", obj);
	const struct earlier x = read_logs(log);

	if (vmlinux && file_exists(vmlinux) && x.last)
		return x.last;
	if (x.most)
		return x.most;
	return given ? GIVEN_OBJECTS : MINIMAL_OBJECTS;
}
