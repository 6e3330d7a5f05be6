/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what a scenario file says of a foreign program. */
#ifndef SCENARIO_READ_PROGRAM_H
#define SCENARIO_READ_PROGRAM_H

#include "scenario/scenario.h"
#include "scenario/yaml_doc.h"

/*
 * program: {file: PATH, args: [...], env: {KEY: VALUE}, metrics: {NAME: PATTERN}, files: [SRC:DST],
 * stdin: PATH, cgroup: yes}; a path that does not begin with a slash is taken from the scenario
 * file's folder.
 */
int read_program(struct yaml_doc *d, const yaml_node_t *n, struct scenario *s, struct err *e);

#endif
