// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_text.h"

#include "report/evidence/phrases.h"
#include "report/words/wrap.h"

#include <math.h>
#include <string.h>

int mail_heading(struct buf *out, const char *text)
{
	return buf_printf(out, "\n%s\n", text);
}

int mail_item(void *out, const char *text)
{
	return wrap_text(out, "- ", text);
}

int mail_units(const struct evidence_case *c, bool ratios, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	bool counted = !strcmp(c->unit, "insns");
	int r = buf_printf(&text,
			   counted ? "Executed instructions per %s, counted in a virtual machine"
				   : "Nanoseconds per %s",
			   c->item);

	if (ratios)
		r |= buf_printf(&text, "; a ratio above 1 is %s", counted ? "more" : "slower");
	return r | buf_puts(&text, ".") | wrap_text(out, "", buf_str(&text));
}

int mail_values(const struct evidence_case *c, struct mail_sides names, struct buf *out)
{
	int r = buf_printf(out, "    %s ", names.old_side) | phrase_value(c->old_value, out);

	r |= buf_printf(out, "  %s ", names.new_side) | phrase_value(c->new_value, out) |
	     buf_puts(out, "  ratio ") | phrase_ratio(c->ratio, out);
	if (isfinite(c->low) && isfinite(c->high))
		r |= buf_puts(out, "\n    interval ") | phrase_interval(c, out);
	return r | buf_puts(out, "  ") | phrase_verdict(c, out) | buf_puts(out, "\n");
}

int mail_cell(double value, int columns, struct buf *out)
{
	return isfinite(value) ? buf_printf(out, " %*.3f", columns, value)
			       : buf_printf(out, " %*s", columns, "-");
}
