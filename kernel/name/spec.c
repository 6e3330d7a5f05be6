// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/name/spec.h"

#include "base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define DIGITS "0123456789"
#define ALNUM DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SPEC_MAX 4096

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "6", "6.17", "6.17.13": numbers with single dots between. */
static size_t number_length(const char *text)
{
	size_t len = strspn(text, DIGITS);

	if (!len)
		return 0;
	while (text[len] == '.' && is_digit(text[len + 1]))
		len += 1 + strspn(text + len + 1, DIGITS);
	return len;
}

size_t spec_version_length(const char *text, size_t *number_len)
{
	size_t len = number_length(text);

	if (!len)
		return 0;
	if (!strncmp(text + len, "~rc", 3) && is_digit(text[len + 3]))
		len += 3 + strspn(text + len + 3, DIGITS);
	if (number_len)
		*number_len = len;
	if (text[len] == '+')
		len += 1 + strspn(text + len + 1, ALNUM ".~");
	if (text[len] == '-' && is_digit(text[len + 1]))
		len += 1 + strspn(text + len + 1, ALNUM ".+~");
	return len;
}

static int parse_debian(const char *text, const char *rest, struct spec *out, struct err *e)
{
	_cleanup_free_ char *default_flavour = str_printf("-%s", arch_default()->flavour);
	size_t number_len = 0, len = spec_version_length(rest, &number_len);
	const char *flavour = rest + len;

	if (!default_flavour)
		return err_oom(e);
	if (!len)
		return err_set(e, EINVAL, "kernel '%s': no version after 'debian:', such as %s",
			       text, "debian:6.17 or debian:6.12.95+deb12");
	if (rest[number_len] == '+' && !isalnum((unsigned char)rest[number_len + 1]))
		return err_set(e, EINVAL, "kernel '%s': nothing follows the '+'", text);
	if (*flavour == '\0')
		flavour = default_flavour;
	if (flavour[0] != '-' || !isalpha((unsigned char)flavour[1]) ||
	    flavour[strspn(flavour, ALNUM "-")] != '\0')
		return err_set(e, EINVAL,
			       "kernel '%s': cannot read '%s' after the version; a flavour "
			       "would be '-cloud-amd64', '-amd64' or '-cloud-arm64'",
			       text, flavour);
	out->version = strndup(rest, len);
	out->number = strndup(rest, number_len);
	out->literal = len > number_len;
	out->flavour = strdup(flavour + 1);
	out->arch = arch_of_flavour(flavour + 1);
	if (!out->arch)
		out->arch = arch_default();
	return out->version && out->number && out->flavour ? 0 : err_oom(e);
}

int spec_for_arch(const char *text, const struct arch *arch, char **out, struct err *e)
{
	const char *rest = text + strlen("debian:");
	const struct arch *own;
	size_t len;

	*out = NULL;
	if (!arch || strncmp(text, "debian:", strlen("debian:")) != 0)
		return 0;
	len = spec_version_length(rest, NULL);
	if (len && !rest[len]) {
		*out = str_printf("%s-%s", text, arch->flavour);
		return *out ? 0 : err_oom(e);
	}
	own = arch_of_flavour(rest + len);
	if (!own || own == arch)
		return 0;
	return err_set(e, EINVAL, "kernel '%s': its flavour is for %s, and --arch says %s", text,
		       own->name, arch->name);
}

static int parse_git(const char *text, const char *rest, struct spec *out, struct err *e)
{
	const char *at = strrchr(rest, '@');
	size_t len = strlen(rest);

	/* No revision ends in a slash, so a folder with an @ in its name can be told by one. */
	if (at && rest[len - 1] == '/')
		at = NULL;
	if (!len || at == rest || (at && !at[1]))
		return err_set(e, EINVAL,
			       "kernel '%s': a git spec is git:DIR@REV, or git:DIR for the work "
			       "tree as it lies",
			       text);
	out->path = strndup(rest, at ? (size_t)(at - rest) : len);
	out->revision = at ? strdup(at + 1) : NULL;
	return out->path && (out->revision || !at) ? 0 : err_oom(e);
}

int spec_parse(const char *text, struct spec *out, struct err *e)
{
	*out = (struct spec){ .kind = SPEC_WORD };
	if (!text[0])
		return err_set(e, EINVAL, "the kernel's name is empty");
	if (strlen(text) > SPEC_MAX)
		return err_set(e, EINVAL, "the kernel's name is longer than %d bytes", SPEC_MAX);
	if (!strncmp(text, "debian:", 7)) {
		out->kind = SPEC_DEBIAN;
		return parse_debian(text, text + 7, out, e);
	}
	if (!strncmp(text, "git:", 4)) {
		out->kind = SPEC_GIT;
		return parse_git(text, text + 4, out, e);
	}
	if (strchr(text, '/') || !strcmp(text, ".") || !strcmp(text, ".."))
		out->kind = SPEC_PATH;
	out->path = strdup(text);
	return out->path ? 0 : err_oom(e);
}

void spec_free(struct spec *s)
{
	free(s->version);
	free(s->number);
	free(s->flavour);
	free(s->path);
	free(s->revision);
	*s = (struct spec){ 0 };
}

bool spec_number_matches(const char *number, const char *version)
{
	size_t len = strlen(number);

	return !strncmp(number, version, len) && (version[len] == '\0' || version[len] == '.' ||
						  version[len] == '+' || version[len] == '-');
}

bool spec_name_valid(const char *name)
{
	size_t len = strlen(name);

	return isalpha((unsigned char)name[0]) && len <= 64 && strspn(name, ALNUM "._-") == len;
}
