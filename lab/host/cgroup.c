// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/host/cgroup.h"

#include "base/cleanup.h"
#include "lab/host/rooted.h"

#include <string.h>

/* A machine of many containers has thousands of mounts. */
#define MOUNTS_MAX (4u << 20)
#define GROUPS_MAX 65536

void cgroup_place_free(struct cgroup_place *p)
{
	free(p->mount);
	free(p->path);
	*p = (struct cgroup_place){ 0 };
}

/* Whether @word is one of a list with commas. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',') {
		if (strcspn(at, ",") == len && !strncmp(at, word, len))
			return true;
	}
	return false;
}

/* mountinfo writes a blank as \040. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		if (at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
		    at[3] >= '0' && at[3] <= '7') {
			*to++ = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 3;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
}

/*
 * A line of /proc/self/cgroup, "NUMBER:CONTROLLERS:PATH": version 2 has no controllers. The path is
 * in it, NULL if the line is another's.
 */
static const char *group_of_line(const char *line, const char *controller)
{
	const char *list = strchr(line, ':');
	const char *path = list ? strchr(list + 1, ':') : NULL;
	_cleanup_free_ char *words = NULL;

	if (!path)
		return NULL;
	words = strndup(list + 1, (size_t)(path - list - 1));
	if (!words || (controller ? !has_word(words, controller) : words[0] || line[0] != '0'))
		return NULL;
	return path + 1;
}

/* Our group's path as the kernel tells it (malloc'ed), "/" if it does not. NULL: no memory. */
static char *own_group(const char *root, const char *controller)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL;

	if (rooted_read(root, "/proc/self/cgroup", GROUPS_MAX, &text) == 0 && text.data) {
		for (char *line = strtok_r(text.data, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save)) {
			const char *path = group_of_line(line, controller);

			if (path)
				return strdup(path);
		}
	}
	return strdup("/");
}

/* A mount of a hierarchy: the group that it shows as its root, and where. */
struct mount {
	char *group, *point;
};

/*
 * "ID PARENT MAJOR:MINOR GROUP POINT OPTIONS [FIELDS...] - TYPE SOURCE CONTROLLERS"; see proc(5).
 * Cuts the line into pieces; they stay in it.
 */
static bool mount_of_line(char *line, const char *controller, struct mount *out)
{
	char *tail = strstr(line, " - "), *save = NULL, *fields[6] = { 0 };
	const char *type, *options;

	if (!tail)
		return false;
	*tail = '\0';
	tail += 3;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fields[i] = strtok_r(i ? NULL : line, " ", &save);
	type = strtok_r(tail, " ", &save);
	strtok_r(NULL, " ", &save);
	options = strtok_r(NULL, " ", &save);
	if (!type || !fields[5] || strcmp(type, controller ? "cgroup" : "cgroup2") != 0 ||
	    (controller && (!options || !has_word(options, controller))))
		return false;
	unescape(fields[3]);
	unescape(fields[4]);
	*out = (struct mount){ fields[3], fields[4] };
	return true;
}

/* What remains of @path below @group: "" or "/a/b"; NULL if it is not below. */
static const char *below(const char *path, const char *group)
{
	size_t len = strcmp(group, "/") == 0 ? 0 : strlen(group);

	if (strncmp(path, group, len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	/* "/../x" is what a group outside of our cgroup namespace is called. */
	if (path[0] != '/' || !strcmp(path, "/..") || !strncmp(path, "/../", 4))
		return NULL;
	return strcmp(path + len, "/") == 0 ? "" : path + len;
}

static int set_place(struct cgroup_place *out, const char *mount, const char *path, struct err *e)
{
	cgroup_place_free(out);
	out->mount = strdup(mount);
	out->path = strdup(path);
	return out->mount && out->path ? 0 : err_oom(e);
}

/* The first mount that shows our group; else the first at all, and of it the root. */
static int search_mounts(const char *root, const char *controller, const char *group,
			 struct cgroup_place *out, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL;
	int r = 0;

	if (rooted_read(root, "/proc/self/mountinfo", MOUNTS_MAX, &text) < 0 || !text.data)
		return 0;
	for (char *line = strtok_r(text.data, "\n", &save); r == 0 && line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct mount m;
		const char *rest;

		if (!mount_of_line(line, controller, &m))
			continue;
		rest = below(group, m.group);
		if (rest)
			return set_place(out, m.point, rest, e);
		if (!out->mount)
			r = set_place(out, m.point, "", e);
	}
	return r;
}

/* Without mountinfo: where everybody has them. */
static int usual_mount(const char *root, const char *controller, const char *group,
		       struct cgroup_place *out, struct err *e)
{
	static const char base[] = "/sys/fs/cgroup";
	_cleanup_free_ char *point = controller ? str_printf("%s/%s", base, controller)
				     : rooted_exists(root, "/sys/fs/cgroup/cgroup.controllers")
					     ? strdup(base)
					     : str_printf("%s/unified", base);
	const char *rest = below(group, "/");

	if (!point)
		return err_oom(e);
	return rooted_exists(root, point) ? set_place(out, point, rest ? rest : "", e) : 0;
}

int cgroup_find(const char *root, const char *controller, struct cgroup_place *out, struct err *e)
{
	_cleanup_free_ char *group = own_group(root, controller);
	int r;

	*out = (struct cgroup_place){ 0 };
	if (!group)
		return err_oom(e);
	r = search_mounts(root, controller, group, out, e);
	if (r == 0 && !out->mount)
		r = usual_mount(root, controller, group, out, e);
	if (r < 0)
		cgroup_place_free(out);
	return r;
}

unsigned cgroup_depth(const struct cgroup_place *p)
{
	unsigned depth = 0;

	for (const char *at = p->mount ? p->path : ""; *at; at++)
		depth += at[0] == '/' && at[1] && at[1] != '/';
	return depth;
}

int cgroup_walk(const struct cgroup_place *p, void (*fn)(void *arg, const char *folder), void *arg,
		struct err *e)
{
	_cleanup_free_ char *folder = NULL;
	size_t top;

	if (!p->mount)
		return 0;
	folder = str_printf("%s%s", p->mount, p->path);
	if (!folder)
		return err_oom(e);
	for (top = strlen(p->mount); strlen(folder) > top; *strrchr(folder, '/') = '\0')
		fn(arg, folder);
	fn(arg, p->mount);
	return 0;
}
