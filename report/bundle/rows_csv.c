// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/rows_csv.h"

#include "judge/table/csv.h"

/* What a count came with; of other rows the columns are empty. */
static void put_reading(const struct reading *r, struct buf *out)
{
	if (!r || (r->of.kind != READING_COUNTED && r->of.kind != READING_PRINTED)) {
		buf_puts(out, ",,,,,,,");
		return;
	}
	buf_printf(out, ",%.17g,%.17g,%016llx,%s,", r->spread, r->unseen,
		   (unsigned long long)r->functions, r->exact ? "yes" : "no");
	csv_put(out, r->why_not);
	if (r->parted)
		buf_printf(out, ",%.17g,%.17g", r->part, r->rest_spread);
	else
		buf_puts(out, ",,");
}

static int put_row(void *arg, const struct stored_row *s, struct err *e)
{
	struct buf *out = arg;

	csv_put(out, s->experiment);
	buf_printf(out, ",%u,%u,", s->block, s->position);
	csv_put(out, s->kernel);
	buf_puts(out, ",");
	csv_put(out, s->release);
	buf_puts(out, ",");
	csv_put(out, s->scenario);
	buf_printf(out, ",%u,", s->cpus);
	csv_put(out, s->metric);
	buf_printf(out, ",%s,", s->unit);
	if (s->ok)
		buf_printf(out, "%.17g", s->value);
	buf_printf(out, ",%s,", s->ok ? "ok" : "failed");
	csv_put(out, s->run_id);
	buf_puts(out, ",");
	csv_put(out, s->reason ? s->reason : "");
	buf_printf(out, ",%s", s->mode);
	put_reading(s->reading, out);
	buf_puts(out, s->decides ? ",yes\n" : ",\n");
	return buf_error(out) ? err_oom(e) : 0;
}

int rows_csv(const struct record *r, struct buf *out, struct err *e)
{
	int rc = buf_puts(out, "experiment,block,position,kernel,release,scenario,cpus,metric,unit,"
			       "value,status,run_id,failure_reason,mode,"
			       "spread,unseen,functions,exact,why_not,part,rest_spread,decides\n");

	return rc ? err_oom(e) : record_each_row(r, put_row, out, e);
}
