// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/foresee.h"

#include "base/buf.h"
#include "base/file.h"
#include "kernel/build/build.h"
#include "kernel/deb/choose.h"
#include "kernel/deb/debian.h"
#include "kernel/deb/series.h"
#include "kernel/near.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of one kernel or range. NULL: its file will tell. */
static const struct arch *arch_of(struct kernel_store *st, const char *text)
{
	_cleanup_series_range_ struct series_range range = { 0 };
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_spec_ struct spec s = { 0 };

	if (series_is_range(text))
		return series_parse(text, st->arch, &range, NULL) == 0
			       ? arch_of_flavour(range.flavour)
			       : NULL;
	if (spec_parse(text, &s, NULL) < 0)
		return NULL;
	if (s.kind == SPEC_DEBIAN)
		return s.arch;
	if (s.kind == SPEC_WORD && kernel_find(st, text, &k, NULL) == 0)
		return kernel_arch(k);
	/* A word that is no file either is a revision, if it is anything. */
	return s.kind != SPEC_GIT && file_exists(s.path) ? NULL : arch_default();
}

int kernel_foresee_arch(struct kernel_store *st, char *const *specs, size_t count,
			const struct arch **out, struct err *e)
{
	size_t first = 0;

	/* Others are refused one by one, each by its name. */
	*out = st->arch;
	for (size_t i = 0; !st->arch && i < count; i++) {
		const struct arch *arch = arch_of(st, specs[i]);

		if (!*out)
			first = i;
		if (*out && arch && arch != *out)
			return err_set(e, EINVAL,
				       "%s is for %s and %s for %s: the instructions of two "
				       "architectures say nothing of each other",
				       specs[first], (*out)->name, specs[i], arch->name);
		if (arch)
			*out = arch;
	}
	return 0;
}

struct foresight {
	struct kernel_store *st;
	struct index index;
	bool indexed;	      /* there are package lists */
	const char *compiler; /* that builds are to be of; NULL: any; of the index */
};

void kernel_foreseen_free(struct kernel_foreseen *list, size_t count)
{
	for (size_t i = 0; list && i < count; i++) {
		free(list[i].spec);
		free(list[i].version);
	}
	free(list);
}

static int take_stored(const struct kernel *k, struct kernel_foreseen *out, struct err *e)
{
	out->way = KERNEL_STORED;
	out->spec = strdup(k->spec);
	if (k->package_version)
		out->version = strndup(k->package_version, strcspn(k->package_version, "-+"));
	return out->spec && (out->version || !k->package_version) ? 0 : err_oom(e);
}

/* A build of the index, which may be in the store. */
static int take_build(struct foresight *f, const struct build *b, struct kernel_foreseen *out,
		      struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	char number[64];
	int r = kernel_list(f->st, &list, e);

	out->spec = str_printf("debian:%s-%s", b->abi, b->flavour);
	out->version = strdup(build_number(b, number, sizeof(number)));
	if (r < 0 || !out->spec || !out->version)
		return r < 0 ? r : err_oom(e);
	out->way = KERNEL_DOWNLOADED;
	out->bytes = b->size;
	for (size_t i = 0; i < list.count; i++) {
		const struct kernel *k = list.items[i];

		if (k->package_version && !strcmp(k->spec, out->spec) &&
		    !strcmp(k->package_version, b->version)) {
			out->way = KERNEL_STORED;
			out->bytes = 0;
		}
	}
	return 0;
}

/* As debian_resolve(), by what is here. */
static int foresee_debian(struct foresight *f, const struct spec *s, struct kernel_foreseen *out,
			  struct err *e)
{
	_cleanup_choices_ struct choices choices = { 0 };
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf near = { 0 };
	const struct build *b = NULL;
	int r = 0;

	if (s->literal)
		r = debian_stored(f->st, s, f->compiler, &k, e);
	if (r == 0 && !k && f->indexed) {
		r = choose(&f->index, s, &choices) < 0 ? err_oom(e) : 0;
		b = r == 0 ? choose_one(&choices, f->compiler) : NULL;
	}
	if (r == 0 && !k && !b)
		r = debian_stored(f->st, s, f->compiler, &k, e);
	if (r < 0)
		return r;
	if (k)
		return take_stored(k, out, e);
	if (b)
		return take_build(f, b, out, e);
	if (!f->indexed)
		return err_set(e, ENOENT,
			       "not in the store, and there are no package lists yet; 'slowpath "
			       "kernel search' fetches them");
	if (choose_nearest(&f->index, s, &near) < 0)
		return err_oom(e);
	return err_set(e, ENOENT, "not in any suite; %s", buf_str(&near));
}

static int foresee_other(struct foresight *f, const char *text, const struct spec *s,
			 struct kernel_foreseen *out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err why = { 0 };
	int r;

	if (s->kind == SPEC_GIT)
		r = build_stored(f->st, s->path, s->revision, &k, e);
	else
		r = kernel_find(f->st, text, &k, &why);
	if (k)
		return take_stored(k, out, e);
	out->way = s->kind == SPEC_GIT ? KERNEL_BUILT : KERNEL_READ;
	if (s->kind != SPEC_GIT && !file_exists(text))
		return err_set(e, why.code ? -why.code : ENOENT, "%s", why.text);
	if (r < 0 && s->kind == SPEC_GIT)
		return r;
	out->spec = strdup(text);
	return out->spec ? 0 : err_oom(e);
}

static int foresee_one(struct foresight *f, const char *text, struct kernel_foreseen *out,
		       struct err *e)
{
	_cleanup_free_ char *meant = NULL;
	_cleanup_spec_ struct spec s = { 0 };
	int r = spec_for_arch(text, f->st->arch, &meant, e);

	text = meant ? meant : text;
	if (r == 0)
		r = spec_parse(text, &s, e);
	if (r < 0)
		return r;
	r = s.kind == SPEC_DEBIAN ? foresee_debian(f, &s, out, e)
				  : foresee_other(f, text, &s, out, e);
	return r < 0 ? err_wrap(e, "kernel '%s'", text) : 0;
}

/* The compiler that both ends can be had with, as kernel_resolve_pair() chooses it. */
static void agree(struct foresight *f, const char *first, const char *last)
{
	_cleanup_choices_ struct choices of_first = { 0 }, of_last = { 0 };
	_cleanup_spec_ struct spec a = { 0 }, b = { 0 };

	if (!f->indexed || spec_parse(first, &a, NULL) < 0 || spec_parse(last, &b, NULL) < 0 ||
	    a.kind != SPEC_DEBIAN || b.kind != SPEC_DEBIAN || a.arch != b.arch)
		return;
	if (choose(&f->index, &a, &of_first) == 0 && choose(&f->index, &b, &of_last) == 0)
		f->compiler = choose_compiler(&of_first, &of_last);
}

int kernel_foresee(struct kernel_store *st, char *const *specs, size_t count,
		   struct kernel_foreseen **out, struct err *e)
{
	struct kernel_foreseen *list = calloc(count, sizeof(*list));
	struct foresight f = { .st = st };
	const struct arch *arch = NULL;
	int r = list ? kernel_foresee_arch(st, specs, count, &arch, e) : err_oom(e);

	if (!arch)
		arch = arch_default();
	f.indexed = index_load(store_apt(st, arch), &f.index, NULL) == 0;
	if (r == 0)
		agree(&f, specs[0], specs[count - 1]);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = foresee_one(&f, specs[i], &list[i], e);
	index_free(&f.index);
	if (r < 0) {
		kernel_foreseen_free(list, count);
		return r;
	}
	*out = list;
	return 0;
}
