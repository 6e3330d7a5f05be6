// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/housekeeping.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/store/staging.h"
#include "lab/workdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DAY_S 86400
#define BUILD_KEY_LEN 16
/* What a live process leaves in a folder without a lock of its own is never this old. */
#define ABANDONED_S 3600

/* What house_prune() carries along. */
struct prune {
	const char *data_dir;
	const struct house_rules *rules;
	struct house_pruned *out;
	int failed; /* of the first thing that could not be removed */
	struct err *e;
};

/* One entry of a folder. */
struct entry {
	const char *name;
	const char *path;
	struct stat st; /* of the entry itself, links not followed */
};

/* Calls @fn for every entry but "." and ".."; a folder that is not there has none. */
static int each(const char *dir, void (*fn)(void *arg, const struct entry *x), void *arg,
		struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : err_errno(e, errno, "%s", dir);
	while (r == 0 && (f = readdir(d))) {
		_cleanup_free_ char *path = str_printf("%s/%s", dir, f->d_name);
		struct entry x = { .name = f->d_name, .path = path };

		if (!path)
			r = err_oom(e);
		else if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0 &&
			 lstat(path, &x.st) == 0)
			fn(arg, &x);
	}
	closedir(d);
	return r;
}

/* Kernels and builds are named by hashes. */
static bool is_hash(const char *name, size_t len)
{
	return strlen(name) == len && strspn(name, "0123456789abcdef") == len;
}

/* Symbols by the kernel's and what reads them: HASH-NUMBER (lab/boot.c); HASH alone was once. */
static bool is_symbols(const char *name)
{
	size_t len = strspn(name, "0123456789abcdef");

	return len == HASH_HEX_LEN &&
	       (!name[len] || (name[len] == '-' && name[len + 1] &&
			       !name[len + 1 + strspn(name + len + 1, "0123456789")]));
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

static uint64_t bytes_of(const struct entry *x)
{
	return S_ISDIR(x->st.st_mode) ? dir_bytes(x->path) : (uint64_t)x->st.st_blocks * 512;
}

static void count_folder(void *arg, const struct entry *x)
{
	struct house_item *item = arg;

	item->count += S_ISDIR(x->st.st_mode) && x->name[0] != '.' && !strchr(x->name, '.');
}

static void count_file(void *arg, const struct entry *x)
{
	struct house_item *item = arg;

	item->count += S_ISREG(x->st.st_mode) && is_symbols(x->name);
}

static void count_list(void *arg, const struct entry *x)
{
	struct house_item *item = arg;

	item->count += strstr(x->name, "_Packages") != NULL;
}

static void count_package(void *arg, const struct entry *x)
{
	struct house_item *item = arg;

	item->count += ends_with(x->name, ".deb");
}

/* Beside them are their locks, and a folder of ccache's. */
static void count_build(void *arg, const struct entry *x)
{
	struct house_item *item = arg;

	item->count += is_hash(x->name, BUILD_KEY_LEN);
}

static const struct {
	const char *kind;
	bool of_data; /* below the data folder, else below the cache */
	const char *path;
	const char *counted; /* folder below path whose entries are counted */
	void (*count)(void *arg, const struct entry *x);
} kinds[HOUSE_KINDS] = {
	[HOUSE_KERNELS] = { "kernels", true, "kernels", "", count_folder },
	[HOUSE_DATABASE] = { "database", true, "slowpath.db", NULL, NULL },
	[HOUSE_SNAPSHOTS] = { "snapshots", false, "snapshots", "", count_folder },
	[HOUSE_SYMBOLS] = { "symbols", false, "symbols", "", count_file },
	[HOUSE_LISTS] = { "package-lists", false, "apt", "/lists", count_list },
	[HOUSE_PACKAGES] = { "packages", false, "apt/cache/archives", "", count_package },
	[HOUSE_BUILDS] = { "builds", false, "build", "", count_build },
	[HOUSE_RUNS] = { "runs", false, "run", "", count_folder },
};

static int survey_one(const char *base, enum house_kind kind, struct house_item *out, struct err *e)
{
	_cleanup_free_ char *counted = NULL;
	int64_t size;

	out->kind = kinds[kind].kind;
	out->path = str_printf("%s/%s", base, kinds[kind].path);
	if (!out->path)
		return err_oom(e);
	if (!kinds[kind].count) {
		size = file_size(out->path);
		out->count = size >= 0;
		out->bytes = size > 0 ? (uint64_t)size : 0;
		return 0;
	}
	counted = str_printf("%s%s", out->path, kinds[kind].counted);
	if (!counted)
		return err_oom(e);
	out->bytes = dir_bytes(out->path);
	return each(counted, kinds[kind].count, out, e);
}

int house_survey(const char *data_dir, const char *cache_dir, struct house *out, struct err *e)
{
	int r = 0;

	*out = (struct house){ 0 };
	for (unsigned k = 0; r == 0 && k < HOUSE_KINDS; k++)
		r = survey_one(kinds[k].of_data ? data_dir : cache_dir, k, &out->items[k], e);
	if (r < 0) {
		house_free(out);
		return r;
	}
	/* Packages lie within apt's folder, but are shown apart. */
	out->items[HOUSE_LISTS].bytes -= out->items[HOUSE_PACKAGES].bytes;
	return 0;
}

void house_free(struct house *h)
{
	for (unsigned k = 0; k < HOUSE_KINDS; k++)
		free(h->items[k].path);
	*h = (struct house){ 0 };
}

static void remember(struct prune *p, int r)
{
	if (r < 0 && !p->failed)
		p->failed = r;
}

/* Where the next failure is to be written: only the first is kept. */
static struct err *first(const struct prune *p)
{
	return p->failed ? NULL : p->e;
}

static void prune_each(struct prune *p, const char *dir,
		       void (*fn)(void *arg, const struct entry *x))
{
	remember(p, each(dir, fn, p, first(p)));
}

static void remove_entry(struct prune *p, const struct entry *x)
{
	uint64_t bytes = bytes_of(x);
	int r = dir_remove(x->path, first(p));

	if (r == 0)
		p->out->bytes += bytes;
	remember(p, r);
}

/* Seconds since a file was last changed; 0 if it is from the future or not there. */
static double age_s(const char *path)
{
	struct stat st;
	double age = stat(path, &st) < 0 ? 0 : difftime(time(NULL), st.st_mtim.tv_sec);

	return age > 0 ? age : 0;
}

/* @used: the file in the folder that is written or touched when it is used. */
static bool is_old(const struct prune *p, const char *folder, const char *used)
{
	_cleanup_free_ char *file = str_printf("%s/%s", folder, used);

	return p->rules->all || (file && age_s(file) >= (double)p->rules->days * DAY_S);
}

/* KEY, or KEY.part, which a killed maker has left or a live one is filling. */
static void prune_snapshot(void *arg, const struct entry *x)
{
	struct prune *p = arg;
	bool part = ends_with(x->name, ".part");
	size_t len = strlen(x->path) - (part ? strlen(".part") : 0);
	_cleanup_free_ char *lock = str_printf("%.*s.lock", (int)len, x->path);
	_cleanup_close_ int fd = -1;

	if (!lock || !S_ISDIR(x->st.st_mode) || (!part && !is_old(p, x->path, "state")))
		return;
	fd = file_lock(lock, false, NULL);
	if (fd < 0)
		p->out->in_use++;
	else if (part || is_old(p, x->path, "state")) /* it may have been used meanwhile */
		remove_entry(p, x);
}

static void prune_build(void *arg, const struct entry *x)
{
	static const char used[] = "src/.git/objects/info/alternates";
	struct prune *p = arg;
	_cleanup_free_ char *lock = str_printf("%s.lock", x->path);
	_cleanup_close_ int fd = -1;

	if (!lock || !S_ISDIR(x->st.st_mode) || !is_hash(x->name, BUILD_KEY_LEN) ||
	    !is_old(p, x->path, used))
		return;
	fd = file_lock(lock, false, NULL);
	if (fd < 0)
		p->out->in_use++;
	else if (is_old(p, x->path, used))
		remove_entry(p, x);
}

/* Symbols are read whole and written beside themselves first: those files have a suffix. */
static void prune_symbols(void *arg, const struct entry *x)
{
	struct prune *p = arg;

	if (S_ISREG(x->st.st_mode) && (is_symbols(x->name) || age_s(x->path) >= ABANDONED_S))
		remove_entry(p, x);
}

static void prune_package(void *arg, const struct entry *x)
{
	if (S_ISREG(x->st.st_mode) && age_s(x->path) >= ABANDONED_S)
		remove_entry(arg, x);
}

/* What a killed download test has left (kernel/deb/aptget.c). */
static void prune_probe(void *arg, const struct entry *x)
{
	if (!strncmp(x->name, "probe-", 6) && age_s(x->path) >= ABANDONED_S)
		remove_entry(arg, x);
}

static void prune_apt(void *arg, const struct entry *x)
{
	if (strcmp(x->name, "lock") != 0)
		remove_entry(arg, x);
}

/* A kernel that is being fetched has a locked folder (kernel/store/work.c). */
static void count_fetch(void *arg, const struct entry *x)
{
	_cleanup_free_ char *lock = str_printf("%s/lock", x->path);
	_cleanup_close_ int fd = -1;

	if (strncmp(x->name, ".tmp-", 5) != 0 || !lock || !file_exists(lock))
		return;
	fd = file_lock(lock, false, NULL);
	if (fd < 0)
		++*(size_t *)arg;
}

static int count_fetches(const char *kernels, size_t *fetches, struct err *e)
{
	_cleanup_close_ int store = -1; /* without it, the look could take a fetch's lock away */

	if (!file_exists(kernels))
		return 0;
	store = staging_lock_store(kernels, e);
	return store < 0 ? store : each(kernels, count_fetch, fetches, e);
}

static void prune_lists(struct prune *p, const char *apt)
{
	_cleanup_free_ char *kernels = str_printf("%s/kernels", p->data_dir);
	_cleanup_free_ char *lock = str_printf("%s/lock", apt);
	_cleanup_close_ int fd = -1;
	size_t fetches = 0;

	if (!kernels || !lock) {
		remember(p, err_oom(first(p)));
		return;
	}
	if (!file_exists(lock))
		return;
	fd = file_lock(lock, false, NULL);
	if (fd >= 0)
		remember(p, count_fetches(kernels, &fetches, first(p)));
	if (fd < 0 || fetches)
		p->out->in_use++;
	else
		prune_each(p, apt, prune_apt);
}

int house_prune(const char *data_dir, const char *cache_dir, const struct house_rules *rules,
		struct house_pruned *out, struct err *e)
{
	_cleanup_free_ char *snapshots = str_printf("%s/snapshots", cache_dir);
	_cleanup_free_ char *symbols = str_printf("%s/symbols", cache_dir);
	_cleanup_free_ char *apt = str_printf("%s/apt", cache_dir);
	_cleanup_free_ char *archives = str_printf("%s/apt/cache/archives", cache_dir);
	_cleanup_free_ char *build = str_printf("%s/build", cache_dir);
	struct prune p = { data_dir, rules, out, 0, e };

	*out = (struct house_pruned){ 0 };
	if (!snapshots || !symbols || !apt || !archives || !build)
		return err_oom(e);
	prune_each(&p, snapshots, prune_snapshot);
	prune_each(&p, build, prune_build);
	prune_each(&p, archives, prune_package);
	prune_each(&p, apt, prune_probe);
	if (rules->all) {
		prune_each(&p, symbols, prune_symbols);
		prune_lists(&p, apt);
	}
	remember(&p, workdir_sweep(cache_dir, &out->bytes, first(&p)));
	return p.failed;
}
