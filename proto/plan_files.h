/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files below /proc and /sys that a scenario may read or write: what the language calls them,
 * where they are, what may be done with them, and the option without which there are none ("":
 * always there). A plan has their numbers, so they may only be added at the end.
 */
#ifndef PROTO_PLAN_FILES_H
#define PROTO_PLAN_FILES_H

#define PLAN_FILE_READ 1u  /* to its end, from the start */
#define PLAN_FILE_WRITE 2u /* a number */
#define PLAN_FILE_RANGE 4u /* eight bytes for every page of an address space */
#define PLAN_FILE_HEAD                                                            \
	8u /* PLAN_FILE_HEAD_BYTES of it: it has eight bytes for every page frame \
	    */
#define PLAN_FILE_HEAD_BYTES (1u << 17)

/* clang-format off */
#define PLAN_FILES(X) \
	X(SMAPS, "smaps", "/proc/self/smaps", PLAN_FILE_READ, "CONFIG_PROC_PAGE_MONITOR") \
	X(SMAPS_ROLLUP, "smaps_rollup", "/proc/self/smaps_rollup", PLAN_FILE_READ, \
	  "CONFIG_PROC_PAGE_MONITOR") \
	X(MAPS, "maps", "/proc/self/maps", PLAN_FILE_READ, "") \
	X(NUMA_MAPS, "numa_maps", "/proc/self/numa_maps", PLAN_FILE_READ, "CONFIG_NUMA") \
	X(PAGEMAP, "pagemap", "/proc/self/pagemap", PLAN_FILE_READ | PLAN_FILE_RANGE, \
	  "CONFIG_PROC_PAGE_MONITOR") \
	X(CLEAR_REFS, "clear_refs", "/proc/self/clear_refs", PLAN_FILE_WRITE, \
	  "CONFIG_PROC_PAGE_MONITOR") \
	X(STATUS, "status", "/proc/self/status", PLAN_FILE_READ, "") \
	X(STATM, "statm", "/proc/self/statm", PLAN_FILE_READ, "") \
	X(OOM_SCORE, "oom_score", "/proc/self/oom_score", PLAN_FILE_READ, "") \
	X(KPAGEFLAGS, "kpageflags", "/proc/kpageflags", PLAN_FILE_READ | PLAN_FILE_HEAD, \
	  "CONFIG_PROC_PAGE_MONITOR") \
	X(KPAGECOUNT, "kpagecount", "/proc/kpagecount", PLAN_FILE_READ | PLAN_FILE_HEAD, \
	  "CONFIG_PROC_PAGE_MONITOR") \
	X(MEMINFO, "meminfo", "/proc/meminfo", PLAN_FILE_READ, "") \
	X(VMSTAT, "vmstat", "/proc/vmstat", PLAN_FILE_READ, "CONFIG_VM_EVENT_COUNTERS") \
	X(ZONEINFO, "zoneinfo", "/proc/zoneinfo", PLAN_FILE_READ, "") \
	X(BUDDYINFO, "buddyinfo", "/proc/buddyinfo", PLAN_FILE_READ, "") \
	X(PAGETYPEINFO, "pagetypeinfo", "/proc/pagetypeinfo", PLAN_FILE_READ, "") \
	X(SLABINFO, "slabinfo", "/proc/slabinfo", PLAN_FILE_READ, "") \
	X(VMALLOCINFO, "vmallocinfo", "/proc/vmallocinfo", PLAN_FILE_READ, "") \
	X(SWAPS, "swaps", "/proc/swaps", PLAN_FILE_READ, "CONFIG_SWAP") \
	X(COMPACT_MEMORY, "compact_memory", "/proc/sys/vm/compact_memory", PLAN_FILE_WRITE, \
	  "CONFIG_COMPACTION") \
	X(ZSWAP_ENABLED, "zswap_enabled", "/sys/module/zswap/parameters/enabled", PLAN_FILE_WRITE, \
	  "CONFIG_ZSWAP")
/* clang-format on */

enum plan_file {
#define PLAN_FILE_CODE(code, word, path, how, option) PLAN_FILE_##code,
	PLAN_FILES(PLAN_FILE_CODE)
#undef PLAN_FILE_CODE
		PLAN_FILE_KINDS
};

#endif
