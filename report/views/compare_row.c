// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/compare.h"

#include "judge/table/verdict.h"
#include "report/words/number.h"

#include <math.h>

void compare_row(const struct compare_view *v, struct buf *out)
{
	char verdict[VERDICT_WORDS_BYTES];
	const struct metric *m;
	double ratio;

	if (v->failure) {
		buf_printf(out, "%s: not measured: %s\n", v->scenario->name, v->failure);
		return;
	}
	m = comparison_deciding(v->comparison);
	ratio = metric_ratio(m);
	verdict_words(v->comparison->verdict, comparison_part(v->comparison), verdict);
	if (!isfinite(ratio))
		buf_printf(out, "%s: %s, %s -> %s\n", v->scenario->name, verdict,
			   number_of(m->old_one.value).text, number_of(m->new_one.value).text);
	else
		buf_printf(out, "%s: %s, %s -> %s, %.4fx\n", v->scenario->name, verdict,
			   number_of(m->old_one.value).text, number_of(m->new_one.value).text,
			   ratio);
}
