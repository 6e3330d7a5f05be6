// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/title.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "kernel/git/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 96
#define DIGITS_MAX 7
#define ID_MIN 40 /* hex digits of a commit's id */

struct text {
	char text[TEXT_MAX + 4];
};

/* At most TEXT_MAX bytes of @raw, then "..."; what is not printable becomes a '?'. */
static struct text printable(const char *raw)
{
	struct text t = { "" };
	size_t len = 0;

	while (*raw) {
		size_t n = utf8_printable(raw);

		if (len + (n ? n : 1) > TEXT_MAX) {
			memcpy(t.text + len, "...", 4);
			break;
		}
		memcpy(t.text + len, n ? raw : "?", n ? n : 1);
		len += n ? n : 1;
		raw += n ? n : 1;
	}
	return t;
}

/* As many hex digits as a commit's id has, at @text; 0: there is none. */
static size_t id_length(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n >= ID_MIN && n < sizeof(((struct kernel_commit *)0)->id) ? n : 0;
}

/* Copies such an id to @out; the text behind it. */
static const char *take_id(const char *text, char out[KERNEL_COMMIT_BYTES])
{
	size_t n = id_length(text);

	memcpy(out, text, n);
	out[n] = '\0';
	return text + n;
}

/* "3:TREE" */
static const char *take_tree(const char *text, struct kernel_commit *c)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > DIGITS_MAX || text[digits] != ':' || !id_length(text + digits + 1))
		return text;
	c->changed = (unsigned)strtoul(text, NULL, 10);
	return take_id(text + digits + 1, c->tree);
}

struct kernel_commit kernel_commit_of(const char *revision)
{
	struct kernel_commit c = { 0 };
	const char *rest = take_id(revision, c.id);

	if (c.id[0] && *rest == '-')
		rest = take_id(rest + 1, c.reverted);
	else if (c.id[0] && *rest == '+')
		rest = take_tree(rest + 1, &c);
	if (c.id[0] && *rest == '#')
		snprintf(c.config, sizeof(c.config), "%s", rest + 1);
	return c;
}

struct kernel_commit kernel_commit(const char *spec)
{
	const char *at = strncmp(spec, "git:", 4) == 0 ? strrchr(spec, '@') : NULL;

	return kernel_commit_of(at ? at + 1 : "");
}

char *kernel_commit_spec(const char *dir, const struct kernel_commit *c)
{
	char tree[KERNEL_COMMIT_BYTES + 16] = "";

	if (c->tree[0])
		snprintf(tree, sizeof(tree), "+%u:%s", c->changed, c->tree);
	return str_printf("git:%s@%s%s%s%s%s%s", dir, c->id, c->reverted[0] ? "-" : "", c->reverted,
			  tree, c->config[0] ? "#" : "", c->config);
}

/* "28bd1217f75f + changes in 3 files" */
static void name_commit(const struct kernel_commit *c, struct kernel_title *t)
{
	if (c->reverted[0])
		snprintf(t->text, sizeof(t->text), "%.*s without %.*s", GIT_SHORT, c->id, GIT_SHORT,
			 c->reverted);
	else if (c->tree[0])
		snprintf(t->text, sizeof(t->text), "%.*s + changes in %u file%s", GIT_SHORT, c->id,
			 c->changed, c->changed == 1 ? "" : "s");
	else
		snprintf(t->text, sizeof(t->text), "%.*s", GIT_SHORT, c->id);
}

static void add_to(struct kernel_title *t, const char *before, const char *text, const char *behind)
{
	size_t len = strlen(t->text);

	snprintf(t->text + len, sizeof(t->text) - len, "%s%s%s", before, text, behind);
}

struct kernel_title kernel_title_of(const char *spec, const char *release, const char *subject,
				    const char *vmlinux_sha256)
{
	const struct kernel_commit c = kernel_commit(spec);
	struct kernel_title t = { "" };

	if (c.id[0]) {
		name_commit(&c, &t);
		if (subject)
			add_to(&t, " (\"", printable(subject).text, "\")");
		if (c.config[0])
			add_to(&t, ", config ", printable(c.config).text, "");
	} else if (!strncmp(spec, "debian:", 7) || !vmlinux_sha256) {
		snprintf(t.text, sizeof(t.text), "%s", printable(release).text);
	} else {
		snprintf(t.text, sizeof(t.text), "%s (vmlinux %.12s)", printable(release).text,
			 printable(vmlinux_sha256).text);
	}
	return t;
}

struct kernel_title kernel_title(const struct kernel *k)
{
	return kernel_title_of(k->spec, k->release, k->subject, k->vmlinux_sha256);
}
