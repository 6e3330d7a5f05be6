// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/setup/kernel_check.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "lab/boot.h"

#include <stdlib.h>

#define ID_SHOWN 12

/* What is told of as it is found. */
struct telling {
	const char *cache;
	bool damaged;
	json_t *kernels; /* NULL: text is printed */
};

/* What is found of the symbols, as of the entry's own files; false: there are none to look at. */
static bool look_at_symbols(const struct telling *t, const char *id, const char **why)
{
	enum symbols_kept kept = boot_symbols_kept(t->cache, id);

	*why = kept == SYMBOLS_DAMAGED ? "not what was written; the next boot reads them again"
				       : NULL;
	return kept != SYMBOLS_NONE;
}

static void print_mend(const struct kernel_checked *c)
{
	if (kernel_checked_ok(c))
		return;
	fprintf(stderr, "slowpath: to mend it: slowpath kernel remove %.*s", ID_SHOWN, c->id);
	if (c->spec)
		fprintf(stderr, "; slowpath kernel add %s", c->spec);
	fprintf(stderr, "%s\n", c->spec ? "" : "; then add it again");
}

static void print(const struct telling *t, const struct kernel_checked *c)
{
	const char *why, *separator = "";
	bool any = look_at_symbols(t, c->id, &why);

	printf("%.*s  %-34s %s", ID_SHOWN, c->id, c->release ? c->release : "?",
	       kernel_checked_ok(c) && !why ? "ok: " : "DAMAGED: ");
	for (size_t i = 0; i < c->n_files; i++) {
		printf("%s%s%s%s%s", separator, c->files[i].file, c->files[i].why ? " (" : "",
		       c->files[i].why ? c->files[i].why : "", c->files[i].why ? ")" : "");
		separator = ", ";
	}
	if (any)
		printf("%ssymbols%s%s%s", separator, why ? " (" : "", why ? why : "",
		       why ? ")" : "");
	putchar('\n');
	print_mend(c);
}

static json_t *file_json(const char *file, const char *why)
{
	return json_pack("{s:s, s:b, s:s?}", "file", file, "ok", why == NULL, "why", why);
}

static int add_json(const struct telling *t, const struct kernel_checked *c)
{
	json_t *files = json_array(), *kernel;
	const char *why;
	bool any = look_at_symbols(t, c->id, &why);
	int r = 0;

	for (size_t i = 0; i < c->n_files; i++)
		r |= json_array_append_new(files, file_json(c->files[i].file, c->files[i].why));
	if (any)
		r |= json_array_append_new(files, file_json("symbols", why));
	kernel = json_pack("{s:s, s:s?, s:s?, s:b, s:o}", "id", c->id, "spec", c->spec, "release",
			   c->release, "ok", kernel_checked_ok(c) && !why, "files", files);
	return r | json_array_append_new(t->kernels, kernel);
}

static int tell(struct telling *t, struct kernel_store *st, const char *what, struct err *e)
{
	struct kernel_checked *list;
	const char *why;
	size_t count;
	int r = kernel_check(st, what, &list, &count, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		look_at_symbols(t, list[i].id, &why);
		t->damaged |= why || !kernel_checked_ok(&list[i]);
		if (t->kernels)
			r = add_json(t, &list[i]) ? err_oom(e) : 0;
		else
			print(t, &list[i]);
	}
	kernel_checked_free(list, count);
	return r;
}

int kernel_check_command(struct kernel_store *st, const char *cache, char **names, int count,
			 bool json, struct err *e)
{
	struct telling t = { .cache = cache, .kernels = json ? json_array() : NULL };
	json_t *document = NULL;
	int r = json && !t.kernels ? err_oom(e) : 0, status;

	for (int i = 0; r == 0 && i < (count ? count : 1); i++)
		r = tell(&t, st, count ? names[i] : NULL, e);
	if (r == 0 && json)
		document = json_pack("{s:s, s:b, s:O}", "schema", "slowpath/kernel-check/1", "ok",
				     !t.damaged, "kernels", t.kernels);
	if (r == 0 && json && !document)
		r = err_oom(e);
	status = r < 0 ? ERR_TOOL : json ? print_json(document) : finish_stdout();
	json_decref(document);
	json_decref(t.kernels);
	return status ? status : t.damaged ? ERR_TOOL : 0;
}
