/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: what one boot is to do, from host to guest. The guest reads it with port I/O from the
 * fw_cfg file PLAN_FW_CFG_FILE, so that a snapshot can be taken before a plan exists.
 *
 *	struct plan_header
 *	struct plan_map[n_maps]
 *	struct plan_segment[n_segments]
 *	struct plan_op[n_ops]		prepare, then every segment's, then finish
 *
 * Little-endian, no padding but what is named. header.crc covers all that follows the header.
 */
#ifndef PROTO_PLAN_H
#define PROTO_PLAN_H

#include <stdint.h>

#define PLAN_FW_CFG_FILE "opt/slowpath/plan"
#define PLAN_MAGIC 0x4e504c53u /* "SLPN" */
#define PLAN_VERSION 2
#define PLAN_MAX_BYTES (1u << 20)
#define PLAN_MAX_MAPS 16
#define PLAN_MAX_OPS 256
#define PLAN_NAME_BYTES 24
#define PLAN_MAX_ROUNDS 65536u
/*
 * Milliseconds that the guest sleeps after its start, as a variable of its environment (the kernel
 * hands over what stands on its command line); 20 s if it is not there.
 */
#define PLAN_REST_VARIABLE "SLOWPATH_REST_MS"

enum plan_kind {
	PLAN_SYMBOLS = 1,  /* report /proc/kallsyms, text symbols only */
	PLAN_SCENARIO = 2, /* prepare, count in four phases, report */
	PLAN_TIMED = 3,	   /* prepare, time round after round, report */
};

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
	uint32_t iterations;  /* N; the phases measure N, 2N, N, 2N */
	uint32_t online_cpus; /* 0: do not care, else the guest refuses another number */
	uint64_t rest_ns[4];  /* sleep before each phase; the last two at another tick phase */
	/* Timed: rounds (an iteration each) until both of the first are reached, or the limit. */
	uint32_t rounds_min;
	uint32_t rounds_max; /* up to PLAN_MAX_ROUNDS */
	uint64_t min_time_ns;
};

enum plan_map_kind {
	PLAN_MAP_ANON_PRIVATE = 1,
	PLAN_MAP_ANON_SHARED = 2,
};

struct plan_map {
	uint32_t kind;
	uint32_t advice; /* madvise() value after mapping, 0: none */
	uint64_t bytes;
	uint64_t align;	 /* of the start address, power of two, ≥ 4096 */
	uint64_t offset; /* bytes that the start is moved past the alignment (perturbation) */
};

struct plan_segment {
	char name[PLAN_NAME_BYTES]; /* NUL-terminated */
	uint32_t n_ops;
	uint32_t reserved;
};

enum plan_op_code {
	PLAN_OP_TOUCH_READ = 1, /* one byte every stride */
	PLAN_OP_TOUCH_WRITE = 2,
	PLAN_OP_MPROTECT = 3, /* arg: PROT_* */
	PLAN_OP_MADVISE = 4,  /* arg: MADV_* */
};

struct plan_op {
	uint32_t code;
	uint32_t map;	 /* index */
	uint64_t offset; /* within the map, bytes */
	uint64_t bytes;
	uint64_t stride; /* bytes, touches only */
	uint64_t arg;
};

#endif
