/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * For programs that 'slowpath compare OLD NEW -- PROGRAM' runs: what of them is of interest.
 *
 *	set_up();
 *	SLOWPATH_REGION_BEGIN();
 *	what_is_measured();
 *	SLOWPATH_REGION_END();
 *
 * Then only the region is counted, of the program and of all that runs meanwhile; without one, the
 * whole program is. There may be several in a row, which add up; none within another. Each
 *execution has to open one, if any does. Outside of slowpath's guest these are instructions that do
 *nothing, and on other architectures nothing. slowpath-compare(1) has more.
 */
#ifndef SLOWPATH_H
#define SLOWPATH_H

#if defined(__x86_64__) && defined(__GNUC__)
/* An eight-byte NOP with a displacement that no compiler gives one. */
#define SLOWPATH_MARK_(bytes) \
	__asm__ __volatile__(".byte 0x0f, 0x1f, 0x84, 0x00, " bytes ", 0x4c, 0x53" : : : "memory")
#define SLOWPATH_REGION_BEGIN() SLOWPATH_MARK_("0x00, 0x04")
#define SLOWPATH_REGION_END() SLOWPATH_MARK_("0x00, 0x05")
#else
#define SLOWPATH_REGION_BEGIN() ((void)0)
#define SLOWPATH_REGION_END() ((void)0)
#endif

#endif
