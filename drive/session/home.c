// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/home.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* $variable/slowpath, or $HOME/fallback/slowpath. */
static char *xdg(const char *variable, const char *fallback)
{
	const char *dir = getenv(variable), *user = getenv("HOME");

	if (dir && dir[0] == '/')
		return str_printf("%s/slowpath", dir);
	if (user && user[0] == '/')
		return str_printf("%s/%s/slowpath", user, fallback);
	return NULL;
}

int home_open(const char *home_arg, struct home *h, struct err *e)
{
	const char *one = home_arg ? home_arg : getenv("SLOWPATH_HOME");

	*h = (struct home){ 0 };
	if (one && one[0]) {
		h->data = file_absolute(one);
		h->cache = file_absolute(one);
	} else {
		h->data = xdg("XDG_DATA_HOME", ".local/share");
		h->cache = xdg("XDG_CACHE_HOME", ".cache");
	}
	if (h->data && h->cache)
		return 0;
	home_close(h);
	return err_set(e, ENOENT, "no home folder: give --home DIR, or set HOME or SLOWPATH_HOME");
}

void home_close(struct home *h)
{
	free(h->data);
	free(h->cache);
	*h = (struct home){ 0 };
}
