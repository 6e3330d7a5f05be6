// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/mail/mail_text.h"

#include "report/evidence/phrases.h"
#include "report/words/wrap.h"

#include <math.h>
#include <string.h>

void mail_heading(struct buf *out, const char *text)
{
	buf_printf(out, "\n%s\n", text);
}

int mail_item(void *out, const char *text)
{
	wrap_text(out, "- ", text);
	return buf_error(out);
}

void mail_units(const struct evidence_case *c, bool ratios, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	bool counted = !strcmp(c->unit, "insns");

	buf_printf(&text,
		   counted ? "Executed instructions per %s, counted in a virtual machine"
			   : "Nanoseconds per %s",
		   c->item);
	if (ratios)
		buf_printf(&text, "; a ratio above 1 is %s", counted ? "more" : "slower");
	buf_puts(&text, ".");
	wrap_text(out, "", buf_str(&text));
	buf_keep(out, buf_error(&text));
}

void mail_values(const struct evidence_case *c, struct mail_sides names, struct buf *out)
{
	buf_printf(out, "    %s ", names.old_side);
	phrase_value(c->old_value, out);
	buf_printf(out, "  %s ", names.new_side);
	phrase_value(c->new_value, out);
	buf_puts(out, "  ratio ");
	phrase_ratio(c->ratio, out);
	if (isfinite(c->low) && isfinite(c->high)) {
		buf_puts(out, "\n    interval ");
		phrase_interval(c, out);
	}
	buf_puts(out, "  ");
	phrase_verdict(c, out);
	buf_puts(out, "\n");
}

void mail_cell(double value, int columns, struct buf *out)
{
	if (isfinite(value))
		buf_printf(out, " %*.3f", columns, value);
	else
		buf_printf(out, " %*s", columns, "-");
}
