// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/debian.h"

#include "base/buf.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#define HOUR 3600.0

void kernel_offers_free(struct kernel_offers *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct kernel_offer *o = &list->items[i];

		free(o->spec);
		free(o->version);
		free(o->package);
		free(o->suite);
		free(o->flavour);
		free(o->compiler);
	}
	free(list->items);
	*list = (struct kernel_offers){ 0 };
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static int add_offer(const struct build *b, struct kernel_offers *out)
{
	struct kernel_offer *o = &out->items[out->count++];

	o->spec = str_printf("debian:%s-%s", b->abi, b->flavour);
	o->version = copy(b->version);
	o->package = copy(b->package);
	o->suite = copy(b->suite);
	o->flavour = copy(b->flavour);
	o->compiler = copy(b->compiler);
	o->size = b->size;
	o->inferred = b->inferred;
	if (!o->spec || !o->version || !o->package || !o->suite || !o->flavour ||
	    (b->compiler && !o->compiler))
		return -ENOMEM;
	return 0;
}

static bool matches(const struct build *b, const struct arch *arch, const char *pattern,
		    const struct spec *version)
{
	_cleanup_free_ char *name = str_printf("%s-%s", b->abi, b->flavour);
	char number[64];

	if (!pattern)
		return !strcmp(b->flavour, arch->flavour);
	if (!version)
		return name && !fnmatch(pattern, name, 0);
	if (strcmp(b->flavour, version->flavour) != 0)
		return false;
	if (version->literal)
		return !strcmp(b->abi, version->version) || !strcmp(b->version, version->version);
	return spec_number_matches(version->number, build_number(b, number, sizeof(number)));
}

static void mark_installed(const struct kernel_list *have, struct kernel_offers *offers)
{
	for (size_t i = 0; i < offers->count; i++) {
		for (size_t j = 0; j < have->count; j++) {
			const struct kernel *k = have->items[j];
			struct kernel_offer *o = &offers->items[i];

			if (o->spec && o->version && k->package_version &&
			    !strcmp(k->spec, o->spec) && !strcmp(k->package_version, o->version))
				o->installed = true;
		}
	}
}

static int offers_of(const struct kernel_list *have, const struct index *x, const struct arch *arch,
		     const char *pattern, struct kernel_offers *out, struct err *e)
{
	_cleanup_free_ char *meant = NULL;
	_cleanup_spec_ struct spec version = { 0 };
	_cleanup_free_ char *spec = NULL;
	bool is_version;

	if (pattern && !strncmp(pattern, "debian:", 7))
		pattern += 7;
	spec = str_printf("debian:%s", pattern ? pattern : "");
	if (!spec)
		return err_oom(e);
	if (spec_for_arch(spec, arch, &meant, NULL) < 0)
		return err_set(e, EINVAL, "'%s' is of another architecture than %s", pattern,
			       arch->name);
	is_version = pattern && spec_parse(meant ? meant : spec, &version, NULL) == 0;
	out->items = calloc(x->count + 1, sizeof(*out->items));
	if (!out->items)
		return err_oom(e);
	for (size_t i = 0; i < x->count; i++) {
		if (matches(&x->builds[i], arch, pattern, is_version ? &version : NULL) &&
		    add_offer(&x->builds[i], out) < 0) {
			kernel_offers_free(out);
			return err_oom(e);
		}
	}
	mark_installed(have, out);
	return 0;
}

/* Whose lists are looked into: what is asked for, what a glob ends in, or the usual one. */
static const struct arch *searched(const struct kernel_store *st, const char *pattern)
{
	const struct arch *arch = st->arch;

	if (!arch && pattern)
		arch = arch_of_flavour(pattern);
	return arch ? arch : arch_default();
}

int kernel_search(struct kernel_store *st, const char *pattern, kernel_note_fn fn, void *arg,
		  struct kernel_offers *out, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list have = { 0 };
	_cleanup_index_ struct index x = { 0 };
	const struct arch *arch = searched(st, pattern);
	struct notes notes = { fn, arg };
	int r = kernel_list(st, &have, e);

	*out = (struct kernel_offers){ 0 };
	if (r == 0)
		r = debian_index(st, arch, 24 * HOUR, &notes, &x, e);
	return r < 0 ? r : offers_of(&have, &x, arch, pattern, out, e);
}

int kernel_search_offline(struct kernel_store *st, const char *pattern, struct kernel_offers *out,
			  struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list have = { 0 };
	_cleanup_index_ struct index x = { 0 };
	const struct arch *arch = searched(st, pattern);
	int r = kernel_list(st, &have, e);

	*out = (struct kernel_offers){ 0 };
	if (r == 0)
		r = index_load(store_apt(st, arch), &x, e);
	return r < 0 ? r : offers_of(&have, &x, arch, pattern, out, e);
}
