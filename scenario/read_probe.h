/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places to probe; a part of read.c. */
#ifndef SCENARIO_READ_PROBE_H
#define SCENARIO_READ_PROBE_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

int read_probe(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
