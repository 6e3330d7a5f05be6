/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls without a C library between: an error is -errno, and what is counted beside the
 * kernel is a handful of moves. Numbers and structures that Debian 12's headers lack stand here.
 */
#ifndef GUEST_WORK_CALL_H
#define GUEST_WORK_CALL_H

#include "guest/arch/arch.h"

#include <stdint.h>

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

#define UFFD_FEATURE_WP_UNPOPULATED_ (1ull << 13)
#define UFFD_FEATURE_WP_ASYNC_ (1ull << 15)

/* <linux/userfaultfd.h> of 6.8 and newer. */
struct uffd_move {
	uint64_t dst, src, len, mode;
	int64_t moved;
};

#define UFFDIO_MOVE_ 0xc028aa05u /* _IOWR(UFFDIO, 5, struct uffdio_move) */
_Static_assert(sizeof(struct uffd_move) == 0x28, "the size is part of the number");

/* <linux/fs.h> of 6.7 and newer. */
struct scan_region {
	uint64_t start, end, categories;
};

struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN_WP_MATCHING 1u
#define SCAN_CHECK_WPASYNC 2u
#define PAGEMAP_SCAN_IOCTL 0xc0606610u /* _IOWR('f', 16, struct pm_scan_arg) */
_Static_assert(sizeof(struct scan_arg) == 0x60, "the size is part of the number");

#endif
