// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/audit.h"

#include "judge/why/config_diff.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

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

int audit_sides(const struct kernel *old_kernel, const struct kernel *new_kernel,
		const struct run *old_run, const struct run *new_run, struct audit *out,
		struct err *e)
{
	_cleanup_config_diff_ struct config_diff configs = { 0 };
	int r = config_diff(old_kernel->config_path, new_kernel->config_path, &configs, e);

	*out = (struct audit){ .config_differences = configs.known ? (long)configs.count : -1 };
	if (r < 0)
		return r;
	r = add(out, "compiler", old_kernel->compiler, new_kernel->compiler, e);
	if (r == 0)
		r = add(out, "config", old_kernel->config_sha256, new_kernel->config_sha256, e);
	if (r == 0)
		r = add_environment(out, old_run->environment, new_run->environment, e);
	if (r < 0)
		audit_free(out);
	return r;
}
