/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the scenario language and the kernel's numbers that they stand for, both ways. */
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

#include "scenario/yaml_doc.h"

struct word {
	const char *name;
	uint64_t value;
};

struct words {
	const struct word *list;
	size_t count;
};

extern const struct words words_kinds;	     /* enum plan_map_kind */
extern const struct words words_protections; /* PROT_* */
extern const struct words words_advices;     /* MADV_* */
extern const struct words words_accesses;    /* PLAN_OP_TOUCH_READ or _WRITE */
extern const struct words words_syncs;	     /* MS_* */
extern const struct words words_policies;    /* MPOL_* */
extern const struct words words_pages;	     /* PAGE_IS_* */
extern const struct words words_errors;	     /* errno */
extern const struct words words_swap_on;     /* enum plan_swap_on */
extern const struct words words_disk_fs;     /* enum plan_disk_fs */
extern const struct words words_disk_on;     /* enum plan_disk_on */
extern const struct words words_file_fs;     /* PLAN_MAP_TMPFS or 0 */
extern const struct words words_fadvices;    /* POSIX_FADV_* */
extern const struct words words_fallocates;  /* FALLOC_FL_* */
extern const struct words words_caches;	     /* what /proc/sys/vm/drop_caches is told */
extern const struct words words_waits;	     /* enum plan_wait */
extern const struct words words_yes_no;	     /* 1, 0 */

/* The word for a value, or "?". */
const char *words_name(const struct words *w, uint64_t value);
/* Reads one; an error names them all. */
int words_read(struct yaml_doc *d, const yaml_node_t *n, const struct words *w, uint64_t *out,
	       struct err *e);

#endif
