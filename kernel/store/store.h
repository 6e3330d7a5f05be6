/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel store: every kernel that was ever measured, unpacked, by the hash of its vmlinux.
 *
 *   DATA/kernels/ID/vmlinux      what QEMU boots (ID is its SHA-256); of arm64 this is the Image
 *   DATA/kernels/ID/config       if one is known
 *   DATA/kernels/ID/bzImage      only if the vmlinux cannot be booted directly (no PVH note)
 *   DATA/kernels/ID/meta.json    see kernel/store/meta.c
 *   DATA/kernels/ID/modules/     if they were ever asked for, see kernel/modules.h
 *   DATA/kernels/.tmp-XXXXXX/    being made; removed at the next open if its maker is gone
 *   DATA/kernels/.lock           held while the folder changes, not while a kernel is fetched
 *   CACHE/apt/                   a private apt root, see kernel/deb/apt.h
 *   CACHE/build/                 where git: specs are built, see kernel/build/checkout.h
 *
 * A kernel appears by one rename(2), so that there is never half of one, and readers need no lock.
 * Nothing here prints: progress goes to a note function as whole lines without a newline.
 */
#ifndef KERNEL_STORE_STORE_H
#define KERNEL_STORE_STORE_H

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One kernel of the store; all strings are owned. */
struct kernel {
	char *id; /* sha256 of the vmlinux, hex: the build's identity */
	/* "debian:6.17.13+deb13-cloud-amd64", "git:/src/linux@COMMIT", or an absolute path */
	char *spec;
	char *name;	      /* from --name, or NULL */
	char *release;	      /* uname -r */
	char *version;	      /* uname -v: "#1 SMP PREEMPT_DYNAMIC Debian 6.17.13-1~bpo13+1 ..." */
	char *compiler;	      /* "gcc-14 (Debian 14.2.0-19) 14.2.0" */
	char *image_sha256;   /* of the image given or packaged: bzImage, or the vmlinux itself */
	char *vmlinux_sha256; /* the same as id */
	char *arch;	      /* its name; NULL: the default architecture's, see kernel_arch() */
	char *config_sha256;  /* NULL if no config is known */
	char *bzimage_sha256; /* of bzimage_path; NULL without one, or if it was never kept */
	char *dir;	      /* folder of the store's entry */
	char *vmlinux_path;
	char *config_path;     /* NULL if no config is known */
	char *bzimage_path;    /* NULL unless pvh is false and the image was a bzImage */
	char *suite;	       /* the rest is of debian: kernels, else NULL */
	char *package;	       /* "linux-image-6.17.13+deb13-cloud-amd64" */
	char *package_version; /* "6.17.13-1~bpo13+1" */
	/* Local files: their state when read, see kernel/store/stamp.h; builds: see kernel/build.c.
	 * Or NULL */
	char *stamp;
	char *subject; /* of the commit of a git: kernel, a stranger's text; else NULL */
	char *added;   /* UTC, "2026-01-31T12:34:56.123456Z" */
	bool pvh;      /* false: QEMU cannot boot the vmlinux and needs bzimage_path */
};

/* Which machine it is for. */
const struct arch *kernel_arch(const struct kernel *k);
void kernel_free(struct kernel *k);
DEFINE_CLEANUP(struct kernel *, kernel_free)
#define _cleanup_kernel_ _cleanup_(kernel_free_p)

/* An entry that cannot be read. All owned. */
struct kernel_damage {
	char *id, *dir;
	char *why; /* one line */
};

/* Owned arrays of owned kernels, and of entries that had to be passed over. */
struct kernel_list {
	struct kernel **items;
	size_t count;
	struct kernel_damage *damaged;
	size_t n_damaged;
};

void kernel_list_free(struct kernel_list *list);
#define _cleanup_kernel_list_ __attribute__((cleanup(kernel_list_free)))

enum kernel_file { KERNEL_FILE_VMLINUX, KERNEL_FILE_BZIMAGE, KERNEL_FILE_CONFIG };

/*
 * Whether a file of the entry is to the last byte what was stored; also true of a config that is
 * not known. Reads it all: half a second for a vmlinux. Whoever hands the file to QEMU calls this
 * after QEMU has read it, so that nothing comes between. -EUCLEAN, of status ERR_TOOL, with what
 * to do about it.
 */
int kernel_verify(const struct kernel *k, enum kernel_file file, struct err *e);
/* The file that QEMU boots, which is also in *path; -EOPNOTSUPP (ERR_UNMEASURED) if none can be. */
int kernel_boot_file(const struct kernel *k, enum kernel_file *file, const char **path,
		     struct err *e);

enum kernel_config { KERNEL_CONFIG_UNKNOWN, KERNEL_CONFIG_N, KERNEL_CONFIG_M, KERNEL_CONFIG_Y };

/*
 * @option is "CONFIG_X". An option with a value (a number, a string) counts as Y, one that the
 * config does not mention as N. UNKNOWN only if no config is known or it cannot be read.
 */
enum kernel_config kernel_config_has(const struct kernel *k, const char *option);

/*
 * What its config lacks that the kernels of all distributions have on the paths of mm, and what it
 * has that none of them has, in words: "no MEMCG, no NUMA_BALANCING". "" if there is nothing such,
 * or no config is known.
 */
struct kernel_unlike {
	char text[256];
};
struct kernel_unlike kernel_config_unlike(const struct kernel *k);

struct kernel_store;

/* @text is one line of progress; valid only during the call. */
typedef void (*kernel_note_fn)(void *arg, const char *text);

/*
 * Opens the store below the two folders (see drive/session/home.h); neither needs to exist, and
 * nothing is created before a kernel is added. Also sweeps what killed processes left, if it may.
 */
int kernel_store_open(const char *data_dir, const char *cache_dir, struct kernel_store **out,
		      struct err *e);
void kernel_store_close(struct kernel_store *st);
DEFINE_CLEANUP(struct kernel_store *, kernel_store_close)
#define _cleanup_kernel_store_ _cleanup_(kernel_store_close_p)

enum kernel_watch_kind { KERNEL_WATCH_OBJECTS, KERNEL_WATCH_BYTES };

/* Something that takes long, and where one can see how far it has come (kernel/store/watch.h). */
struct kernel_watch {
	enum kernel_watch_kind kind;
	const char *what; /* "building 0123456789ab" */
	const char *path; /* the build's log; the folder of a download */
	uint64_t about;	  /* how much it is going to be; objects are a guess. 0: not known */
};

/* @w is valid during the call; NULL: it has ended. */
typedef void (*kernel_watch_fn)(void *arg, const struct kernel_watch *w);
/* Who is told of builds and downloads as they begin and end; at first nobody is. */
void kernel_store_set_watch(struct kernel_store *st, kernel_watch_fn fn, void *arg);
/* Who is told of damaged entries that are passed over, once of each; at first nobody is. */
void kernel_store_set_warn(struct kernel_store *st, kernel_note_fn fn, void *arg);
/* What ends a build of a git: spec before it is done; NULL: nothing, which is so at first. */
void kernel_store_set_cancel(struct kernel_store *st, const atomic_int *cancel);
/*
 * The config that git: specs are built with from now on: a file, or one of these words; another
 * file of such a name is "./NAME".
 *
 *   minimal          our own, as at first
 *   defconfig        what "make defconfig" makes of each version
 *   debian:VERSION   that of a kernel of Debian's, which is added to the store
 *   host             that of the kernel that runs here: /boot/config-RELEASE or /proc/config.gz
 */
int kernel_store_set_config(struct kernel_store *st, const char *config, kernel_note_fn note,
			    void *note_arg, struct err *e);
/*
 * Whether @config is such a word, in which case there is no file to it that could change. What a
 * file is called from elsewhere: absolute, malloc'ed (NULL when out of memory).
 */
bool kernel_config_is_word(const char *config);
char *kernel_config_absolute(const char *config);
/* Of all that the config decides about what is built; NULL: none was set. */
const char *kernel_store_config_hash(const struct kernel_store *st);
/* How many jobs build git: specs from now on; 0: one for each CPU. */
void kernel_store_set_jobs(struct kernel_store *st, unsigned jobs);
/*
 * The architecture that is asked for: that of specs that do not say one, and other kernels are
 * refused. NULL, which is so at first: the default one, and any kernel is right.
 */
void kernel_store_set_arch(struct kernel_store *st, const struct arch *arch);
/* The same by the word behind --arch, or NULL. -EINVAL: there is none so called. */
int kernel_store_name_arch(struct kernel_store *st, const char *name, struct err *e);
/* The compiler that git: specs are built by from now on, instead of $CC or gcc; it has to be there.
 */
int kernel_store_set_compiler(struct kernel_store *st, const char *cc, struct err *e);

/*
 * Finds the kernel that @spec names, and adds it first if the store has not got it.
 *
 * @peer_compiler: the compiler of the kernel on the other side of a comparison, or NULL. Where
 * several builds of a version exist, one with the same compiler is preferred, then the newest
 * suite. @note (may be NULL) is told about downloads and fall-backs.
 *
 * Errors are of status ERR_TOOL and say what to do; but a commit of a git: spec that does not build
 * is of status ERR_UNMEASURED. *out is owned by the caller.
 */
int kernel_resolve(struct kernel_store *st, const char *spec, const char *peer_compiler,
		   kernel_note_fn note, void *note_arg, struct kernel **out, struct err *e);
/*
 * What @spec means now, as a spec that goes on meaning it: *out (malloc'ed) names the commit that
 * a revision is of, and the state that a work tree is in. Other specs stay as they are. A word that
 * is neither in the store nor a file is a revision, where it is one of the kernel's git tree that
 * the caller stands in; which was taken is told.
 */
int kernel_pin(struct kernel_store *st, const char *spec, kernel_note_fn note, void *note_arg,
	       char **out, struct err *e);
/* Whether the caller stands in a kernel's git tree. */
bool kernel_tree_is_here(void);
/* Both sides of a comparison: chooses builds of one compiler where the specs leave the choice. */
int kernel_resolve_pair(struct kernel_store *st, const char *old_spec, const char *new_spec,
			kernel_note_fn note, void *note_arg, struct kernel **out_old,
			struct kernel **out_new, struct err *e);

/*
 * As kernel_resolve(), and calls the result @name (may be NULL). A name that was in use moves,
 * with a note.
 */
int kernel_add(struct kernel_store *st, const char *spec, const char *name, kernel_note_fn note,
	       void *note_arg, struct kernel **out, struct err *e);
/*
 * What the store holds, oldest first, one for every spec that led to a build. A damaged entry is no
 * error: it stands in out->damaged.
 */
int kernel_list(struct kernel_store *st, struct kernel_list *out, struct err *e);
/*
 * A kernel already in the store, by name, by spec, by path, by the first 7 or more digits of its
 * id, or by release. Never fetches. -ENOENT if there is none, -EINVAL if several
 * builds answer to it.
 */
int kernel_find(struct kernel_store *st, const char *what, struct kernel **out, struct err *e);
/* Removes a build and all of its specs. -ENOENT if it is not there. */
int kernel_remove(struct kernel_store *st, const struct kernel *k, struct err *e);
/*
 * Removes the damaged entry whose id begins with the 7 or more digits @id, which cannot be found
 * otherwise; *out is its id (malloc'ed). -ENOENT if none is so called, -EINVAL if several are.
 */
int kernel_remove_damaged(struct kernel_store *st, const char *id, char **out, struct err *e);

/* What "kernel check" finds of one entry; all owned. */
struct kernel_checked {
	char *id;
	char *spec, *release; /* NULL where meta.json does not tell */
	struct kernel_fault {
		const char *file; /* "vmlinux", "config", "bzImage", "meta.json" */
		char *why;	  /* NULL: it is what was stored */
	} files[4];
	size_t n_files;
};

/*
 * Reads all files of all entries (@what NULL), or of the one that @what names as kernel_find() and
 * kernel_remove_damaged() take it, and compares them with what was stored, and meta.json with what
 * the vmlinux says of itself. Hashes that an older slowpath did not keep are added. *out is
 * malloc'ed. An error only if that cannot be done.
 */
int kernel_check(struct kernel_store *st, const char *what, struct kernel_checked **out,
		 size_t *count, struct err *e);
bool kernel_checked_ok(const struct kernel_checked *c);
void kernel_checked_free(struct kernel_checked *list, size_t count);
/* All the fields, as "kernel list --json" has them. NULL when out of memory. */
json_t *kernel_to_json(const struct kernel *k);

/* One Debian build that the suites offer. */
struct kernel_offer {
	char *spec;	/* "debian:6.17.13+deb13-cloud-amd64" */
	char *version;	/* of the package: "6.17.13-1~bpo13+1" */
	char *package;	/* "linux-image-6.17.13+deb13-cloud-amd64" */
	char *suite;	/* "trixie-backports" */
	char *flavour;	/* "cloud-amd64" */
	char *compiler; /* "gcc-14", NULL if the index does not tell */
	uint64_t size;	/* bytes to download for the image */
	bool inferred;	/* the compiler is that of the Debian release's other builds */
	bool installed; /* in the store */
};

struct kernel_offers {
	struct kernel_offer *items;
	size_t count;
};

void kernel_offers_free(struct kernel_offers *list);
#define _cleanup_kernel_offers_ __attribute__((cleanup(kernel_offers_free)))

/*
 * What the suites offer, ascending by Debian's order. @pattern (NULL: all of the flavour
 * cloud-amd64) is a glob over the spec without "debian:", or a version that the offers must be of.
 */
int kernel_search(struct kernel_store *st, const char *pattern, kernel_note_fn note, void *note_arg,
		  struct kernel_offers *out, struct err *e);
/*
 * The same of the package lists as they lie there, however old: nothing is fetched or made. -ENOENT
 * if there are none.
 */
int kernel_search_offline(struct kernel_store *st, const char *pattern, struct kernel_offers *out,
			  struct err *e);

#endif
