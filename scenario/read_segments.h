/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario does: prepare, segments, and what they are to leave; a part of read.c. */
#ifndef SCENARIO_READ_SEGMENTS_H
#define SCENARIO_READ_SEGMENTS_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

/* In this order; needs and maps must have been read. */
int read_prepare(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);
int read_segments(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);
int read_outcomes(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
