// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/timing.h"

#include "lab/timed.h"
#include "store/internal.h"
#include "store/sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

struct spans {
	double *ns;	  /* of the segment at hand, by round */
	double *total_ns; /* summed over the segments */
	size_t rounds;
	double step_ns;
};

static void spans_free(struct spans *s)
{
	free(s->ns);
	free(s->total_ns);
}

static int read_clock(struct store *s, int64_t run, struct spans *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT step_ns, rounds FROM timing WHERE run = ?", &q, e);

	if (r < 0)
		return r;
	sql_int(&q, run);
	if (sqlite3_step(q.stmt) != SQLITE_ROW)
		return err_set(e, EIO, "run %lld has no times", (long long)run);
	out->step_ns = (double)sqlite3_column_int64(q.stmt, 0);
	out->rounds = (size_t)sqlite3_column_int64(q.stmt, 1);
	if (!out->rounds || out->rounds > PLAN_MAX_ROUNDS)
		return err_set(e, EIO, "run %lld: its times are damaged", (long long)run);
	out->ns = calloc(out->rounds, sizeof(*out->ns));
	out->total_ns = calloc(out->rounds, sizeof(*out->total_ns));
	return out->ns && out->total_ns ? 0 : err_oom(e);
}

static int parse(const char *text, struct spans *out)
{
	json_t *list = json_loads(text, 0, NULL);
	int r = json_array_size(list) == out->rounds ? 0 : -EIO;

	for (size_t i = 0; r == 0 && i < out->rounds; i++) {
		out->ns[i] = (double)json_integer_value(json_array_get(list, i));
		out->total_ns[i] += out->ns[i];
	}
	json_decref(list);
	return r;
}

static void conclude(struct timed_metric *m, const char *name, double *ns, const struct spans *s)
{
	snprintf(m->name, sizeof(m->name), "%s", name);
	m->median_ns = median(ns, s->rounds);
	if (m->median_ns < TIMED_STEPS_MIN * s->step_ns)
		snprintf(
			m->refused, sizeof(m->refused),
			"a span of %.3g us is under %d steps of the guest's clock, of %.0f ns each",
			m->median_ns / 1000, TIMED_STEPS_MIN, s->step_ns);
}

static int read_segments(struct store *s, int64_t run, struct spans *spans,
			 struct timed_metrics *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT name, spans_ns FROM span WHERE run = ? ORDER BY segment",
			    &q, e);

	if (r < 0)
		return r;
	sql_int(&q, run);
	while ((r = sqlite3_step(q.stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(q.stmt, 0);
		const char *text = (const char *)sqlite3_column_text(q.stmt, 1);

		if (out->count > MARKER_SEGMENTS || !name || !text || parse(text, spans) < 0)
			return err_set(e, EIO, "run %lld: its spans are damaged", (long long)run);
		conclude(&out->at[out->count++], name, spans->ns, spans);
	}
	return r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
}

int timing_read(struct store *s, int64_t run, struct timed_metrics *out, struct err *e)
{
	__attribute__((cleanup(spans_free))) struct spans spans = { 0 };
	int r;

	*out = (struct timed_metrics){ .count = 1 };
	r = read_clock(s, run, &spans, e);
	if (r == 0)
		r = read_segments(s, run, &spans, out, e);
	if (r == 0)
		conclude(&out->at[0], "iteration", spans.total_ns, &spans);
	return r;
}
