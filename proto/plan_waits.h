/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be waited for: numbers that the kernel counts up. A file below /sys/kernel/mm, or a line
 * of /proc/vmstat.
 */
#ifndef PROTO_PLAN_WAITS_H
#define PROTO_PLAN_WAITS_H

/* X(name in the code, the word, the file, its line or "", the option without which it is not) */
#define PLAN_WAITS(X)                                                                          \
	X(KSM_FULL_SCANS, "ksm/full_scans", "/sys/kernel/mm/ksm/full_scans", "", "CONFIG_KSM") \
	X(KSM_PAGES_SHARED, "ksm/pages_shared", "/sys/kernel/mm/ksm/pages_shared", "",         \
	  "CONFIG_KSM")                                                                        \
	X(KSM_PAGES_SHARING, "ksm/pages_sharing", "/sys/kernel/mm/ksm/pages_sharing", "",      \
	  "CONFIG_KSM")                                                                        \
	X(KHUGEPAGED_FULL_SCANS, "khugepaged/full_scans",                                      \
	  "/sys/kernel/mm/transparent_hugepage/khugepaged/full_scans", "",                     \
	  "CONFIG_TRANSPARENT_HUGEPAGE")                                                       \
	X(KHUGEPAGED_COLLAPSED, "khugepaged/pages_collapsed",                                  \
	  "/sys/kernel/mm/transparent_hugepage/khugepaged/pages_collapsed", "",                \
	  "CONFIG_TRANSPARENT_HUGEPAGE")                                                       \
	X(COMPACT_DAEMON_WAKE, "vmstat/compact_daemon_wake", "/proc/vmstat",                   \
	  "compact_daemon_wake", "CONFIG_COMPACTION")                                          \
	X(COMPACT_SUCCESS, "vmstat/compact_success", "/proc/vmstat", "compact_success",        \
	  "CONFIG_COMPACTION")                                                                 \
	X(COMPACT_MIGRATE, "vmstat/compact_migrate_scanned", "/proc/vmstat",                   \
	  "compact_migrate_scanned", "CONFIG_COMPACTION")                                      \
	X(PGSTEAL_KSWAPD, "vmstat/pgsteal_kswapd", "/proc/vmstat", "pgsteal_kswapd",           \
	  "CONFIG_VM_EVENT_COUNTERS")

enum plan_wait {
#define PLAN_WAIT_CODE(code, word, path, line, option) PLAN_WAIT_##code,
	PLAN_WAITS(PLAN_WAIT_CODE)
#undef PLAN_WAIT_CODE
		PLAN_WAIT_KINDS
};

#endif
