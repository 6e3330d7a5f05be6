/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations of a scenario file; a part of read.c. */
#ifndef SCENARIO_READ_OPS_H
#define SCENARIO_READ_OPS_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

/* Appends a list of operations to s->ops; maps and needs must have been read. */
int read_ops(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
