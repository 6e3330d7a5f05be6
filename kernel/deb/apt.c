// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/apt.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/deb/aptrun.h"
#include "kernel/deb/mirror.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

/* What the lists and apt's cache of them take, in all. */
#define LISTS_BYTES (200ULL << 20)

/* Oldest first: the index is the rank. */
static const char *const suites[] = {
	"bookworm",
	"bookworm-security",
	"bookworm-backports",
	"trixie",
	"trixie-security",
	"trixie-backports",
	"forky",
	"sid",
};

int apt_suite_rank(const char *suite)
{
	for (size_t i = 0; suite && i < ARRAY_SIZE(suites); i++) {
		if (!strcmp(suite, suites[i]))
			return (int)i;
	}
	return -1;
}

const char *apt_suite_name(int rank)
{
	return rank >= 0 && rank < (int)ARRAY_SIZE(suites) ? suites[rank] : NULL;
}

void apt_targets_free(struct apt_targets *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].suite);
		free(t->items[i].path);
	}
	free(t->items);
	*t = (struct apt_targets){ 0 };
}

static int put_file(const struct apt_root *root, const char *name, const char *text, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", root->path, name);

	return path ? file_write_atomic(path, text, strlen(text), e) : err_oom(e);
}

static int put_folders(const struct apt_root *root, struct err *e)
{
	static const char *const folders[] = { "lists/partial", "cache/archives/partial", "state",
					       "log" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *path = str_printf("%s/%s", root->path, folders[i]);
		int r = path ? dir_make(path, e) : err_oom(e);

		if (r < 0)
			return r;
	}
	return 0;
}

static int put_sources(const struct apt_root *root, struct err *e)
{
	_cleanup_mirror_ struct mirror m = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = mirror_find(&m, e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suites); i++) {
		const char *uri = strstr(suites[i], "-security") ? m.security : m.archive;

		if (uri)
			r = buf_printf(&text,
				       "deb [arch=%s signed-by=%s target=Packages] %s %s main\n",
				       root->arch->name, m.keyring, uri, suites[i]);
		if (r < 0)
			err_oom(e);
	}
	return r < 0 ? r : put_file(root, "sources.list", buf_str(&text), e);
}

static int make_root(const struct apt_root *root, struct err *e)
{
	int r = put_folders(root, e);

	if (r == 0)
		r = put_sources(root, e);
	return r < 0 ? r : put_file(root, "status", "", e);
}

/* On a full disk apt-get update does not fail but hang, so look first. */
static int check_room(const struct apt_root *root, struct err *e)
{
	struct statvfs fs;
	uint64_t room;

	if (statvfs(root->path, &fs) < 0)
		return err_errno(e, errno, "%s", root->path);
	room = (uint64_t)fs.f_bavail * fs.f_frsize + dir_bytes(root->path);
	if (room >= LISTS_BYTES)
		return 0;
	return err_set(e, ENOSPC,
		       "Debian's package lists need %llu MiB in %s, where %llu MiB are to be had",
		       LISTS_BYTES >> 20, root->path, (unsigned long long)(room >> 20));
}

/* Whether "Hit:1 ..." or "Get:2 ..." is among apt's lines: some archive did answer. */
static bool something_came(const struct buf *text)
{
	for (const char *p = buf_str(text); p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, "Hit:", 4) || !strncmp(p, "Get:", 4))
			return true;
	}
	return false;
}

int apt_update(const struct apt_root *root, char **warning, struct err *e)
{
	static const char *const words[] = { "update", NULL };
	_cleanup_buf_ struct buf out = { 0 };
	struct err why = { 0 };
	int r = make_root(root, e);

	*warning = NULL;
	if (r < 0)
		return r;
	r = check_room(root, e);
	if (r < 0)
		return r;
	r = apt_run(root, NULL, words, &out, &why);
	if (r == 0)
		return 0;
	if (!something_came(&out))
		return err_set(e, -r, "%s", why.text);
	*warning = strdup(why.text);
	return 0;
}

static int add_target(struct apt_targets *out, char *line)
{
	char *bar = strchr(line, '|');
	struct apt_target *grown, *t;

	if (!bar || apt_suite_rank((*bar = '\0', line)) < 0 || !file_exists(bar + 1))
		return 0;
	grown = realloc(out->items, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	out->items = grown;
	t = &out->items[out->count++];
	t->suite = strdup(line);
	t->path = strdup(bar + 1);
	return t->suite && t->path ? 0 : -ENOMEM;
}

int apt_list(const struct apt_root *root, struct apt_targets *out, struct err *e)
{
	static const char *const words[] = { "indextargets", "--format", "$(RELEASE)|$(FILENAME)",
					     "Created-By: Packages", NULL };
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL;
	int r = apt_run(root, NULL, words, &text, e);

	*out = (struct apt_targets){ 0 };
	if (r < 0 || !text.data)
		return r;
	for (char *l = strtok_r(text.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (add_target(out, l) < 0) {
			apt_targets_free(out);
			return err_oom(e);
		}
	}
	return 0;
}
