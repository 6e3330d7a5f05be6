// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/source_tree.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "symbols/source.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX (4u << 20)
#define DEPTH_MAX 12
#define SYSCALL "SYSCALL_DEFINE"
#define SYSCALL_FUNCTION "__do_sys_"

struct search {
	const char *tree;
	const char *const *names;
	size_t count;
	char **files;
	bool *several; /* defined in more files than one */
};

static int by_name(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

static long find(const struct search *s, const char *name)
{
	const char *const *at = bsearch(name, s->names, s->count, sizeof(*s->names), by_name);

	return at ? at - s->names : -1;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does a line look as if a function that is wanted began there? */
static bool may_define(const struct search *s, const char *line, size_t len)
{
	char name[128];
	const char *open = memchr(line, '(', len), *start;
	size_t n;

	if (!open || !is_name(line[0]))
		return false;
	if (!strncmp(line, SYSCALL, strlen(SYSCALL))) {
		n = 0;
		while (open + 1 + n < line + len && is_name(open[1 + n]))
			n++;
		if (snprintf(name, sizeof(name), SYSCALL_FUNCTION "%.*s", (int)n, open + 1) >=
		    (int)sizeof(name))
			return false;
		return find(s, name) >= 0;
	}
	for (start = open; start > line && is_name(start[-1]); start--)
		;
	n = (size_t)(open - start);
	if (!n || n >= sizeof(name))
		return false;
	memcpy(name, start, n);
	name[n] = '\0';
	return find(s, name) >= 0;
}

static bool is_worth_reading(const struct search *s, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (may_define(s, text, len))
			return true;
		text += len + (text[len] == '\n');
	}
	return false;
}

static int take_definitions(struct search *s, const char *path, struct err *e)
{
	_cleanup_source_ struct source source = { 0 };
	const char *below = path + strlen(s->tree);
	int r = source_read(path, &source, e);

	if (r < 0)
		return r;
	while (*below == '/')
		below++;
	for (size_t i = 0; i < source.count; i++) {
		long at = find(s, source.functions[i].name);

		if (at < 0)
			continue;
		s->several[at] = s->several[at] || s->files[at];
		if (!s->files[at] && !(s->files[at] = strdup(below)))
			return err_oom(e);
	}
	return 0;
}

static int look_at_file(struct search *s, const char *path, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t len = strlen(path);

	if (len < 3 || path[len - 2] != '.' || !strchr("ch", path[len - 1]) ||
	    file_read(path, FILE_BYTES_MAX, &text, NULL) < 0)
		return 0;
	return is_worth_reading(s, buf_str(&text)) ? take_definitions(s, path, e) : 0;
}

/* A link is followed nowhere: it leads to what is looked through anyhow, or out of the tree. */
static int look_into(struct search *s, const char *dir, unsigned depth, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *one;
	struct stat st;
	int r = 0;

	while (d && r == 0 && (one = readdir(d))) {
		_cleanup_free_ char *path = NULL;

		if (one->d_name[0] == '.')
			continue;
		path = str_printf("%s/%s", dir, one->d_name);
		if (!path)
			r = err_oom(e);
		else if (lstat(path, &st) < 0)
			continue;
		else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			r = look_into(s, path, depth + 1, e);
		else if (S_ISREG(st.st_mode))
			r = look_at_file(s, path, e);
	}
	if (d)
		closedir(d);
	return r;
}

int source_tree_check(const char *tree, struct err *e)
{
	_cleanup_free_ char *mm = str_printf("%s/mm", tree);

	if (!mm)
		return err_oom(e);
	if (!file_exists(mm))
		return err_set(e, ENOENT, "%s is no kernel source tree: it has no folder mm", tree);
	return source_check_ctags(e);
}

int source_tree_find(const char *tree, const char *const *names, size_t count, char **files,
		     struct err *e)
{
	static const char *const folders[] = { "arch/x86", "block",    "fs",	  "include", "init",
					       "io_uring", "ipc",      "kernel",  "lib",     "mm",
					       "net/core", "net/unix", "security" };
	_cleanup_free_ bool *several = calloc(count + 1, sizeof(*several));
	struct search s = { tree, names, count, files, several };
	int r = source_tree_check(tree, e);

	if (r == 0 && !several)
		r = err_oom(e);
	memset(files, 0, count * sizeof(*files));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *dir = str_printf("%s/%s", tree, folders[i]);

		r = dir ? look_into(&s, dir, 0, e) : err_oom(e);
	}
	for (size_t i = 0; i < count; i++) {
		if (r == 0 && !several[i])
			continue;
		free(files[i]);
		files[i] = NULL;
	}
	return r;
}
