/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps of a reproducer. */
#ifndef REPORT_REPRODUCER_REPRODUCER_MAPS_H
#define REPORT_REPRODUCER_REPRODUCER_MAPS_H

#include "report/reproducer/reproducer_text.h"

bool map_has_file(const struct plan_map *m);
/* "PROT_READ | PROT_WRITE" */
const char *prot_text(uint64_t prot);
/* "MAP_PRIVATE | MAP_ANONYMOUS", of an enum plan_map_kind. */
const char *map_kind_flags(uint32_t kind);

/* " | MAP_POPULATE", and what else a map may ask for. */
const char *map_more_flags(const struct plan_map *m);

#define ADVICE_BYTES 32
/* "MADV_NOHUGEPAGE": returns @out. */
const char *advice_text(uint64_t advice, char out[ADVICE_BYTES]);

/* Sizes and variables of all maps. */
void say_map_variables(struct text *t);
/* The function make_maps(). */
void say_make_maps(struct text *t);
/* One mmap() of a map: the texts are where it is to be, how long, and from where in its file. */
void say_map_at(struct text *t, unsigned depth, uint32_t map, const char *from, const char *bytes,
		const char *offset);

#endif
