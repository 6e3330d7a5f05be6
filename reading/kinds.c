// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading/kinds.h"

#include <math.h>
#include <stdio.h>

struct reading *readings_add(const struct reading_source *s, const char *segment,
			     enum reading_kind kind, struct readings *out)
{
	struct reading *r = &out->at[out->count++];

	*r = (struct reading){ .of = { .unit = kind == READING_COUNTED ? "insns" : "ns",
				       .item = s->item,
				       .kind = kind },
			       .spread = NAN };
	snprintf(r->of.name, sizeof(r->of.name), "%.30s_%s_per_%.20s", segment, r->of.unit,
		 s->item);
	return r;
}
