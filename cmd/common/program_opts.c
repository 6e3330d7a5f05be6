// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/program_opts.h"

#include "base/file.h"
#include "base/proc.h"
#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void program_opts_free(struct program_opts *p)
{
	opt_list_free(&p->files);
	opt_list_free(&p->environment);
	opt_list_free(&p->settings);
	opt_list_free(&p->metrics);
	*p = (struct program_opts){ 0 };
}

/* The first of these options that was given, or NULL. */
static const char *given(const struct program_opts *p)
{
	return p->files.count	      ? "file"
	       : p->stdin_path	      ? "stdin"
	       : p->cgroup	      ? "cgroup"
	       : p->environment.count ? "env"
	       : p->metrics.count     ? "metric-regex"
	       : p->settings.count    ? "sysfs"
	       : p->nodes	      ? "nodes"
				      : NULL;
}

static int check(const struct cmd *self, const struct program_opts *p)
{
	for (size_t i = 0; i < p->environment.count; i++) {
		const char *word = p->environment.items[i];

		if (word[0] == '=' || !strchr(word, '='))
			return usage_error(self, "--env: '%s' is not KEY=VALUE", word);
	}
	for (size_t i = 0; i < p->settings.count; i++) {
		const char *word = p->settings.items[i];

		if (word[0] == '=' || !strchr(word, '='))
			return usage_error(self, "--sysfs: '%s' is not PATH=VALUE", word);
	}
	if (p->nodes > PLAN_MAX_NODES)
		return usage_error(self, "--nodes: 1 to %d is possible", PLAN_MAX_NODES);
	return -1;
}

int program_opts_take(const struct cmd *self, struct program_opts *p, bool scenarios, int *argc,
		      char **argv, int dashdash)
{
	const char *option = given(p);

	if (dashdash < 0)
		return option ? usage_error(self, "--%s is for a program, behind --", option) : -1;
	if (dashdash == *argc)
		return usage_error(self, "a program is expected after --");
	if (scenarios)
		return usage_error(self, "a scenario or a program is expected, not both");
	p->words = &argv[dashdash];
	*argc = dashdash;
	return check(self, p);
}

static bool is_metric_name(const char *word, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				      "0123456789.-/";

	return len && len < PROGRAM_METRIC_BYTES && strspn(word, letters) >= len;
}

/* NAME=REGEX, each. */
static int add_metrics(const struct program_opts *o, struct program *p, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->metrics.count; i++) {
		const char *word = o->metrics.items[i];
		size_t len = strcspn(word, "=");
		_cleanup_free_ char *name = strndup(word, len);

		if (!name)
			return err_oom(e);
		r = word[len] && is_metric_name(word, len)
			    ? program_add_metric(p, name, word + len + 1, e)
			    : err_set(e, EINVAL,
				      "'%s' is not NAME=REGEX, with a name of letters, digits, "
				      "'_', "
				      "'.', '-' and '/'",
				      word);
	}
	return r < 0 ? err_wrap(e, "--metric-regex") : 0;
}

/* As a shell finds it; what is in no folder of PATH may still be a file here. */
static char *find(const char *name)
{
	char *path = strchr(name, '/') ? NULL : proc_find(name);

	return path ? path : strdup(name);
}

static int make(const struct program_opts *o, const char *base, struct program **out, struct err *e)
{
	_cleanup_free_ char *path = find(o->words[0]);
	_cleanup_(program_free_p) struct program *p = NULL;
	int r = path ? program_new(path, &p, e) : err_oom(e);

	for (char **word = o->words; r == 0 && *word; word++)
		r = program_add_word(p, word == o->words ? base : *word, e);
	for (size_t i = 0; r == 0 && i < o->environment.count; i++)
		r = program_add_environment(p, o->environment.items[i], e);
	if (r == 0)
		r = add_metrics(o, p, e);
	for (size_t i = 0; r == 0 && i < o->files.count; i++)
		r = program_add_file(p, o->files.items[i], e);
	if (r == 0)
		r = program_set_stdin(p, o->stdin_path, e);
	p->cgroup = o->cgroup;
	if (r == 0 && !strchr(o->words[0], '/') && !strcmp(path, o->words[0]) && !file_exists(path))
		r = err_set(e, ENOENT, "program: '%s' is in no folder of PATH, and no file here",
			    path);
	if (r == 0)
		*out = steal(&p);
	return r;
}

static int set(const struct program_opts *o, struct scenario *s, struct err *e)
{
	int r = 0;

	if (o->nodes)
		s->nodes = o->nodes;
	for (size_t i = 0; r == 0 && i < o->settings.count; i++) {
		const char *word = o->settings.items[i];
		size_t len = strcspn(word, "=");
		_cleanup_free_ char *path = strndup(word, len);

		r = path ? scenario_add_setting(s, path, word + len + 1, e) : err_oom(e);
		if (r < 0)
			r = err_wrap(e, "--sysfs");
	}
	return r;
}

int program_opts_add(const struct program_opts *o, struct scenario_list *library, size_t *index,
		     struct err *e)
{
	_cleanup_(scenario_free_p) struct scenario *s = NULL;
	const char *slash = strrchr(o->words[0], '/'), *base = slash ? slash + 1 : o->words[0];
	struct program *p = NULL;
	int r = make(o, base, &p, e);

	if (r == 0)
		r = program_scenario(p, base, &s, e);
	if (r == 0)
		r = set(o, s, e);
	if (r == 0)
		r = scenario_list_add(library, steal(&s), e);
	if (r == 0)
		*index = library->count - 1;
	return r;
}
