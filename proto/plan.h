/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: what one boot is to do, from host to guest. The guest reads it with port I/O from the
 * fw_cfg file PLAN_FW_CFG_FILE, so that a snapshot can be taken before a plan exists.
 *
 *	struct plan_header
 *	struct plan_setting[n_settings]
 *	struct plan_map[n_maps]
 *	struct plan_segment[n_segments]
 *	struct plan_op[n_ops]		prepare, then every segment's: before, measured, after
 *	char[strings_bytes]		words of the program (PLAN_OP_PROGRAM), each NUL-terminated
 *
 * Operations that hold others (repeat, fork) are followed by these: n_body says by how many, and
 * counts of operations have them in. Little-endian, no padding but what is named. header.crc covers
 * all that follows the header.
 */
#ifndef PROTO_PLAN_H
#define PROTO_PLAN_H

#include "proto/marker.h"

#include <stdint.h>

#define PLAN_FW_CFG_FILE "opt/slowpath/plan"
#define PLAN_MAGIC 0x4e504c53u /* "SLPN" */
#define PLAN_VERSION 7
#define PLAN_MAX_BYTES (1u << 20)
#define PLAN_MAX_SETTINGS 16
#define PLAN_MAX_MAPS 16
#define PLAN_MAX_OPS 256
#define PLAN_MAX_DEPTH 4 /* of operations within operations */
#define PLAN_MAX_NODES 4
#define PLAN_NAME_BYTES 24
#define PLAN_MAX_ROUNDS 65536u
#define PLAN_PROBE_BYTES 64
#define PLAN_PROBE_SITES 8
#define PLAN_PROBE_ARGUMENTS 6 /* those that are in registers */
/*
 * Milliseconds that the guest sleeps after its start, as a variable of its environment (the kernel
 * hands over what stands on its command line); 20 s if it is not there.
 */
#define PLAN_REST_VARIABLE "SLOWPATH_REST_MS"
/* Likewise: there is no plan, but a shell, which is PLAN_SHELL_FILE (BusyBox). */
#define PLAN_SHELL_VARIABLE "SLOWPATH_SHELL"
#define PLAN_SHELL_PROMPT "prompt"
#define PLAN_SHELL_SCRIPT "script" /* no prompt, no echo: the lines come from no terminal */
#define PLAN_SHELL_READY "slowpath-guest: ready\r\n" /* said before a script may come */

enum plan_kind {
	PLAN_SYMBOLS = 1,  /* report /proc/kallsyms, text symbols only */
	PLAN_SCENARIO = 2, /* prepare, count in pairs of phases, report */
	PLAN_TIMED = 3,	   /* prepare, time round after round, report */
	PLAN_PROBE = 4,	   /* prepare, iterate with a probe set, report its histogram */
};

/* Block devices that live in the guest's memory: their drivers come in the parcel. */
enum plan_swap_on { PLAN_SWAP_NO_DEVICE = 0, PLAN_SWAP_BRD = 1, PLAN_SWAP_ZRAM = 2 };
/* A file system of the guest's own making, and what it lies on: a RAM disk, or an NVMe of QEMU's.
 */
enum plan_disk_fs { PLAN_DISK_NONE = 0, PLAN_DISK_EXT4 = 1 };
enum plan_disk_on { PLAN_DISK_RAM = 0, PLAN_DISK_NVME = 1 };

struct plan_header {
	uint32_t magic;
	uint32_t version;
	uint32_t length; /* bytes, header included */
	uint32_t crc;
	uint32_t kind;
	uint32_t n_maps;
	uint32_t n_segments;
	uint32_t n_ops;
	uint32_t n_prepare; /* how many of the operations are run once before the window */
	uint32_t warmup_iterations;
	uint32_t iterations;		/* N; of each pair of phases one measures N, one 2N */
	uint32_t online_cpus;		/* 0: do not care, else the guest refuses another number */
	uint64_t rest_ns[MARKER_PAIRS]; /* sleep before both phases of each pair; 0: no such pair */
	/* Timed: rounds (an iteration each) until both of the first are reached, or the limit. */
	uint32_t rounds_min;
	uint32_t rounds_max; /* up to PLAN_MAX_ROUNDS */
	uint64_t min_time_ns;
	uint32_t n_settings;
	uint32_t nodes;	  /* NUMA nodes that have to be online, at least */
	uint32_t swap;	  /* 0: does not matter, 1: there must be none, 2: some */
	uint32_t swap_on; /* enum plan_swap_on: the guest makes such a device, and swaps to it */
	uint32_t unused;
	uint64_t swap_bytes; /* of it; a multiple of 4096 */
	uint32_t disk_fs; /* enum plan_disk_fs: the guest makes such a file system, and mounts it */
	uint32_t disk_on; /* enum plan_disk_on */
	uint64_t disk_bytes;   /* a multiple of 1 MiB */
	uint32_t cgroup_depth; /* groups within groups that the task is in; 0: none of its own */
	uint32_t unused2;
	uint64_t cgroup_high, cgroup_max; /* memory.high and memory.max of it, bytes; 0: no limit */
	uint32_t strings_bytes;
	/* Probe: a function and which of its arguments, from 1 up, an unsigned int. */
	char probe_function[PLAN_PROBE_BYTES]; /* NUL-terminated */
	uint32_t probe_argument;
	uint32_t n_probe_sites; /* 0: at its entry; else at these calls of it */
	uint64_t probe_sites[PLAN_PROBE_SITES];
};

/* Written to a file under /sys/kernel/mm before anything is mapped. */
struct plan_setting {
	char path[96]; /* below /sys/kernel/mm; NUL-terminated, as is the value */
	char value[32];
};

enum plan_map_kind {
	PLAN_MAP_ANON_PRIVATE = 1,
	PLAN_MAP_ANON_SHARED = 2,
	PLAN_MAP_MEMFD_PRIVATE = 3,
	PLAN_MAP_MEMFD_SHARED = 4,
	PLAN_MAP_TMPFS_PRIVATE = 5,
	PLAN_MAP_TMPFS_SHARED = 6,
	PLAN_MAP_HUGETLB_PRIVATE = 7,
	PLAN_MAP_HUGETLB_SHARED = 8,
	PLAN_MAP_PLACE = 9,	    /* nothing: addresses that an mremap may move to */
	PLAN_MAP_FILE_PRIVATE = 10, /* of the disk */
	PLAN_MAP_FILE_SHARED = 11,
};

#define PLAN_MAP_POPULATE 1u /* MAP_POPULATE */
#define PLAN_MAP_UNMAPPED 2u /* not mapped until an operation does */
#define PLAN_MAP_ANYWHERE 4u /* where the kernel likes, not at an address of the guest's choice */
#define PLAN_MAP_SPARSE                                                                          \
	256u		    /* a file of the disk: one hole; else it is written, and on the disk \
			     */
#define PLAN_MAP_TMPFS 512u /* file-private and file-shared: of a tmpfs, not of the disk */

/*
 * Each map has its own 64 GiB, so that it never merges with a neighbour, and the same addresses in
 * every boot of every kernel.
 */
#define PLAN_MAPS_BASE 0x100000000000ull
#define PLAN_MAPS_STEP 0x1000000000ull

/* Every map of a file has a file of its own, as long as the map. */
struct plan_map {
	uint32_t kind;
	uint32_t advice; /* madvise() value after mapping, 0: none */
	uint64_t bytes;
	uint64_t align;	 /* of the start address, power of two, ≥ 4096 */
	uint64_t offset; /* bytes that the start is moved past the alignment (perturbation) */
	uint32_t prot;	 /* PROT_* */
	uint32_t flags;	 /* PLAN_MAP_* */
};

#define PLAN_SEGMENT_THREADS 1u /* one thread to every CPU carries it out */
#define PLAN_SEGMENT_OWN 2u	/* and each has its own slice of every range */
#define PLAN_SEGMENT_SPIN 4u	/* another process runs while the task sleeps */

struct plan_segment {
	char name[PLAN_NAME_BYTES]; /* NUL-terminated */
	uint32_t n_ops;		    /* in the window */
	uint32_t flags;
	uint32_t n_before; /* of every iteration, just before the window opens */
	uint32_t n_after;  /* and after it has closed */
};

enum plan_op_code {
	PLAN_OP_TOUCH_READ = 1, /* one byte every stride; with a seed see plan_shuffle() */
	PLAN_OP_TOUCH_WRITE = 2,
	PLAN_OP_MPROTECT = 3, /* arg: PROT_* */
	PLAN_OP_MADVISE = 4,  /* arg: MADV_* */
	PLAN_OP_MMAP = 5,     /* as the map says */
	PLAN_OP_MUNMAP = 6,
	PLAN_OP_MREMAP = 7, /* arg: new size in bytes, 0: the same; map2: what to move to */
	PLAN_OP_MINCORE = 8,
	PLAN_OP_MLOCK = 9,
	PLAN_OP_MUNLOCK = 10,
	PLAN_OP_MSYNC = 11, /* arg: MS_* */
	PLAN_OP_MSEAL = 12,
	PLAN_OP_FORK = 13,     /* the child does the body, and then waits; so does the parent */
	PLAN_OP_KILL = 14,     /* SIGKILL to the child, which does not run yet */
	PLAN_OP_MRELEASE = 15, /* process_mrelease() of the killed child */
	PLAN_OP_WAIT = 16,     /* the child ends, and is waited for */
	PLAN_OP_UFFD_REGISTER = 17, /* for write protection */
	PLAN_OP_UFFD_UNREGISTER = 18,
	PLAN_OP_UFFD_PROTECT = 19,
	PLAN_OP_UFFD_RESOLVE = 20,
	PLAN_OP_MIGRATE_PAGES = 21,   /* of the task: from node arg to node arg2 */
	PLAN_OP_MOVE_PAGES = 22,      /* arg: node */
	PLAN_OP_MBIND = 23,	      /* arg: MPOL_*, arg2: mask of nodes */
	PLAN_OP_PROCESS_MADVISE = 24, /* arg: MADV_*, of the task itself */
	PLAN_OP_PAGEMAP_SCAN = 25,    /* arg: PAGE_IS_* that all have to be */
	PLAN_OP_REPEAT = 26,	      /* arg: how often the body is done */
	PLAN_OP_SLEEP = 96,	      /* arg: ns */
	/*
	 * arg: the number that a file (arg2: enum plan_wait) has to reach, or how far it has to
	 * advance; looked at every @seed ns.
	 */
	PLAN_OP_UNTIL = 97,
	PLAN_OP_CGROUP_CREATE = 98, /* one, beside that of the task */
	PLAN_OP_CGROUP_REMOVE = 99,
	PLAN_OP_CGROUP_ENTER = 100,   /* that */
	PLAN_OP_CGROUP_LEAVE = 101,   /* for that of the plan */
	PLAN_OP_CGROUP_RECLAIM = 102, /* arg: bytes */
	PLAN_OP_CGROUP_HIGH = 103,    /* arg: bytes, 0: no limit */
	PLAN_OP_CGROUP_STAT = 104,    /* reads memory.stat */
	PLAN_OP_PROGRAM = 27, /* of the parcel, to its end; arg words and arg2 of environment */
	/* Of the map's file. The range is one of the file; there is a call for every piece. */
	PLAN_OP_READ = 64, /* after one lseek() to the range's start */
	PLAN_OP_WRITE = 65,
	PLAN_OP_PREAD = 66,
	PLAN_OP_PWRITE = 67,
	PLAN_OP_FSYNC = 68,
	PLAN_OP_FDATASYNC = 69,
	PLAN_OP_FTRUNCATE = 70, /* arg: the size */
	PLAN_OP_FALLOCATE = 71, /* arg: FALLOC_FL_* */
	PLAN_OP_FADVISE = 72,	/* arg: POSIX_FADV_* */
	PLAN_OP_READAHEAD = 73,
	PLAN_OP_SPLICE = 74,	      /* into a pipe, and from there to /dev/null */
	PLAN_OP_SENDFILE = 75,	      /* to the file of map2, after one lseek() to its start */
	PLAN_OP_COPY_FILE_RANGE = 76, /* to the same offsets of the file of map2 */
	PLAN_OP_DROP_CACHES = 77,     /* no map; arg: 1 pages, 2 slabs, 3 both */
};

static inline int plan_op_is_of_file(uint32_t code)
{
	return code >= PLAN_OP_READ && code <= PLAN_OP_COPY_FILE_RANGE;
}

#define PLAN_OP_ONFAULT 1u /* mlock: lock what is there, and the rest as it comes */
#define PLAN_OP_ASYNC 2u   /* uffd: the kernel resolves faults itself */
#define PLAN_OP_PROTECT 4u /* pagemap-scan: write-protect what matches */
#define PLAN_OP_MOVE 8u	   /* mbind: move what is elsewhere */
#define PLAN_OP_CGROUP 16u /* program: in a cgroup of its own */

#define PLAN_OP_ADVANCED (1u << 16) /* until: how far it has advanced */

#define PLAN_CGROUP_DEPTH_MAX 8u
#define PLAN_NAP_NS_MAX 10000000000ull /* of sleep, and between two looks of until */

#define PLAN_NO_MAP UINT32_MAX

#define PLAN_SHELL_FILE "shell"	    /* where the initrd has the shell */
#define PLAN_PROGRAM_WORDS_MAX 256u /* arguments, and as many of the environment */

/*
 * The range is called for as a whole, or, with @each, in calls of so many bytes every @stride
 * bytes. A touch has no @each.
 */
struct plan_op {
	uint32_t code;
	uint32_t map;	 /* index, or PLAN_NO_MAP */
	uint64_t offset; /* within the map, bytes */
	uint64_t bytes;
	uint64_t stride; /* bytes */
	uint64_t arg;
	uint64_t arg2;
	uint64_t each;	/* bytes, or 0 */
	uint64_t seed;	/* 0: in order of address */
	uint32_t map2;	/* index, or PLAN_NO_MAP */
	uint32_t flags; /* PLAN_OP_* */
	uint32_t fails; /* the errno that it has to fail with; 0: it has to succeed */
	uint32_t n_body;
};

/*
 * The order of touches with a seed: @order becomes a permutation of 0 to count - 1, by Fisher and
 * Yates with splitmix64 as the source of numbers (their bias is below 2^-32).
 */
static inline void plan_shuffle(uint32_t *order, uint32_t count, uint64_t seed)
{
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	for (uint32_t i = count; i > 1; i--) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;
		uint32_t other, swapped;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		other = (uint32_t)((z ^ (z >> 31)) % i);
		swapped = order[i - 1];
		order[i - 1] = order[other];
		order[other] = swapped;
	}
}

#endif
