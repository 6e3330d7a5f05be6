/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls without a C library between: an error is -errno, and what is counted beside the
 * kernel is a handful of moves. Numbers and structures that Debian 12's headers lack stand here.
 */
#ifndef GUEST_WORK_CALL_H
#define GUEST_WORK_CALL_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static inline long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return r;
}

#define call0(nr) call6(nr, 0, 0, 0, 0, 0, 0)
#define call1(nr, a) call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define call2(nr, a, b) call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(nr, a, b, c) call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

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
