/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builds kernels on this machine, and how it is called so that equal sources give equal
 * images. */
#ifndef KERNEL_STORE_TOOLCHAIN_H
#define KERNEL_STORE_TOOLCHAIN_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>

struct toolchain {
	char *cc;      /* as asked for, else from $CC, else "gcc" */
	char *version; /* first line of "CC --version" */
	bool ccache;   /* there is one */
	unsigned jobs; /* CPUs that this process may use */
};

/*
 * @cc: the compiler, or NULL as above. -EOPNOTSUPP, with the Debian packages to install, if
 * something is missing.
 */
int toolchain_find(const char *cc, struct toolchain *out, struct err *e);
void toolchain_free(struct toolchain *t);
#define _cleanup_toolchain_ __attribute__((cleanup(toolchain_free)))

/* One call of make in a kernel tree. */
struct make {
	const struct toolchain *tools;
	const char *src, *obj;
	const char *cache;	  /* for ccache, unless the user has a place for it */
	const char *log;	  /* path; what make says goes to its end */
	int lock;		  /* kept open by make and all it starts */
	const atomic_int *cancel; /* may be NULL */
};

/*
 * "make WORDS..." (at most 8 of them), with @config as KCONFIG_CONFIG if it is not NULL. A build
 * outlives neither slowpath nor a cancellation (-ECANCELED). Returns 0, -errno, or 1 if make
 * failed.
 */
int make_run(const struct make *m, const char *config, const char *const *words, struct err *e);
/*
 * Why make failed, from its log: always negative. What the host lacks (a tool, a header, room on
 * the disk, memory) is an error of the host's; all else means that this source cannot be built,
 * which is ERR_UNMEASURED.
 */
int make_explain(const struct make *m, struct err *e);

#endif
