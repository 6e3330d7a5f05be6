// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/libraries.h"

#include "base/file.h"
#include "parcel/elf_needs.h"
#include "parcel/ld_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE_PATH "/etc/ld.so.cache"
#define CACHE_BYTES_MAX (16u << 20)
#define OBJECTS_MAX 1024

/* An ELF file that is loaded, as the dynamic linker would, and what it asks for in turn. */
struct object {
	const struct object *parent; /* that needs it; NULL: the program */
	char *from;
	char *here, *there; /* the folders of both its paths: $ORIGIN */
	struct elf_needs needs;
};

/* All that one program has loaded, in order: what several need is loaded once. */
struct process {
	struct object *objects[OBJECTS_MAX];
	size_t count;
	struct intern names;
};

/* Where a library is: here, and in the guest. */
struct place {
	char *from, *to;
};

static const char *const usual_folders[] = { "/lib/x86_64-linux-gnu",
					     "/usr/lib/x86_64-linux-gnu",
					     "/lib64",
					     "/usr/lib64",
					     "/lib",
					     "/usr/lib" };

int libraries_open(struct parcel *p, const char *library_path, struct libraries *out, struct err *e)
{
	*out = (struct libraries){ .parcel = p, .library_path = library_path };
	return file_exists(CACHE_PATH) ? file_read(CACHE_PATH, CACHE_BYTES_MAX, &out->cache, e) : 0;
}

void libraries_close(struct libraries *l)
{
	buf_free(&l->cache);
}

static void place_free(struct place *p)
{
	free(p->from);
	free(p->to);
	*p = (struct place){ 0 };
}

/* One of another architecture, or a linker's script of this name, is passed over, as ld.so does. */
static bool can_be_loaded(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[ELF_HEAD_BYTES];

	return fd >= 0 && read(fd, head, sizeof(head)) == sizeof(head) &&
	       elf_check_head(head, sizeof(head), NULL) == 0;
}

/* 1: it is there. The folder is known by two names. */
static int try_folder(const char *here, const char *there, const char *name, struct place *out,
		      struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", there, name);

	out->from = str_printf("%s/%s", here, name);
	if (!path || !out->from)
		return err_oom(e);
	if (can_be_loaded(out->from)) {
		int r = parcel_path("", path, true, &out->to, e);

		return r < 0 ? r : 1;
	}
	place_free(out);
	return 0;
}

/* The words that ld.so puts in: true if @text has one at its start, of *len characters. */
static bool token_at(const char *text, const char *token, size_t *len)
{
	size_t n = strlen(token);

	if (!strncmp(text, "${", 2) && !strncmp(text + 2, token, n) && text[2 + n] == '}') {
		*len = n + 3;
		return true;
	}
	*len = n + 1;
	return text[0] == '$' && !strncmp(text + 1, token, n);
}

/* @folder of a path, with @origin and @lib for these words. NULL when out of memory. */
static char *expand(const char *folder, size_t len, const char *origin, const char *lib)
{
	struct buf b = { 0 };
	int r = 0;

	for (size_t at = 0, n; at < len; at += n) {
		if (token_at(folder + at, "ORIGIN", &n))
			r |= buf_puts(&b, origin);
		else if (token_at(folder + at, "LIB", &n))
			r |= buf_puts(&b, lib);
		else if (token_at(folder + at, "PLATFORM", &n))
			r |= buf_puts(&b, "x86_64");
		else
			r |= buf_add(&b, folder + at, n = 1);
	}
	if (r) {
		buf_free(&b);
		return NULL;
	}
	return b.data ? buf_steal(&b) : strdup("");
}

/* Debian's $LIB, and everybody else's. */
static int try_one(const struct object *o, const char *folder, size_t len, const char *name,
		   struct place *out, struct err *e)
{
	static const char *const libs[] = { "lib/x86_64-linux-gnu", "lib64" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(libs); i++) {
		_cleanup_free_ char *here = expand(folder, len, o->here, libs[i]);
		_cleanup_free_ char *there = expand(folder, len, o->there, libs[i]);

		if (!here || !there)
			return err_oom(e);
		/* A relative folder depends on where one stands. */
		if (here[0] == '/')
			r = try_folder(here, there, name, out, e);
	}
	return r;
}

static int try_path(const struct object *o, const char *folders, const char *name,
		    struct place *out, struct err *e)
{
	int r = 0;

	for (const char *at = folders; r == 0 && at && *at;) {
		size_t len = strcspn(at, ":;");

		r = try_one(o, at, len, name, out, e);
		at += len + (at[len] != '\0');
	}
	return r;
}

static bool is_usual(const char *path)
{
	size_t len = (size_t)(strrchr(path, '/') - path);

	for (size_t i = 0; i < ARRAY_SIZE(usual_folders); i++) {
		if (strlen(usual_folders[i]) == len && !strncmp(path, usual_folders[i], len))
			return true;
	}
	return false;
}

static int try_cache(struct libraries *l, const char *name, struct place *out, struct err *e)
{
	const char *path;

	for (unsigned i = 0; (path = ld_cache_find(l->cache.data, l->cache.len, name, i)); i++) {
		int r;

		if (!can_be_loaded(path))
			continue;
		l->cache_needed = l->cache_needed || !is_usual(path);
		out->from = strdup(path);
		r = out->from ? parcel_path("", path, true, &out->to, e) : err_oom(e);
		return r < 0 ? r : 1;
	}
	return 0;
}

/* 1: found, 0: it is nowhere. */
static int find(struct libraries *l, const struct object *o, const char *name, struct place *out,
		struct err *e)
{
	int r = 0;

	if (strchr(name, '/')) {
		out->from = strdup(name);
		r = out->from ? parcel_path("", name, true, &out->to, e) : err_oom(e);
		return r < 0 ? r : name[0] == '/' && can_be_loaded(name);
	}
	for (const struct object *x = o; r == 0 && !o->needs.runpath && x; x = x->parent) {
		if (!x->needs.runpath)
			r = try_path(x, x->needs.rpath, name, out, e);
	}
	if (r == 0)
		r = try_path(o, l->library_path, name, out, e);
	if (r == 0)
		r = try_path(o, o->needs.runpath, name, out, e);
	if (r == 0)
		r = try_cache(l, name, out, e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(usual_folders); i++)
		r = try_folder(usual_folders[i], usual_folders[i], name, out, e);
	return r;
}

static void process_free(struct process *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->objects[i]->from);
		free(p->objects[i]->here);
		free(p->objects[i]->there);
		free(p->objects[i]);
	}
	intern_free(&p->names);
	free(p);
}
DEFINE_CLEANUP(struct process *, process_free)

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* A program's $ORIGIN is where its file is, a library's where it was found. */
static int set_folders(struct object *o, const char *from, const char *to, struct err *e)
{
	_cleanup_free_ char *real = o->parent ? NULL : realpath(from, NULL);

	o->from = strdup(from);
	o->here = folder_of(real ? real : from);
	o->there = folder_of(to);
	return o->from && o->here && o->there ? 0 : err_oom(e);
}

/* The file is in the parcel as @to. */
static int load(struct libraries *l, struct process *p, const struct object *parent,
		const char *from, const char *to, struct err *e)
{
	const struct parcel_entry *entry = parcel_get(l->parcel, to);
	struct err why = { 0 };
	struct object *o;
	int r;

	if (p->count == OBJECTS_MAX)
		return err_set(e, E2BIG, "%s needs more than %d libraries", p->objects[0]->from,
			       OBJECTS_MAX);
	o = calloc(1, sizeof(*o));
	if (!o)
		return err_oom(e);
	p->objects[p->count++] = o;
	o->parent = parent;
	r = set_folders(o, from, to, e);
	if (r < 0)
		return r;
	/* Entries move when there are more; what they hold does not. */
	r = elf_needs_read(entry->data.data, entry->data.len, &o->needs, &why);
	if (r < 0)
		return err_set(e, -r, "%s %s", from, why.text);
	if (o->needs.soname && intern_add(&p->names, o->needs.soname) == INTERN_NONE)
		return err_oom(e);
	return 0;
}

static int add_found(struct libraries *l, struct process *p, const struct object *o,
		     const struct place *place, struct err *e)
{
	bool known = parcel_get(l->parcel, place->to) != NULL;
	int r = parcel_file(l->parcel, place->from, place->to, NULL, e);

	l->count += r == 0 && !known;
	return r < 0 ? r : load(l, p, o, place->from, place->to, e);
}

static int add_library(struct libraries *l, struct process *p, const struct object *o,
		       const char *name, struct err *e)
{
	struct place place = { 0 };
	int r;

	if (intern_find(&p->names, name) != INTERN_NONE)
		return 0;
	if (intern_add(&p->names, name) == INTERN_NONE)
		return err_oom(e);
	r = find(l, o, name, &place, e);
	if (r == 0)
		r = err_set(e, ENOENT, "%s needs the library %s, which is not on this machine",
			    o->from, name);
	else if (r > 0)
		r = add_found(l, p, o, &place, e);
	place_free(&place);
	return r;
}

static int add_interpreter(struct libraries *l, struct process *p, const struct object *o,
			   struct err *e)
{
	struct place place = { .from = strdup(o->needs.interpreter) };
	int r = place.from ? 0 : err_oom(e);

	if (r == 0 && (place.from[0] != '/' || !can_be_loaded(place.from)))
		r = err_set(e, ENOENT, "%s needs the interpreter %s, which is not on this machine",
			    o->from, place.from);
	if (r == 0)
		r = parcel_path("", place.from, true, &place.to, e);
	if (r == 0)
		r = add_found(l, p, o, &place, e);
	place_free(&place);
	return r;
}

int libraries_add(struct libraries *l, const char *from, const char *to, struct err *e)
{
	_cleanup_(process_free_p) struct process *p = calloc(1, sizeof(*p));
	int r = p ? load(l, p, NULL, from, to, e) : err_oom(e);

	if (r == 0 && p->objects[0]->needs.interpreter)
		r = add_interpreter(l, p, p->objects[0], e);
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		const struct object *o = p->objects[i];

		for (size_t k = 0; r == 0 && k < o->needs.n_libraries; k++)
			r = add_library(l, p, o, o->needs.libraries[k], e);
	}
	return r;
}
