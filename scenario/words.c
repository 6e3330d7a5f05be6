// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/words.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "proto/plan.h"
#include "proto/plan_waits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/mman.h>

static const struct word kinds[] = {
	{ "anon-private", PLAN_MAP_ANON_PRIVATE },
	{ "anon-shared", PLAN_MAP_ANON_SHARED },
	{ "memfd-private", PLAN_MAP_MEMFD_PRIVATE },
	{ "memfd-shared", PLAN_MAP_MEMFD_SHARED },
	{ "tmpfs-private", PLAN_MAP_TMPFS_PRIVATE },
	{ "tmpfs-shared", PLAN_MAP_TMPFS_SHARED },
	{ "hugetlb-private", PLAN_MAP_HUGETLB_PRIVATE },
	{ "hugetlb-shared", PLAN_MAP_HUGETLB_SHARED },
	{ "file-private", PLAN_MAP_FILE_PRIVATE },
	{ "file-shared", PLAN_MAP_FILE_SHARED },
	{ "place", PLAN_MAP_PLACE },
};

static const struct word protections[] = {
	{ "none", PROT_NONE },
	{ "r", PROT_READ },
	{ "rw", PROT_READ | PROT_WRITE },
	{ "rx", PROT_READ | PROT_EXEC },
	{ "rwx", PROT_READ | PROT_WRITE | PROT_EXEC },
};

/* Numbers where the C library of the oldest supported host has no name. */
static const struct word advices[] = {
	{ "normal", MADV_NORMAL },
	{ "random", MADV_RANDOM },
	{ "sequential", MADV_SEQUENTIAL },
	{ "willneed", MADV_WILLNEED },
	{ "dontneed", MADV_DONTNEED },
	{ "free", MADV_FREE },
	{ "remove", MADV_REMOVE },
	{ "dontfork", MADV_DONTFORK },
	{ "dofork", MADV_DOFORK },
	{ "mergeable", MADV_MERGEABLE },
	{ "unmergeable", MADV_UNMERGEABLE },
	{ "hugepage", MADV_HUGEPAGE },
	{ "nohugepage", MADV_NOHUGEPAGE },
	{ "dontdump", MADV_DONTDUMP },
	{ "dodump", MADV_DODUMP },
	{ "wipeonfork", MADV_WIPEONFORK },
	{ "keeponfork", MADV_KEEPONFORK },
	{ "cold", 20 },
	{ "pageout", 21 },
	{ "populate-read", 22 },
	{ "populate-write", 23 },
	{ "dontneed-locked", 24 },
	{ "collapse", 25 },
	{ "hwpoison", MADV_HWPOISON },
	{ "soft-offline", 101 },
	{ "guard-install", 102 },
	{ "guard-remove", 103 },
};

static const struct word accesses[] = {
	{ "read", PLAN_OP_TOUCH_READ },
	{ "write", PLAN_OP_TOUCH_WRITE },
};

static const struct word syncs[] = {
	{ "async", MS_ASYNC },
	{ "sync", MS_SYNC },
	{ "invalidate", MS_INVALIDATE },
};

/* <numaif.h> comes with libnuma, not with the C library. */
static const struct word policies[] = {
	{ "default", 0 }, { "preferred", 1 }, { "bind", 2 }, { "interleave", 3 }, { "local", 4 },
};

/* PAGE_IS_* of <linux/fs.h>, newer than Debian 12's. */
static const struct word pages[] = {
	{ "written", 1 << 1 }, { "file", 1 << 2 },    { "present", 1 << 3 },
	{ "swapped", 1 << 4 }, { "pfnzero", 1 << 5 }, { "huge", 1 << 6 },
};

static const struct word errors[] = {
	{ "EPERM", EPERM },   { "EAGAIN", EAGAIN }, { "ENOMEM", ENOMEM }, { "EACCES", EACCES },
	{ "EFAULT", EFAULT }, { "EBUSY", EBUSY },   { "EEXIST", EEXIST }, { "EINVAL", EINVAL },
};

static const struct word fadvices[] = {
	{ "normal", POSIX_FADV_NORMAL },	 { "random", POSIX_FADV_RANDOM },
	{ "sequential", POSIX_FADV_SEQUENTIAL }, { "willneed", POSIX_FADV_WILLNEED },
	{ "dontneed", POSIX_FADV_DONTNEED },	 { "noreuse", POSIX_FADV_NOREUSE },
};

static const struct word fallocates[] = {
	{ "allocate", 0 },
	{ "keep-size", FALLOC_FL_KEEP_SIZE },
	{ "punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE },
	{ "collapse", FALLOC_FL_COLLAPSE_RANGE },
	{ "zero", FALLOC_FL_ZERO_RANGE },
	{ "insert", FALLOC_FL_INSERT_RANGE },
	{ "unshare", FALLOC_FL_UNSHARE_RANGE },
};

/* What /proc/sys/vm/drop_caches is told. */
static const struct word caches[] = { { "pages", 1 }, { "slabs", 2 }, { "all", 3 } };

static const struct word yes_no[] = { { "yes", 1 }, { "no", 0 } };

static const struct word swap_on[] = { { "brd", PLAN_SWAP_BRD }, { "zram", PLAN_SWAP_ZRAM } };

static const struct word disk_fs[] = { { "ext4", PLAN_DISK_EXT4 } };
static const struct word disk_on[] = { { "ram", PLAN_DISK_RAM }, { "nvme", PLAN_DISK_NVME } };

/* Where a file lies: a flag of its map. */
static const struct word file_fs[] = { { "disk", 0 }, { "tmpfs", PLAN_MAP_TMPFS } };
static const struct word waits[] = {
#define WAIT_WORD(code, word, path, line, option) { word, PLAN_WAIT_##code },
	PLAN_WAITS(WAIT_WORD)
#undef WAIT_WORD
};

#define WORDS(name) const struct words words_##name = { name, ARRAY_SIZE(name) }
WORDS(kinds);
WORDS(protections);
WORDS(advices);
WORDS(accesses);
WORDS(syncs);
WORDS(policies);
WORDS(pages);
WORDS(errors);
WORDS(swap_on);
WORDS(disk_fs);
WORDS(disk_on);
WORDS(file_fs);
WORDS(fadvices);
WORDS(fallocates);
WORDS(caches);
WORDS(waits);
WORDS(yes_no);

const char *words_name(const struct words *w, uint64_t value)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->list[i].value == value)
			return w->list[i].name;
	}
	return "?";
}

int words_read(struct yaml_doc *d, const yaml_node_t *n, const struct words *w, uint64_t *out,
	       struct err *e)
{
	_cleanup_buf_ struct buf expected = { 0 };
	const char *text;
	int r = yaml_doc_string(d, n, &text, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < w->count; i++) {
		if (!strcmp(w->list[i].name, text)) {
			*out = w->list[i].value;
			return 0;
		}
		r |= buf_printf(&expected, "%s%s",
				!i		    ? ""
				: i + 1 == w->count ? " or "
						    : ", ",
				w->list[i].name);
	}
	return r ? err_oom(e)
		 : yaml_doc_error(d, n, e, "'%s': %s is expected", text, buf_str(&expected));
}
