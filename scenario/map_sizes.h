/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sizes a map may have, for who reads a scenario and who changes one. */
#ifndef SCENARIO_MAP_SIZES_H
#define SCENARIO_MAP_SIZES_H

#include "scenario/scenario.h"

/* Bytes that every range of calls of this map has to be a multiple of. */
uint64_t map_granule(const struct plan_map *m);

#endif
