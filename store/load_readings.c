// SPDX-License-Identifier: GPL-2.0-or-later
/* Table reading, of the runs that counted. */
#include "store/loader.h"

#include <stdlib.h>

static int take_reading(struct loader *l, struct sql *q, struct err *e)
{
	struct record_run *run = l->run;
	struct reading *grown =
		realloc(run->readings, (run->n_readings + 1) * sizeof(*run->readings));
	struct reading *r;
	char *end;

	if (!grown)
		return err_oom(e);
	run->readings = grown;
	r = &grown[run->n_readings++];
	*r = (struct reading){ .of.kind = READING_COUNTED,
			       .value = loader_real(l, q, 1),
			       .spread = loader_real(l, q, 2),
			       .unseen = loader_real(l, q, 3),
			       .functions = strtoull(loader_text(l, q, 4), &end, 16),
			       .exact = loader_int(l, q, 5) != 0 };
	snprintf(r->of.name, sizeof(r->of.name), "%s", loader_text(l, q, 0));
	snprintf(r->why_not, sizeof(r->why_not), "%s", loader_text(l, q, 6));
	return 0;
}

static int take_all(struct loader *l, struct sql *q, struct err *e)
{
	return loader_rows(l, q, take_reading, e);
}

int loader_readings(struct loader *l, struct err *e)
{
	return loader_each(l, "reading",
			   "SELECT quantity, value, spread, unseen, functions, exact, why_not FROM "
			   "reading WHERE run = ? AND kind = 'counted'",
			   loader_is_counted, take_all, e);
}
