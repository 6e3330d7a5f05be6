// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/inferred.h"

#include "base/buf.h"

#include <errno.h>

void inferred_notes(struct table *t, const struct function_delta *f, bool named)
{
	const char *name = named ? f->name : "", *colon = named ? ": " : "";
	_cleanup_buf_ struct buf list = { 0 };

	if (f->renamed_from)
		table_note(t, TONE_PLAIN, "%s%s%s in OLD (sure to %.2f)", name, colon,
			   f->renamed_from, f->sure);
	if (!f->n_taken_up)
		return;
	for (size_t i = 0; i < f->n_taken_up; i++)
		buf_printf(&list, "%s%s",
			   !i			    ? ""
			   : i + 1 == f->n_taken_up ? " and "
						    : ", ",
			   f->taken_up[i]);
	if (buf_error(&list))
		t->error = -ENOMEM;
	table_note(t, TONE_PLAIN, "%s%sin %s perhaps with %s inlined", name, colon,
		   f->taken_up_side ? "OLD" : "NEW", buf_str(&list));
}
