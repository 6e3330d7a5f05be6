// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "apt-get update --print-uris" needs neither privileges nor fetched lists (indextargets shows
 * only what was fetched). Lines of interest:
 *
 *   'ADDRESS/dists/SUITE/InRelease' FILENAME SIZE
 */
#include "kernel/deb/mirror.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <string.h>

#define OUTPUT_MAX (4U << 20)

static bool is_debian_suite(const char *suite, size_t len)
{
	static const char *const releases[] = { "bookworm", "trixie",	 "forky",   "sid",
						"stable",   "oldstable", "testing", "unstable",
						"bullseye", "duke" };

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		size_t n = strlen(releases[i]);

		if (n <= len && !strncmp(suite, releases[i], n) && (n == len || suite[n] == '-'))
			return true;
	}
	return false;
}

/* Sets m->archive or m->security from one line, if it is of that and nothing was before. */
static int take_line(struct mirror *m, const char *line)
{
	const char *dists = strstr(line, "/dists/"), *suite, *end;
	char **to;

	if (line[0] != '\'' || !dists)
		return 0;
	suite = dists + strlen("/dists/");
	end = strstr(suite, "/InRelease'");
	if (!end || memchr(suite, '/', (size_t)(end - suite)) ||
	    !is_debian_suite(suite, (size_t)(end - suite)))
		return 0;
	to = memmem(suite, (size_t)(end - suite), "-security", 9) ? &m->security : &m->archive;
	if (*to)
		return 0;
	*to = strndup(line + 1, (size_t)(dists - line - 1));
	return *to ? 0 : -ENOMEM;
}

static int ask_apt(struct mirror *m, struct err *e)
{
	static const char *const argv[] = { "apt-get", "update", "--print-uris", NULL };
	static const char *const env[] = { "LC_ALL=C", NULL };
	const struct proc_opts o = { .argv = argv, .env = env };
	_cleanup_buf_ struct buf out = { 0 }, complaints = { 0 };
	char *save = NULL;
	int r = proc_capture(&o, OUTPUT_MAX, &out, &complaints, e);

	if (r < 0)
		return r;
	if (!out.data)
		return 0;
	for (char *l = strtok_r(out.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (take_line(m, l) < 0)
			return err_oom(e);
	}
	return 0;
}

static const char *find_keyring(void)
{
	static const char *const files[] = { "/usr/share/keyrings/debian-archive-keyring.gpg",
					     "/usr/share/keyrings/debian-archive-keyring.pgp" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (file_exists(files[i]))
			return files[i];
	}
	return NULL;
}

int mirror_need_apt(struct err *e)
{
	_cleanup_free_ char *apt = proc_find("apt-get");

	if (apt)
		return 0;
	return err_set(e, EOPNOTSUPP,
		       "there is no apt-get on this machine, so no Debian kernels; a bzImage, "
		       "vmlinux, .deb or built tree works without");
}

int mirror_find(struct mirror *out, struct err *e)
{
	const char *given = getenv("SLOWPATH_MIRROR");
	int r = mirror_need_apt(e);

	*out = (struct mirror){ 0 };
	if (r < 0)
		return r;
	out->keyring = find_keyring();
	if (!out->keyring)
		return err_set(e, ENOENT,
			       "Debian's archive keys are missing: install debian-archive-keyring");
	r = ask_apt(out, e);
	if (r < 0)
		return r;
	if (given && given[0]) {
		free(out->archive);
		out->archive = strdup(given);
		if (!out->archive)
			return err_oom(e);
	}
	if (out->archive)
		return 0;
	return err_set(e, ENOENT,
		       "this machine's apt names no Debian archive: set SLOWPATH_MIRROR to the "
		       "address of one");
}

void mirror_free(struct mirror *m)
{
	free(m->archive);
	free(m->security);
	*m = (struct mirror){ 0 };
}
