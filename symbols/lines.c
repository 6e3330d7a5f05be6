// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/lines.h"

#include "base/buf.h"
#include "symbols/debug_file.h"
#include "symbols/inlines.h"

#include <dwarf.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A kernel's own is below 10,000. */
#define UNITS_MAX (1u << 20)
/* By this file of its a kernel's source tree is known. */
#define ROOT_FILE "/init/main.c"

struct unit {
	Dwarf_Die die;
	struct inlines inlines;
	bool known; /* inlines were read */
};

/* A name as the debug information has it, and as it is told. */
struct file_name {
	const char *raw; /* libdw's, and the key by its place */
	char *told;
};

struct lines {
	struct debug_file file;
	struct unit *units;
	size_t n_units;
	struct inlines_range *ranges; /* of units, by address */
	size_t n_ranges;
	char *root;  /* the source tree, with a slash behind it; NULL: not known */
	void *names; /* a tree of struct file_name, see tsearch(3) */
};

static void file_name_free(void *name)
{
	free(((struct file_name *)name)->told);
	free(name);
}

void lines_close(struct lines *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_units; i++)
		inlines_free(&l->units[i].inlines);
	tdestroy(l->names, file_name_free);
	free(l->units);
	free(l->ranges);
	free(l->root);
	debug_file_close(&l->file);
	free(l);
}

/* Takes "/./" and "/x/../" out of an absolute name, in place. */
static void normalise(char *name)
{
	char *to = name;

	if (*name != '/')
		return;
	for (const char *from = name; *from;) {
		size_t len = 1 + strcspn(from + 1, "/");

		if (len == 3 && !strncmp(from, "/..", 3)) {
			while (to > name && *--to != '/')
				;
		} else if (len > 1 && !(len == 2 && from[1] == '.')) {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	*to = '\0';
}

static char *absolute(const char *folder, const char *name)
{
	char *path = *name == '/' || !folder ? strdup(name) : str_printf("%s/%s", folder, name);

	if (path)
		normalise(path);
	return path;
}

/* The folder that a unit was compiled in; NULL: not told. */
static const char *folder_of(const struct lines *l, Dwarf_Die *unit)
{
	Dwarf_Attribute attribute;

	return debug_file_string(&l->file,
				 dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute)));
}

static int look_for_root(struct lines *l, Dwarf_Die *unit, struct err *e)
{
	const char *name = debug_file_string(&l->file, dwarf_diename(unit));
	char *path = l->root || !name ? NULL : absolute(folder_of(l, unit), name);
	size_t len = path ? strlen(path) : 0, tail = strlen(ROOT_FILE);

	if (!l->root && name && !path)
		return err_oom(e);
	if (len > tail && !strcmp(path + len - tail, ROOT_FILE)) {
		path[len - tail + 1] = '\0';
		l->root = steal(&path);
	}
	free(path);
	return 0;
}

static int add_unit(struct lines *l, const Dwarf_Die *die, struct err *e)
{
	struct unit *grown;
	int r;

	if (l->n_units == UNITS_MAX)
		return err_set(e, EPROTO, "the debug information is damaged: units without end");
	if (!(l->n_units & (l->n_units - 1))) {
		grown = realloc(l->units, (l->n_units ? 2 * l->n_units : 1) * sizeof(*grown));
		if (!grown)
			return err_oom(e);
		l->units = grown;
	}
	l->units[l->n_units] = (struct unit){ .die = *die };
	r = inlines_add_ranges(&l->units[l->n_units].die, l->n_units, &l->ranges, &l->n_ranges, e);
	l->n_units += r == 0;
	return r;
}

static int read_units(struct lines *l, struct err *e)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	int r = 0, more;

	while (r == 0 &&
	       (more = dwarf_get_units(l->file.dwarf, cu, &cu, NULL, NULL, &die, NULL)) == 0) {
		r = add_unit(l, &die, e);
		if (r == 0)
			r = look_for_root(l, &die, e);
	}
	if (r == 0 && more < 0)
		r = err_set(e, EPROTO, "the debug information is damaged: %s", dwarf_errmsg(-1));
	inlines_sort(l->ranges, l->n_ranges);
	return r;
}

int lines_check(const char *file, const char *vmlinux, struct err *e)
{
	const char *path = file ? file : vmlinux;
	struct debug_file f = { 0 };
	int r = debug_file_open(path, &f, e);

	if (r == 0 && file)
		r = debug_file_compare(&f, vmlinux, e);
	debug_file_close(&f);
	return r < 0 ? err_wrap(e, "%s", path) : 0;
}

int lines_open(const char *file, const char *vmlinux, struct lines **out, struct err *e)
{
	_cleanup_lines_ struct lines *l = calloc(1, sizeof(*l));
	const char *path = file ? file : vmlinux;
	int r = l ? debug_file_open(path, &l->file, e) : err_oom(e);

	*out = NULL;
	if (r == 0 && file)
		r = debug_file_compare(&l->file, vmlinux, e);
	if (r == 0)
		r = debug_file_load(&l->file, e);
	if (r == 0)
		r = read_units(l, e);
	if (r < 0)
		return err_wrap(e, "%s", path);
	*out = steal(&l);
	return 0;
}

static int by_place(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct file_name *)a)->raw;
	uintptr_t y = (uintptr_t)((const struct file_name *)b)->raw;

	return x < y ? -1 : x > y;
}

/* Without the source tree or, for what is made while building, the folder that it is made in. */
static char *shorten(const struct lines *l, const char *raw, const char *folder)
{
	_cleanup_free_ char *path = absolute(folder, raw);
	_cleanup_free_ char *made_in = folder ? absolute(NULL, folder) : NULL;

	if (!path || (folder && !made_in))
		return NULL;
	if (l->root && !strncmp(path, l->root, strlen(l->root)))
		return strdup(path + strlen(l->root));
	if (made_in && !strncmp(path, made_in, strlen(made_in)) && path[strlen(made_in)] == '/')
		return strdup(path + strlen(made_in) + 1);
	return strdup(path);
}

static const char *file_name(struct lines *l, struct unit *unit, const char *raw)
{
	struct file_name key = { .raw = raw }, *added, **found;

	if (!raw)
		return NULL;
	found = tfind(&key, &l->names, by_place);
	if (found)
		return *(*found)->told ? (*found)->told : NULL;
	if (!debug_file_string(&l->file, raw))
		return NULL;
	added = calloc(1, sizeof(*added));
	if (!added)
		return NULL;
	*added = key;
	added->told = shorten(l, raw, folder_of(l, &unit->die));
	if (!added->told || !tsearch(added, &l->names, by_place)) {
		file_name_free(added);
		return NULL;
	}
	return *added->told ? added->told : NULL;
}

/* What can be damaged is read when the unit is first asked for. */
static int know(struct unit *u, struct err *e)
{
	Dwarf_Lines *rows;
	size_t count;
	int r;

	if (u->known)
		return 0;
	if (dwarf_hasattr(&u->die, DW_AT_stmt_list) && dwarf_getsrclines(&u->die, &rows, &count))
		return err_set(e, EPROTO, "the debug information is damaged: %s", dwarf_errmsg(-1));
	r = inlines_read(&u->die, &u->inlines, e);
	u->known = r == 0;
	return r;
}

static void find_line(struct lines *l, struct unit *u, uint64_t vaddr, struct lines_frame *out)
{
	Dwarf_Line *row = dwarf_getsrc_die(&u->die, vaddr);
	int line;

	if (!row || dwarf_lineno(row, &line) != 0 || line <= 0)
		return;
	out->line = (unsigned)line;
	out->file = file_name(l, u, dwarf_linesrc(row, NULL, NULL));
}

/* Outwards from @scope; where there is no room for all, the outermost is still the last. */
static void fill_chain(struct lines *l, struct unit *u, const struct inlines_function *f,
		       size_t scope, struct lines_place *out)
{
	for (;;) {
		const struct inlines_scope *s = &f->scopes[scope];
		struct lines_frame *frame = &out->frames[out->depth - 1];

		frame->function = debug_file_string(&l->file, s->name);
		frame->declared = s->declared;
		if (s->parent < 0)
			return;
		scope = (size_t)s->parent;
		if (out->depth < LINES_DEPTH_MAX)
			out->depth++;
		out->frames[out->depth - 1] =
			(struct lines_frame){ .file = file_name(l, u, s->call_file),
					      .line = s->call_line };
	}
}

int lines_find(struct lines *l, uint64_t vaddr, struct lines_place *out, struct err *e)
{
	const struct inlines_range *at = inlines_at(l->ranges, l->n_ranges, vaddr);
	const struct inlines_function *f;
	struct unit *u = at ? &l->units[at->index] : NULL;
	size_t scope;
	int r;

	out->depth = 1;
	out->frames[0] = (struct lines_frame){ 0 };
	if (!u)
		return 0;
	r = know(u, e);
	if (r < 0)
		return r;
	find_line(l, u, vaddr, &out->frames[0]);
	f = inlines_find(&u->inlines, vaddr, &scope, &r, e);
	if (f)
		fill_chain(l, u, f, scope, out);
	return r;
}
