/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario wants of the guest before it starts; a part of read.c. */
#ifndef SCENARIO_READ_NEEDS_H
#define SCENARIO_READ_NEEDS_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

int read_needs(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);
int read_memory(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);
int read_sysfs(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
