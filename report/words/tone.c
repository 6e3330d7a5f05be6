// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/tone.h"

const struct text_style text_style_plain = { .columns = TEXT_COLUMNS };

static const struct {
	const char *name, *escape;
} tones[] = {
	[TONE_PLAIN] = { "", "" },
	[TONE_GOOD] = { "good", "\033[32m" },
	[TONE_BAD] = { "bad", "\033[1;31m" },
	[TONE_UNSURE] = { "unsure", "\033[33m" },
	[TONE_DIM] = { "dim", "\033[2m" },
	[TONE_HEADING] = { "heading", "\033[1m" },
};

enum tone verdict_tone(enum verdict v)
{
	switch (v) {
	case VERDICT_REGRESSION:
		return TONE_BAD;
	case VERDICT_IMPROVEMENT:
		return TONE_GOOD;
	case VERDICT_SUSPECT:
	case VERDICT_INCONCLUSIVE:
	case VERDICT_UNSTABLE:
	case VERDICT_DIFFERENT_STATE:
		return TONE_UNSURE;
	case VERDICT_EQUIVALENT:
		return TONE_DIM;
	case VERDICT_TRIVIAL:
		break;
	}
	return TONE_PLAIN;
}

const char *tone_name(enum tone t)
{
	return tones[t].name;
}

void tone_put(struct buf *out, const struct text_style *style, enum tone t, const char *text)
{
	if (!style->colour || !*tones[t].escape || !*text)
		buf_puts(out, text);
	else
		buf_printf(out, "%s%s\033[0m", tones[t].escape, text);
}
