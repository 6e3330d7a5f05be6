// SPDX-License-Identifier: GPL-2.0-or-later
/* From packages to builds: which image, which config, which compiler. */
#include "kernel/deb/builds.h"

#include "base/buf.h"
#include "kernel/deb/apt.h"
#include "kernel/name/spec.h"
#include "kernel/name/vercmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_image(const struct package *p)
{
	return p->kind <= PACKAGE_IMAGE_UNSIGNED;
}

/* "linux-image-6.12-amd64" only draws in the newest 6.12; a build's name is never so short. */
static bool is_metapackage(const struct package *p)
{
	size_t len = spec_version_length(p->tail, NULL), digits = strspn(p->tail, "0123456789");

	return digits + 1 + strspn(p->tail + digits + 1, "0123456789") >= len;
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

	if (!is_image(first) || is_metapackage(first))
		return 0;
	grown = realloc(out->builds, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	out->builds = grown;
	b = &out->builds[out->count++];
	*b = (struct build){ 0 };
	return fill_build(first, first, end, b);
}

/*
 * What tells builds of one Debian release: "deb13" of "6.17.13+deb13", else the suite's name up
 * to the '-'. Points into @b; *len is its length.
 */
static const char *release_of(const struct build *b, size_t *len)
{
	const char *plus = strchr(b->abi, '+');
	const char *tag = plus ? plus + 1 : b->suite;

	*len = strcspn(tag, ".-~");
	return tag;
}

static bool same_release(const struct build *a, const struct build *b)
{
	size_t len_a, len_b;
	const char *tag_a = release_of(a, &len_a), *tag_b = release_of(b, &len_b);

	return len_a == len_b && !strncmp(tag_a, tag_b, len_a);
}

/*
 * The archive drops the headers of older uploads but keeps their images. A Debian release has one
 * kernel compiler, so if all the builds whose compiler is known agree, the rest had it, too.
 */
static int infer_compiler(const struct index *x, struct build *b)
{
	const char *found = NULL;

	for (size_t i = 0; i < x->count; i++) {
		const struct build *o = &x->builds[i];

		if (!o->compiler || o->inferred || !same_release(o, b))
			continue;
		if (found && strcmp(found, o->compiler) != 0)
			return 0;
		found = o->compiler;
	}
	if (!found)
		return 0;
	b->inferred = true;
	b->compiler = strdup(found);
	return b->compiler ? 0 : -ENOMEM;
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
	for (size_t i = 0; i < out->count; i++) {
		if (!out->builds[i].compiler && infer_compiler(out, &out->builds[i]) < 0)
			return err_oom(e);
	}
	return 0;
}

const char *build_number(const struct build *b, char *out, size_t len)
{
	const char *colon = strchr(b->version, ':'), *v = colon ? colon + 1 : b->version;
	size_t n = 0;

	spec_version_length(v, &n);
	if (n >= len)
		n = len - 1;
	memcpy(out, v, n);
	out[n] = '\0';
	return out;
}
