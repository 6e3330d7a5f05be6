// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/library.h"

#include "base/file.h"
#include "base/nearest.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 20)

static int is_scenario_file(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && !strcmp(d->d_name + len - 5, ".yaml");
}

static int read_file(const char *dir, const char *name, struct scenario_list *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, name);
	_cleanup_free_ char *group = strndup(name, strlen(name) - 5);
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	if (!path || !group)
		return err_oom(e);
	r = utf8_check("the scenario file", path, e);
	if (r == 0)
		r = file_read(path, FILE_BYTES_MAX, &text, e);
	return r < 0 ? r : scenario_read(group, path, buf_str(&text), text.len, out, e);
}

int library_open(const char *dir, struct scenario_list *out, struct err *e)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_scenario_file, alphasort), r = 0;

	if (n < 0)
		return err_errno(e, errno, "scenarios in %s", dir);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = read_file(dir, names[i]->d_name, out, e);
		free(names[i]);
	}
	free(names);
	if (r == 0 && !out->count)
		r = err_set(e, ENOENT, "no scenarios in %s", dir);
	return r;
}

/* All names would fill a screen: those that may have been meant. */
static int no_such_name(const struct scenario_list *l, const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	_cleanup_buf_ struct buf text = { 0 };

	for (size_t i = 0; i < l->count; i++)
		nearest_try(&near, l->items[i]->name);
	nearest_text(&near, "", &text);
	if (buf_error(&text) < 0)
		return err_oom(e);
	return err_set(e, ENOENT,
		       "scenario '%s': no such name%s%s 'slowpath scenario list' has them", name,
		       buf_str(&text), text.len ? "" : ";");
}

int library_find(const struct scenario_list *l, const char *pattern, size_t *found, struct err *e)
{
	int n = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (fnmatch(pattern, l->items[i]->name, 0) == 0)
			found[n++] = i;
	}
	return n ? n : no_such_name(l, pattern, e);
}

int library_choose(const struct scenario_list *l, const char *const *patterns, size_t count,
		   size_t *found, struct err *e)
{
	_cleanup_free_ bool *wanted = calloc(l->count + 1, sizeof(*wanted));
	int n = 0;

	if (!wanted)
		return err_oom(e);
	for (size_t i = 0; i < count; i++) {
		int r = library_find(l, patterns[i], found, e);

		if (r < 0)
			return r;
		while (r-- > 0)
			wanted[found[r]] = true;
	}
	for (size_t i = 0; i < l->count; i++) {
		if (wanted[i])
			found[n++] = i;
	}
	return n;
}

int library_one(const struct scenario_list *l, const char *pattern, const struct scenario **out,
		struct err *e)
{
	_cleanup_free_ size_t *found = calloc(l->count, sizeof(*found));
	int n;

	if (!found)
		return err_oom(e);
	n = library_find(l, pattern, found, e);
	if (n > 1)
		return err_set(e, EINVAL, "'%s' means %d scenarios, and one is expected", pattern,
			       n);
	if (n == 1)
		*out = l->items[found[0]];
	return n < 0 ? n : 0;
}

const struct scenario *library_get(const struct scenario_list *l, const char *name, struct err *e)
{
	for (size_t i = 0; i < l->count; i++) {
		if (!strcmp(l->items[i]->name, name))
			return l->items[i];
	}
	no_such_name(l, name, e);
	return NULL;
}
