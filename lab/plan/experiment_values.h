/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The values of a profile; a part of experiment_read.c. Errors name the place; -EINVAL. */
#ifndef LAB_PLAN_EXPERIMENT_VALUES_H
#define LAB_PLAN_EXPERIMENT_VALUES_H

#include "lab/plan/experiment.h"
#include "scenario/yaml_doc.h"

struct experiment_place place_of(const yaml_node_t *n);

/*
 * Text of at least @min and at most @max bytes without control characters, so that it can stand in
 * a table, a file and on a terminal. *out is malloc'ed; what was there is not freed.
 */
int read_plain(struct yaml_doc *d, const yaml_node_t *n, size_t min, size_t max, char **out,
	       struct err *e);
/* The name of a kernel: 1 to 64 of [A-Za-z0-9._-]. *out as above. */
int read_name(struct yaml_doc *d, const yaml_node_t *n, char **out, struct err *e);
/* The index of a word in @words, which ends with NULL. */
int read_choice(struct yaml_doc *d, const yaml_node_t *n, const char *const *words, unsigned *out,
		struct err *e);
int read_bool(struct yaml_doc *d, const yaml_node_t *n, bool *out, struct err *e);
/* A decimal number, 0 to 10. */
int read_fraction(struct yaml_doc *d, const yaml_node_t *n, double *out, struct err *e);
/* Whole numbers, 1 to @most of them, each 1 to @limit, unique, and with @ascending in order. */
int read_numbers(struct yaml_doc *d, const yaml_node_t *n, const char *what, unsigned most,
		 unsigned limit, bool ascending, unsigned *out, unsigned *count, struct err *e);

/* The list of kernels; x->aa is known. */
int read_kernels(struct yaml_doc *d, const yaml_node_t *n, struct experiment *x, struct err *e);
/* The list of scenarios; x->memory_mib is 0 if the profile does not give it. */
int read_scenarios(struct yaml_doc *d, const yaml_node_t *n, const struct scenario_list *library,
		   struct experiment *x, struct err *e);

#endif
