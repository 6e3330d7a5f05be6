// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/rows_csv.h"

#include "judge/table/csv.h"

/* What a count came with; of other rows the columns are empty. */
static int put_reading(const struct reading *r, struct buf *out)
{
	int rc;

	if (!r || (r->of.kind != READING_COUNTED && r->of.kind != READING_PRINTED))
		return buf_puts(out, ",,,,,,,");
	rc = buf_printf(out, ",%.17g,%.17g,%016llx,%s,", r->spread, r->unseen,
			(unsigned long long)r->functions, r->exact ? "yes" : "no");
	rc |= csv_put(out, r->why_not);
	if (!r->parted)
		return rc | buf_puts(out, ",,");
	return rc | buf_printf(out, ",%.17g,%.17g", r->part, r->rest_spread);
}

static int put_row(void *arg, const struct stored_row *s, struct err *e)
{
	struct buf *out = arg;
	int r = csv_put(out, s->experiment);

	r |= buf_printf(out, ",%u,%u,", s->block, s->position);
	r |= csv_put(out, s->kernel) | buf_puts(out, ",") | csv_put(out, s->release);
	r |= buf_puts(out, ",") | csv_put(out, s->scenario);
	r |= buf_printf(out, ",%u,", s->cpus) | csv_put(out, s->metric);
	r |= buf_printf(out, ",%s,", s->unit);
	if (s->ok)
		r |= buf_printf(out, "%.17g", s->value);
	r |= buf_printf(out, ",%s,", s->ok ? "ok" : "failed") | csv_put(out, s->run_id);
	r |= buf_puts(out, ",") | csv_put(out, s->reason ? s->reason : "");
	r |= buf_printf(out, ",%s", s->mode) | put_reading(s->reading, out);
	r |= buf_puts(out, s->decides ? ",yes\n" : ",\n");
	return r ? err_oom(e) : 0;
}

int rows_csv(const struct record *r, struct buf *out, struct err *e)
{
	int rc = buf_puts(out, "experiment,block,position,kernel,release,scenario,cpus,metric,unit,"
			       "value,status,run_id,failure_reason,mode,"
			       "spread,unseen,functions,exact,why_not,part,rest_spread,decides\n");

	return rc ? err_oom(e) : record_each_row(r, put_row, out, e);
}
