/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How readings_of() makes those of each kind. Not for use outside of reading/. */
#ifndef READING_KINDS_H
#define READING_KINDS_H

#include "reading/readings.h"

/* A reading more, with its name; the rest is for the caller. */
struct reading *readings_add(const struct reading_source *s, const char *segment,
			     enum reading_kind kind, struct readings *out);
void readings_counted(const struct reading_source *s, struct readings *out);
int readings_timed(const struct reading_source *s, struct readings *out, struct err *e);

#endif
