/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of the kernel that stand for something that is counted by their calls or by their
 * instructions. Names as they are after folding (symbols/symbols.h). slowpath-compare(1) has the
 * lists for people; whoever changes one raises BUNDLE_FORMAT (report/bundle/bundle.h), for bundles
 * are checked against them.
 */
#ifndef LAB_COUNTS_NAMED_H
#define LAB_COUNTS_NAMED_H

enum named {
	NAMED_NOTHING,
	/*
	 * Takes a lock, or tries to. Slow paths are no names of this list, and none of the list
	 * calls another: what is taken once is counted once. Locks that the compiler has inlined
	 * are not seen.
	 */
	NAMED_LOCK,
	/*
	 * Has the local APIC send an interrupt to other CPUs, one or a set of them. What a CPU
	 * sends to itself goes another way.
	 */
	NAMED_IPI,
	/*
	 * Moves or fills bytes, by REP strings or by a loop, as the CPU's features and the kernel's
	 * version have it. User code's own are not told apart.
	 */
	NAMED_STRING,
};

enum named named_function(const char *name);

#endif
