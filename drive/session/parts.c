// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/parts.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

void parts_free(struct parts *p)
{
	free(p->guest);
	free(p->plugin_dir);
	free(p->scenarios);
	free(p->models);
	*p = (struct parts){ 0 };
}

static char *program_dir(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return strdup(path);
}

/* The first of the places that exists; @what and the last place go into the error. */
static int pick(const char *what, char *places[3], char **out, struct err *e)
{
	int r = -ENOENT;

	for (int i = 0; i < 3; i++) {
		if (r < 0 && places[i] && file_exists(places[i])) {
			*out = file_absolute(places[i]); /* QEMU runs in another folder */
			r = *out ? 0 : err_oom(e);
		}
		if (i == 2 && r == -ENOENT)
			err_set(e, ENOENT,
				"%s is not where it was installed (%s); set SLOWPATH_LIBDIR and "
				"SLOWPATH_DATADIR, or install again",
				what, places[i] ? places[i] : "?");
		free(places[i]);
	}
	return r;
}

int parts_find(struct parts *out, struct err *e)
{
	const char *lib = getenv("SLOWPATH_LIBDIR"), *data = getenv("SLOWPATH_DATADIR");
	_cleanup_free_ char *dir = program_dir();
	int r;

	*out = (struct parts){ 0 };
	if (!dir)
		return err_errno(e, errno, "/proc/self/exe");
	r = pick("slowpath-guest",
		 (char *[]){ lib ? str_printf("%s/slowpath-guest", lib) : NULL,
			     str_printf("%s/../guest/slowpath-guest", dir),
			     str_printf("%s/%s/slowpath-guest", dir, SLOWPATH_LIBDIR_FROM_BIN) },
		 &out->guest, e);
	if (r == 0)
		r = pick("the counting plugin",
			 (char *[]){ lib ? strdup(lib) : NULL, str_printf("%s/../plugin", dir),
				     str_printf("%s/%s", dir, SLOWPATH_LIBDIR_FROM_BIN) },
			 &out->plugin_dir, e);
	if (r == 0)
		r = pick(
			"the scenario library",
			(char *[]){ data ? str_printf("%s/scenarios", data) : NULL,
				    str_printf("%s/../scenarios", dir),
				    str_printf("%s/%s/scenarios", dir, SLOWPATH_DATADIR_FROM_BIN) },
			&out->scenarios, e);
	if (r == 0)
		r = pick("the folder of models",
			 (char *[]){ data ? str_printf("%s/models", data) : NULL,
				     str_printf("%s/../models", dir),
				     str_printf("%s/%s/models", dir, SLOWPATH_DATADIR_FROM_BIN) },
			 &out->models, e);
	if (r < 0)
		parts_free(out);
	return r;
}

static char *find_plugin(const struct parts *p, const char *name, unsigned api, struct err *e)
{
	char *path = str_printf("%s/slowpath-%s-v%u.so", p->plugin_dir, name, api);

	if (!path) {
		err_oom(e);
		return NULL;
	}
	if (file_exists(path))
		return path;
	err_set(e, ENOENT, "%s is missing: no plugin for this QEMU's plugin API", path);
	free(path);
	return NULL;
}

char *parts_plugin(const struct parts *p, unsigned api, struct err *e)
{
	return find_plugin(p, "plugin", api, e);
}

char *parts_capture_plugin(const struct parts *p, unsigned api, struct err *e)
{
	return find_plugin(p, "capture", api, e);
}

/* Beside the guest where both are installed, in a folder of its own where both were built. */
int parts_replay_child(const struct parts *p, char **out, struct err *e)
{
	const char *slash = strrchr(p->guest, '/');
	const int len = slash ? (int)(slash - p->guest) : 1;
	const char *dir = slash ? p->guest : ".";

	*out = NULL;
	return pick("slowpath-replay",
		    (char *[]){ str_printf("%.*s/slowpath-replay", len, dir), NULL,
				str_printf("%.*s/../replay/slowpath-replay", len, dir) },
		    out, e);
}

char *parts_tracer(const struct parts *p, unsigned api, struct err *e)
{
	return find_plugin(p, "trace", api, e);
}

char *parts_contender(const struct parts *p, unsigned api, struct err *e)
{
	return find_plugin(p, "contention", api, e);
}

int parts_guest(const struct parts *p, const struct arch *arch, char **out, struct err *e)
{
	const char *slash = strrchr(p->guest, '/');

	*out = str_printf("%.*s/%s", slash ? (int)(slash - p->guest) : 1, slash ? p->guest : ".",
			  arch->guest);
	if (!*out)
		return err_oom(e);
	if (file_exists(*out))
		return 0;
	return err_set(e, ENOENT,
		       "%s is missing: this slowpath was built without a guest for %s, which needs "
		       "%sgcc",
		       *out, arch->name, arch->triple);
}

static int check_names(const struct scenario_list *l, size_t first, const char *dir, struct err *e)
{
	for (size_t i = first; i < l->count; i++) {
		for (size_t k = 0; k < first; k++) {
			if (!strcmp(l->items[i]->name, l->items[k]->name))
				return err_set(e, EEXIST,
					       "SLOWPATH_SCENARIOS=%s: there is a scenario '%s' "
					       "already",
					       dir, l->items[i]->name);
		}
	}
	return 0;
}

int parts_library(const struct parts *p, struct scenario_list *out, struct err *e)
{
	const char *own = getenv("SLOWPATH_SCENARIOS");
	int r = library_open(p->scenarios, out, e);
	size_t first = out->count;

	if (r < 0 || !own || !own[0])
		return r;
	r = library_open(own, out, e);
	if (r < 0)
		return err_wrap(e, "SLOWPATH_SCENARIOS");
	return check_names(out, first, own, e);
}
