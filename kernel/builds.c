// SPDX-License-Identifier: GPL-2.0-or-later
/* From packages to builds: which image, which config, which compiler. */
#include "kernel/packages.h"

#include "base/buf.h"
#include "kernel/apt.h"
#include "kernel/spec.h"
#include "kernel/vercmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_image(const struct package *p)
{
	return p->kind <= PACKAGE_IMAGE_UNSIGNED;
}

/* "6.17.13+deb13-cloud-amd64", without the "-unsigned" that some images end in. */
static int tail_length(const struct package *p)
{
	size_t len = strlen(p->tail);

	return (int)(p->kind == PACKAGE_IMAGE_UNSIGNED ? len - strlen("-unsigned") : len);
}

static int compare_tails(const struct package *a, const struct package *b)
{
	int la = tail_length(a), lb = tail_length(b);
	int r = strncmp(a->tail, b->tail, (size_t)(la < lb ? la : lb));

	return r ? r : la - lb;
}

/* Builds together; in a build the image to fetch first, then the newest suite. */
static int by_build(const void *a, const void *b)
{
	const struct package *x = a, *y = b;
	int r = vercmp(x->version, y->version);

	if (!r)
		r = strcmp(x->version, y->version);
	if (!r)
		r = compare_tails(x, y);
	if (!r)
		r = x->kind - y->kind;
	return r ? r : y->suite - x->suite;
}

static bool same_build(const struct package *a, const struct package *b)
{
	return !strcmp(a->version, b->version) && compare_tails(a, b) == 0;
}

/* "gcc-14" out of "gcc-14-for-host, linux-base (>= 4.12~)" or "linux-compiler-gcc-12-x86". */
static char *compiler_of(const char *depends)
{
	static const char *const families[] = { "gcc-", "clang-" };

	for (size_t i = 0; depends && i < ARRAY_SIZE(families); i++) {
		const char *p = depends;

		while ((p = strstr(p, families[i]))) {
			size_t len = strlen(families[i]), digits;

			digits = strspn(p + len, "0123456789");
			if (digits)
				return strndup(p, len + digits);
			p += len;
		}
	}
	return NULL;
}

static int fill_build(const struct package *image, const struct package *first,
		      const struct package *end, struct build *b)
{
	size_t version = spec_version_length(image->tail, NULL);
	size_t len = (size_t)tail_length(image);

	b->abi = strndup(image->tail, version);
	b->flavour = strndup(image->tail + version + 1, len - version - 1);
	b->package = strdup(image->name);
	b->version = strdup(image->version);
	b->suite = strdup(apt_suite_name(image->suite));
	b->size = image->size;
	for (const struct package *p = first; p < end; p++) {
		if (p->kind == PACKAGE_HEADERS && !b->compiler)
			b->compiler = compiler_of(p->depends);
		if (p->kind == PACKAGE_BASE && !b->config_package) {
			b->config_package = strdup(p->name);
			if (!b->config_package)
				return -ENOMEM;
		}
	}
	return b->abi && b->flavour && b->package && b->version && b->suite ? 0 : -ENOMEM;
}

static int add_build(const struct package *first, const struct package *end, struct index *out)
{
	struct build *grown, *b;

	if (!is_image(first))
		return 0;
	grown = realloc(out->builds, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	out->builds = grown;
	b = &out->builds[out->count++];
	*b = (struct build){ 0 };
	return fill_build(first, first, end, b);
}

int packages_to_builds(struct packages *p, struct index *out, struct err *e)
{
	const struct package *first = p->items, *end = p->items + p->count, *next;

	if (!p->count)
		return 0;
	qsort(p->items, p->count, sizeof(*p->items), by_build);
	for (; first < end; first = next) {
		for (next = first + 1; next < end && same_build(first, next); next++)
			;
		if (add_build(first, next, out) < 0)
			return err_oom(e);
	}
	return 0;
}
