/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kinds of maps have files, and where these lie. */
#ifndef SCENARIO_MAP_KINDS_H
#define SCENARIO_MAP_KINDS_H

#include "proto/plan.h"

#include <stdbool.h>

/* It has a file, which operations on files work on. */
bool map_is_of_file(const struct plan_map *m);
/* It is file-private or file-shared: the file is there before it is mapped. */
bool map_is_written(const struct plan_map *m);
/* Its file lies on the scenario's disk. */
bool map_is_on_disk(const struct plan_map *m);

#endif
