// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/audit.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX (4u << 20)

void audit_free(struct audit *a)
{
	for (size_t i = 0; i < a->count; i++) {
		free(a->entries[i].name);
		free(a->entries[i].old_value);
		free(a->entries[i].new_value);
	}
	free(a->entries);
	*a = (struct audit){ 0 };
}

static int add(struct audit *a, const char *name, const char *old_value, const char *new_value,
	       struct err *e)
{
	struct audit_entry *grown = realloc(a->entries, (a->count + 1) * sizeof(*grown));
	struct audit_entry *x;

	if (!grown)
		return err_oom(e);
	a->entries = grown;
	x = &grown[a->count++];
	x->same = old_value && new_value && !strcmp(old_value, new_value);
	x->name = strdup(name);
	x->old_value = strdup(old_value ? old_value : "unknown");
	x->new_value = strdup(new_value ? new_value : "unknown");
	return x->name && x->old_value && x->new_value ? 0 : err_oom(e);
}

/* The value of "name=value" in the guest's lines (malloc'ed), or NULL. */
static char *line_value(const char *lines, const char *name, size_t name_len)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");

		if (len > name_len && !strncmp(lines, name, name_len) && lines[name_len] == '=')
			return strndup(lines + name_len + 1, len - name_len - 1);
		lines += len + (lines[len] == '\n');
	}
	return NULL;
}

static int add_line(struct audit *a, const char *name, size_t len, const char *old_lines,
		    const char *new_lines, struct err *e)
{
	_cleanup_free_ char *o = line_value(old_lines, name, len);
	_cleanup_free_ char *n = line_value(new_lines, name, len);
	_cleanup_free_ char *text = strndup(name, len);

	return text ? add(a, text, o, n, e) : err_oom(e);
}

/* Every line of either side's environment, in the order of OLD, then what only NEW has. */
static int add_environment(struct audit *a, const char *old_lines, const char *new_lines,
			   struct err *e)
{
	const char *sides[] = { old_lines, new_lines };

	for (unsigned side = 0; side < 2; side++) {
		for (const char *line = sides[side]; *line;) {
			size_t len = strcspn(line, "\n"), name = strcspn(line, "=\n");
			_cleanup_free_ char *there =
				side ? line_value(old_lines, line, name) : NULL;
			int r = 0;

			if (name && name < len && !there)
				r = add_line(a, line, name, old_lines, new_lines, e);
			if (r < 0)
				return r;
			line += len + (line[len] == '\n');
		}
	}
	return 0;
}

struct lines {
	char *text;
	char **at;
	size_t count;
};

/* By name: "CONFIG_A1=y" sorts before "CONFIG_A=y" as text, and behind it as an option. */
static int compare_option(const char *a, const char *b)
{
	size_t x = strcspn(a, "="), y = strcspn(b, "=");
	int order = strncmp(a, b, x < y ? x : y);

	return order ? order : (x > y) - (x < y);
}

static int by_option(const void *a, const void *b)
{
	return compare_option(*(char *const *)a, *(char *const *)b);
}

/* The lines of a config that set something ("CONFIG_X=y"), sorted. */
static int read_config(const char *path, struct lines *out)
{
	struct buf b = { 0 };
	char *save = NULL;

	if (!path || file_read(path, CONFIG_BYTES_MAX, &b, NULL) < 0) {
		buf_free(&b);
		return -1;
	}
	out->text = buf_steal(&b);
	for (char *l = strtok_r(out->text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char **grown;

		if (strncmp(l, "CONFIG_", 7) != 0)
			continue;
		grown = realloc(out->at, (out->count + 1) * sizeof(*grown));
		if (!grown)
			return -1;
		out->at = grown;
		out->at[out->count++] = l;
	}
	if (out->count)
		qsort(out->at, out->count, sizeof(*out->at), by_option);
	return 0;
}

static long count_differences(const struct lines *o, const struct lines *n)
{
	long differences = 0;
	size_t i = 0, k = 0;

	while (i < o->count || k < n->count) {
		int order = i == o->count   ? 1
			    : k == n->count ? -1
					    : compare_option(o->at[i], n->at[k]);

		if (order || strcmp(o->at[i], n->at[k]) != 0)
			differences++;
		i += order <= 0;
		k += order >= 0;
	}
	return differences;
}

static long config_differences(const struct kernel *o, const struct kernel *n)
{
	struct lines a = { 0 }, b = { 0 };
	long differences = -1;

	if (read_config(o->config_path, &a) == 0 && read_config(n->config_path, &b) == 0)
		differences = count_differences(&a, &b);
	free(a.at);
	free(a.text);
	free(b.at);
	free(b.text);
	return differences;
}

int audit_sides(const struct kernel *old_kernel, const struct kernel *new_kernel,
		const struct run *old_run, const struct run *new_run, struct audit *out,
		struct err *e)
{
	int r;

	*out = (struct audit){ .config_differences = config_differences(old_kernel, new_kernel) };
	r = add(out, "compiler", old_kernel->compiler, new_kernel->compiler, e);
	if (r == 0)
		r = add(out, "config", old_kernel->config_sha256, new_kernel->config_sha256, e);
	if (r == 0)
		r = add_environment(out, old_run->environment, new_run->environment, e);
	if (r < 0)
		audit_free(out);
	return r;
}
