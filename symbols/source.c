// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/source.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_BYTES_MAX (16u << 20)
#define NAME_BYTES_MAX 256

void source_free(struct source *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->functions[i].name);
	free(s->functions);
	*s = (struct source){ 0 };
}

/* "SYSCALL_DEFINE3" and "COMPAT_SYSCALL_DEFINE3": what the function that they define begins with.
 */
static const char *system_call_prefix(const char *name)
{
	if (!strncmp(name, "SYSCALL_DEFINE", 14))
		return "__do_sys_";
	return !strncmp(name, "COMPAT_SYSCALL_DEFINE", 21) ? "__do_compat_sys_" : NULL;
}

/* The function's name (malloc'ed) out of what ctags calls it and of its line; NULL: no memory. */
static char *function_name(const char *name, const char *line)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *prefix = system_call_prefix(name), *open;

	if (!prefix)
		return strdup(name);
	open = strchr(line, '(');
	if (!open)
		return strdup(name);
	open += 1 + strspn(open + 1, " \t");
	return str_printf("%s%.*s", prefix, (int)strspn(open, word), open);
}

static int add(struct source *s, const char *name, const char *number, const char *line,
	       struct err *e)
{
	struct source_function *grown =
		realloc(s->functions, (s->count + 1) * sizeof(*s->functions));

	if (!grown)
		return err_oom(e);
	s->functions = grown;
	grown[s->count].line = (unsigned)strtoul(number, NULL, 10);
	grown[s->count].name = function_name(name, line);
	return grown[s->count].name ? (s->count++, 0) : err_oom(e);
}

static int by_name(const void *a, const void *b)
{
	const struct source_function *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* A function that is written twice, for two configurations, is one. */
static void sort(struct source *s)
{
	size_t kept = 0;

	if (s->count)
		qsort(s->functions, s->count, sizeof(*s->functions), by_name);
	for (size_t i = 0; i < s->count; i++) {
		if (kept && !strcmp(s->functions[kept - 1].name, s->functions[i].name))
			free(s->functions[i].name);
		else
			s->functions[kept++] = s->functions[i];
	}
	s->count = kept;
}

static int parse_line(struct source *s, char *line, struct err *e)
{
	char *number = strchr(line, '\t'), *text = number ? strchr(number + 1, '\t') : NULL;

	if (!text || number == line || number - line > NAME_BYTES_MAX)
		return err_set(e, EPROTO, "ctags printed '%.60s'", line);
	*number = *text = '\0';
	return add(s, line, number + 1, text + 1, e);
}

int source_parse(const char *text, size_t len, struct source *out, struct err *e)
{
	_cleanup_free_ char *copy = strndup(text, len);
	char *save = NULL;
	int r = 0;

	*out = (struct source){ 0 };
	if (!copy)
		return err_oom(e);
	for (char *l = strtok_r(copy, "\n", &save); r == 0 && l; l = strtok_r(NULL, "\n", &save))
		r = parse_line(out, l, e);
	if (r < 0)
		source_free(out);
	else
		sort(out);
	return r;
}

/* Another ctags has other options, and other ideas of C. */
int source_check_ctags(struct err *e)
{
	static const char *const argv[] = { "ctags", "--version", NULL };
	_cleanup_free_ char *path = proc_find("ctags");
	_cleanup_buf_ struct buf text = { 0 }, ignored = { 0 };
	struct proc_opts o = { .argv = argv };

	if (!path || proc_capture(&o, 65536, &text, &ignored, NULL) != 0 ||
	    !strstr(buf_str(&text), "Universal Ctags"))
		return err_set(e, ENOENT,
			       "universal-ctags is needed to find the functions of a source file "
			       "(Debian's package universal-ctags)");
	return 0;
}

int source_read(const char *path, struct source *out, struct err *e)
{
	/* From the root: it cannot be taken for an option. */
	_cleanup_free_ char *absolute = file_absolute(path);
	const char *const argv[] = { "ctags",
				     "--quiet",
				     "--options=NONE",
				     "--languages=C",
				     "--kinds-C=f",
				     "--sort=no",
				     "-x",
				     "--_xformat=%{name}\t%{line}\t%{compact}",
				     absolute,
				     NULL };
	_cleanup_buf_ struct buf text = { 0 }, complaint = { 0 };
	struct proc_opts o = { .argv = argv };
	int r;

	*out = (struct source){ 0 };
	if (!absolute)
		return err_oom(e);
	if (!file_exists(path))
		return err_set(e, ENOENT, "there is no file %s", path);
	r = source_check_ctags(e);
	if (r == 0)
		r = proc_capture(&o, OUTPUT_BYTES_MAX, &text, &complaint, e);
	if (r > 0)
		r = err_set(e, EIO, "ctags: %.200s", buf_str(&complaint));
	return r < 0 ? r : source_parse(buf_str(&text), text.len, out, e);
}
