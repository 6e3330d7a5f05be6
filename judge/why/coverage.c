// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/coverage.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void coverage_free(struct coverage *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->functions[i].symbol);
	free(c->functions);
	*c = (struct coverage){ 0 };
}

bool coverage_is_covered(const struct coverage_function *f)
{
	return f->symbol && f->runs && !f->ambiguous;
}

static bool exists(const struct symbols *s, const char *name, bool *ambiguous)
{
	struct symbols_named n = symbols_named(s, name);

	*ambiguous = n.whole > 1;
	return n.whole || n.clones;
}

/* The work of a system call may be inlined into the wrappers around it, of which one then has it.
 */
static int find_symbol(const struct symbols *s, struct coverage_function *f, struct err *e)
{
	static const char *const wrappers[][2] = { { "__do_sys_", "__se_sys_" },
						   { "__do_sys_", "__x64_sys_" },
						   { "__do_compat_sys_", "__se_compat_sys_" },
						   { "__do_compat_sys_", "__ia32_compat_sys_" } };

	if (exists(s, f->name, &f->ambiguous)) {
		f->symbol = strdup(f->name);
		return f->symbol ? 0 : err_oom(e);
	}
	for (size_t i = 0; !f->symbol && i < ARRAY_SIZE(wrappers); i++) {
		size_t len = strlen(wrappers[i][0]);
		char *name;

		if (strncmp(f->name, wrappers[i][0], len) != 0)
			continue;
		name = str_printf("%s%s", wrappers[i][1], f->name + len);
		if (!name)
			return err_oom(e);
		if (exists(s, name, &f->ambiguous))
			f->symbol = name;
		else
			free(name);
	}
	return 0;
}

int coverage_start(const struct source *source, const struct symbols *symbols, struct coverage *out,
		   struct err *e)
{
	*out = (struct coverage){ 0 };
	out->functions = calloc(source->count + 1, sizeof(*out->functions));
	if (!out->functions)
		return err_oom(e);
	for (size_t i = 0; i < source->count; i++) {
		struct coverage_function *f = &out->functions[out->count++];
		int r;

		f->name = source->functions[i].name;
		f->line = source->functions[i].line;
		r = find_symbol(symbols, f, e);
		if (r < 0)
			return r;
		out->with_symbol += f->symbol != NULL;
	}
	if (!out->with_symbol)
		return err_set(e, ENOENT,
			       "none of the %zu functions that it defines has a symbol in this "
			       "kernel: the file is not part of it",
			       out->count);
	return 0;
}

static int by_name(const void *key, const void *f)
{
	return strcmp(key, ((const struct profile_function *)f)->name);
}

void coverage_add(struct coverage *c, const struct profile *p)
{
	c->runs++;
	c->covered_any = c->covered_all = c->ambiguous = 0;
	for (size_t i = 0; i < c->count; i++) {
		struct coverage_function *f = &c->functions[i];
		const struct profile_function *found =
			f->symbol && p->count ? bsearch(f->symbol, p->functions, p->count,
							sizeof(*p->functions), by_name)
					      : NULL;

		f->runs += found != NULL;
		for (unsigned slot = 0; found && c->runs == 1 && slot < MARKER_SLOTS; slot++) {
			f->insns += found->insns[slot];
			f->calls += found->calls[slot];
		}
		c->covered_any += coverage_is_covered(f);
		c->covered_all += coverage_is_covered(f) && f->runs == c->runs;
		c->ambiguous += f->runs && f->ambiguous;
	}
}
