// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/files.h"

#include "base/file.h"
#include "proto/parcel.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 32
#define WORKING_FOLDER "/tmp"

/* A folder that is being added. */
struct folder {
	const char *root; /* of this machine, without links: where it all began */
	struct parcel *p;
	unsigned depth;
};

static bool begins(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (path[len] == '/' || !path[len]);
}

static char *from_folder(const char *folder, const char *path)
{
	return path[0] == '/' || !folder ? strdup(path) : str_printf("%s/%s", folder, path);
}

/* A colon may be part of a file's name: then there is such a file. */
static int split(const char *folder, const char *word, char **from, const char **dst, struct err *e)
{
	const char *colon = strrchr(word, ':');
	_cleanup_free_ char *whole = from_folder(folder, word);
	_cleanup_free_ char *source = NULL;

	*dst = NULL;
	if (!whole)
		return err_oom(e);
	if (!colon || file_exists(whole)) {
		*from = steal(&whole);
		return 0;
	}
	source = strndup(word, (size_t)(colon - word));
	*from = source ? from_folder(folder, source) : NULL;
	*dst = colon + 1;
	return *from ? 0 : err_oom(e);
}

/* Where a program would not find it, or would find something else. */
static int check_place(const char *word, const char *to, struct err *e)
{
	static const char *const taken[] = { "/proc", "/sys", "/dev", "/init", ("/" PARCEL_OWN) };

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		if (begins(to, taken[i]) || !to[1])
			return err_set(e, EINVAL, "'%s': nothing can be put to %s in the guest",
				       word, taken[i]);
	}
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The path in the parcel. */
static int find_place(const char *word, const char *from, const char *dst, char **out,
		      struct err *e)
{
	_cleanup_free_ char *in_folder = NULL, *to = NULL;
	struct stat st;
	size_t len = dst ? strlen(dst) : 0;
	int r;

	if (dst && (!len || dst[len - 1] == '/')) {
		in_folder = str_printf("%s%s", len ? dst : "./", base_name(from));
		if (!in_folder)
			return err_oom(e);
		dst = in_folder;
	}
	r = parcel_path(WORKING_FOLDER, dst ? dst : word, false, &to, e);
	if (r == -EINVAL)
		return dst ? err_wrap(e, "'%s'", word)
			   : err_set(e, EINVAL,
				     "'%s': a path in the guest has no '..', so say where it is to "
				     "be: %s:DST",
				     word, word);
	if (r == 0)
		r = check_place(word, to, e);
	if (r < 0)
		return r;
	if (!begins(to, WORKING_FOLDER))
		*out = steal(&to);
	else if (!strcmp(to, WORKING_FOLDER) && stat(from, &st) == 0 && S_ISREG(st.st_mode))
		*out = str_printf("/" PARCEL_FRESH "/%s", base_name(from));
	else
		*out = str_printf("/" PARCEL_FRESH "%s", to + strlen(WORKING_FOLDER));
	return *out ? 0 : err_oom(e);
}

static int add_folder(const struct folder *f, const char *from, const char *to, struct err *e);

static int add_target(const struct folder *f, const char *from, const char *to, struct err *e)
{
	struct stat st;

	if (stat(from, &st) < 0)
		return err_errno(e, errno, "%s", from);
	if (S_ISDIR(st.st_mode))
		return add_folder(f, from, to, e);
	if (S_ISREG(st.st_mode))
		return parcel_file(f->p, from, to, NULL, e);
	return err_set(e, EINVAL, "%s is neither a file nor a folder", from);
}

/* One that leads nowhere, or to another place of the folder by a way of its own, stays a link. */
static int add_link(const struct folder *f, const char *from, const char *to, struct err *e)
{
	_cleanup_free_ char *real = realpath(from, NULL);
	char target[PATH_MAX];
	ssize_t len = readlink(from, target, sizeof(target) - 1);

	if (len < 0)
		return err_errno(e, errno, "%s", from);
	target[len] = '\0';
	if (!real || (target[0] != '/' && begins(real, f->root)))
		return parcel_link(f->p, to, target, e);
	return add_target(f, from, to, e);
}

static int add_member(const struct folder *f, const struct dirent *entry, const char *from,
		      const char *to, struct err *e)
{
	_cleanup_free_ char *here = str_printf("%s/%s", from, entry->d_name);
	_cleanup_free_ char *there = str_printf("%s/%s", to, entry->d_name);
	struct stat st;

	if (!here || !there)
		return err_oom(e);
	if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
		return 0;
	if (lstat(here, &st) < 0)
		return err_errno(e, errno, "%s", here);
	return S_ISLNK(st.st_mode) ? add_link(f, here, there, e) : add_target(f, here, there, e);
}

static int add_folder(const struct folder *above, const char *from, const char *to, struct err *e)
{
	const struct folder f = { above->root, above->p, above->depth + 1 };
	struct dirent **entries = NULL;
	int n, r;

	if (f.depth > DEPTH_MAX)
		return err_set(e, ELOOP, "%s: folders, %d deep", from, DEPTH_MAX);
	/* In order, so that the same folder makes the same parcel. */
	n = scandir(from, &entries, NULL, alphasort);
	r = n < 0 ? err_errno(e, errno, "%s", from) : parcel_folder(f.p, to, e);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = add_member(&f, entries[i], from, to, e);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int files_add(struct parcel *p, const char *folder, const char *word, char **to, struct err *e)
{
	_cleanup_free_ char *from = NULL, *root = NULL, *place = NULL;
	const char *dst;
	int r = split(folder, word, &from, &dst, e);

	if (r == 0)
		r = find_place(word, from, dst, &place, e);
	if (r < 0)
		return r;
	root = realpath(from, NULL);
	if (!root)
		return err_errno(e, errno, "%s", from);
	r = add_target(&(struct folder){ .root = root, .p = p }, from, place, e);
	if (r == 0)
		*to = steal(&place);
	return r;
}
