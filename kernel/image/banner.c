// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init/version.c puts one line of text into every kernel:
 *
 *   Linux version RELEASE (BUILDER@HOST) (COMPILER, LINKER) VERSION\n
 *
 * where VERSION begins with "#1 " or another build number. Some builds hold a second copy whose
 * number is still empty ("# SMP"); that one is passed over. COMPILER may begin with the target
 * triple, which says nothing here.
 */
#include "kernel/image/banner.h"

#include "arch/arch.h"
#include "base/buf.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

#define START "Linux version "
#define LINE_MAX_LEN 1024
#define RELEASE_MAX 64 /* __NEW_UTS_LEN */

static bool is_release_char(char c)
{
	return isalnum((unsigned char)c) || strchr(".+~_-", c);
}

static bool printable(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isprint((unsigned char)p[i]))
			return false;
	}
	return true;
}

/* Last ") #N" of the line: what follows the bracket is the version. */
static const char *find_version(const char *p, size_t len)
{
	for (size_t i = len; i >= 4; i--) {
		const char *at = p + i - 4;

		if (!memcmp(at, ") #", 3) && isdigit((unsigned char)at[3]))
			return at + 2;
	}
	return NULL;
}

static bool parse_line(const char *line, size_t len, struct banner *out)
{
	const char *end = line + len, *compiler, *comma;
	size_t n = 0;

	while (n < len && line[n] && is_release_char(line[n]))
		n++;
	if (!n || n > RELEASE_MAX || !printable(line, len))
		return false;
	out->release = line;
	out->release_len = n;
	out->version = find_version(line, len);
	compiler = memmem(line, len, ") (", 3);
	if (!out->version || !compiler || compiler + 3 > out->version - 2)
		return false;
	out->version_len = (size_t)(end - out->version);
	compiler += 3;
	out->compiler_len = (size_t)(out->version - 2 - compiler);
	comma = memmem(compiler, out->compiler_len, ", ", 2);
	if (comma)
		out->compiler_len = (size_t)(comma - compiler);
	for (size_t i = 0; arch_at(i); i++) {
		const char *triple = arch_at(i)->triple;
		size_t n_triple = strlen(triple);

		if (out->compiler_len > n_triple && !memcmp(compiler, triple, n_triple)) {
			compiler += n_triple;
			out->compiler_len -= n_triple;
		}
	}
	out->compiler = compiler;
	return true;
}

bool banner_find(const void *image, size_t len, struct banner *out)
{
	const char *p = image, *end = p + len;

	while ((p = memmem(p, (size_t)(end - p), START, strlen(START)))) {
		size_t room, n;

		p += strlen(START);
		room = (size_t)(end - p);
		if (room > LINE_MAX_LEN)
			room = LINE_MAX_LEN;
		for (n = 0; n < room && p[n] && p[n] != '\n'; n++)
			;
		if (n < room && parse_line(p, n, out))
			return true;
	}
	return false;
}

char *compiler_major(const char *compiler)
{
	static const struct {
		const char *mark, *family;
	} kinds[] = { { "clang version ", "clang" }, { "gcc", "gcc" } };
	const char *p;

	for (size_t i = 0; compiler && i < ARRAY_SIZE(kinds); i++) {
		p = strstr(compiler, kinds[i].mark);
		if (!p)
			continue;
		p += strlen(kinds[i].mark);
		/* "gcc (GCC) 15.1.1 20250425 (Red Hat 15.1.1-1)": after the first brackets. */
		if (*p == ' ' && strchr(p, ')'))
			p = strchr(p, ')') + 1;
		p += strspn(p, "- ");
		if (isdigit((unsigned char)*p))
			return str_printf("%s-%.*s", kinds[i].family, (int)strspn(p, "0123456789"),
					  p);
	}
	return NULL;
}

bool compiler_same_major(const char *a, const char *b)
{
	_cleanup_free_ char *major_a = compiler_major(a), *major_b = compiler_major(b);

	return major_a && major_b && !strcmp(major_a, major_b);
}
