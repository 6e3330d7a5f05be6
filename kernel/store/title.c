// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/title.h"

#include "base/utf8.h"
#include "kernel/git/git.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX 96
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

struct kernel_commit kernel_commit(const char *spec)
{
	const char *at = strncmp(spec, "git:", 4) == 0 ? strrchr(spec, '@') : NULL;
	struct kernel_commit c = { 0 };
	size_t n = at ? id_length(at + 1) : 0, m;

	if (!n)
		return c;
	memcpy(c.id, at + 1, n);
	if (at[1 + n] == '-') {
		m = id_length(at + 2 + n);
		memcpy(c.reverted, at + 2 + n, m);
	}
	return c;
}

struct kernel_title kernel_title_of(const char *spec, const char *release, const char *subject,
				    const char *vmlinux_sha256)
{
	const struct kernel_commit c = kernel_commit(spec);
	struct kernel_title t = { "" };

	if (c.id[0])
		snprintf(t.text, sizeof(t.text), "%.*s%s%.*s%s%s%s", GIT_SHORT, c.id,
			 c.reverted[0] ? " without " : "", GIT_SHORT, c.reverted,
			 subject ? " (\"" : "", subject ? printable(subject).text : "",
			 subject ? "\")" : "");
	else if (!strncmp(spec, "debian:", 7) || !vmlinux_sha256)
		snprintf(t.text, sizeof(t.text), "%s", printable(release).text);
	else
		snprintf(t.text, sizeof(t.text), "%s (vmlinux %.12s)", printable(release).text,
			 printable(vmlinux_sha256).text);
	return t;
}

struct kernel_title kernel_title(const struct kernel *k)
{
	return kernel_title_of(k->spec, k->release, k->subject, k->vmlinux_sha256);
}
