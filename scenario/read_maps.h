/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The maps of a scenario file; a part of read.c. */
#ifndef SCENARIO_READ_MAPS_H
#define SCENARIO_READ_MAPS_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

/* Fills s->maps; the guest's memory must have been read. */
int read_maps(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
