// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A Packages file is stanzas of "Field: value" lines with an empty line between:
 *
 *   Package: linux-headers-6.17.13+deb13-cloud-amd64
 *   Version: 6.17.13-1~bpo13+1
 *   Depends: gcc-14-for-host, ...
 *   Size: 1520972
 *
 * Of its 60 MB a few hundred stanzas are about kernels: the rest is passed over by the line.
 */
#include "kernel/deb/packages.h"

#include "base/buf.h"
#include "kernel/name/spec.h"
#include "kernel/image/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGES_MAX (4ULL << 30)
#define LINE_LIMIT (1U << 20)

void packages_free(struct packages *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].version);
		free(p->items[i].depends);
	}
	free(p->items);
	*p = (struct packages){ 0 };
}

/* A reader in the middle of a list. */
struct reader {
	struct packages *out;
	struct buf line;    /* the start of a line whose end has not come yet */
	struct package now; /* the stanza; name is NULL while it is of no interest */
	int suite;
};

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* Packages that come along with a build: debug symbols, shared headers, Debian's own signing. */
static bool is_side_package(const char *tail)
{
	static const char *const ends[] = { "-dbg", "-common", "-common-rt", "-signed-template" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (ends_with(tail, ends[i]))
			return true;
	}
	return false;
}

/* Sets kind and tail from the name; false if it is no package of a kernel build. */
static bool classify(struct package *p)
{
	static const struct {
		const char *prefix;
		enum package_kind kind;
	} prefixes[] = {
		{ "linux-binary-unsigned-", PACKAGE_BINARY_UNSIGNED },
		{ "linux-binary-", PACKAGE_BINARY },
		{ "linux-image-", PACKAGE_IMAGE },
		{ "linux-headers-", PACKAGE_HEADERS },
		{ "linux-base-", PACKAGE_BASE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t len = strlen(prefixes[i].prefix), version;

		if (strncmp(p->name, prefixes[i].prefix, len) != 0)
			continue;
		p->tail = p->name + len;
		p->kind = prefixes[i].kind;
		if (p->kind == PACKAGE_IMAGE && ends_with(p->tail, "-unsigned"))
			p->kind = PACKAGE_IMAGE_UNSIGNED;
		version = spec_version_length(p->tail, NULL);
		return version && p->tail[version] == '-' && !is_side_package(p->tail);
	}
	return false;
}

static void drop_stanza(struct reader *r)
{
	free(r->now.name);
	free(r->now.version);
	free(r->now.depends);
	r->now = (struct package){ 0 };
}

static int end_stanza(struct reader *r)
{
	struct packages *out = r->out;
	struct package *grown;

	if (!r->now.name || !r->now.version || !classify(&r->now)) {
		drop_stanza(r);
		return 0;
	}
	grown = realloc(out->items, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	out->items = grown;
	r->now.suite = r->suite;
	out->items[out->count++] = r->now;
	r->now = (struct package){ 0 };
	return 0;
}

/* strdup of what follows "Field: " into *to, if the line is of that field. */
static int take_field(const char *line, const char *field, char **to)
{
	size_t len = strlen(field);

	if (*to || strncmp(line, field, len) != 0)
		return 0;
	*to = strdup(line + len);
	return *to ? 0 : -ENOMEM;
}

static int take_line(struct reader *r, const char *line)
{
	int err = 0;

	if (line[0] == '\0')
		return end_stanza(r);
	if (!r->now.name)
		return strncmp(line, "Package: linux-", 15)
			       ? 0
			       : take_field(line, "Package: ", &r->now.name);
	err = take_field(line, "Version: ", &r->now.version);
	if (!err)
		err = take_field(line, "Depends: ", &r->now.depends);
	if (!strncmp(line, "Size: ", 6))
		r->now.size = strtoull(line + 6, NULL, 10);
	return err;
}

static int take_bytes(void *arg, const void *data, size_t len)
{
	struct reader *r = arg;
	const char *p = data, *end = p + len, *nl;

	for (; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		int err = buf_add(&r->line, p, (size_t)(nl - p));

		if (!err)
			err = take_line(r, buf_str(&r->line));
		if (err)
			return err;
		r->line.len = 0;
		r->line.data[0] = '\0';
	}
	if (r->line.len + (size_t)(end - p) > LINE_LIMIT)
		return -EFBIG;
	return buf_add(&r->line, p, (size_t)(end - p));
}

int packages_read(const char *path, int suite, struct packages *out, struct err *e)
{
	struct reader reader = { .out = out, .suite = suite };
	int r = unpack_file(path, PACKAGES_MAX, take_bytes, &reader, e);

	if (r == 0 && end_stanza(&reader) < 0)
		r = err_oom(e);
	drop_stanza(&reader);
	buf_free(&reader.line);
	return r;
}
