// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/bisect.h"

#include "base/json.h"
#include "report/views/next.h"
#include "report/words/number.h"
#include "report/words/unlike.h"
#include "report/words/table.h"

#include <ctype.h>
#include <string.h>

#define SHORT 12

static long long whole(const json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

static double member(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static void add_end(const char *label, const json_t *end, struct table *t)
{
	table_row(t);
	table_put(t, "%s", label);
	table_put(t, "%.*s", SHORT, json_text_at(end, "commit", ""));
	if (json_is_number(json_object_get(end, "value")))
		table_number(t, member(end, "value"));
	else
		table_skip(t);
	table_put(t, "%s", json_text_at(end, "subject", ""));
}

static void add_ends(const json_t *d, const struct text_style *style, struct buf *out)
{
	_cleanup_table_ struct table t = { .no_headings = true };

	table_column(&t, "end", NULL, TABLE_WORD);
	table_column(&t, "commit", NULL, TABLE_WORD);
	table_column(&t, "value", NULL, TABLE_NUMBER);
	table_column(&t, "subject", NULL, TABLE_NAME);
	add_end("GOOD", json_object_get(d, "good"), &t);
	add_end("BAD", json_object_get(d, "bad"), &t);
	table_text(&t, style, 2, out);
}

static void add_status(const json_t *c, const struct text_style *style, struct buf *out)
{
	const bool proven = !strcmp(json_text_at(c, "status", ""), "proven");
	char status[32];

	snprintf(status, sizeof(status), "%s", json_text_at(c, "status", ""));
	for (size_t i = 0; status[i]; i++)
		status[i] = (char)toupper((unsigned char)status[i]);
	tone_put(out, style,
		 !proven		   ? TONE_UNSURE
		 : member(c, "ratio") >= 1 ? TONE_BAD
					   : TONE_GOOD,
		 status);
}

static void add_part(const json_t *part, const struct text_style *style, struct buf *out)
{
	if (json_is_object(part))
		text_say(out, style, 2, "in the functions that are exact: %s -> %s, %s",
			 number_of(member(part, "old")).text, number_of(member(part, "new")).text,
			 number_change(member(part, "delta")).text);
}

static void add_culprit(const json_t *c, long long runs, const struct text_style *style,
			struct buf *out)
{
	buf_puts(out, "\n");
	add_status(c, style, out);
	buf_printf(out, "  %.*s  %s\n", SHORT, json_text_at(c, "commit", ""),
		   json_text_at(c, "subject", ""));
	add_part(json_object_get(c, "exact_part"), style, out);
	text_say(out, style, 2, "%s%s -> %s, NEW / OLD = %.4f, against %.*s",
		 *json_text_at(c, "part", "") ? "the whole, of which nothing is claimed: " : "",
		 number_of(member(c, "old")).text, number_of(member(c, "new")).text,
		 member(c, "ratio"), SHORT, json_text_at(c, "parent", ""));
	text_say(out, style, 2, "%s", json_text_at(c, "reason", ""));
	if (json_is_number(json_object_get(c, "probability")))
		text_say(out, style, 2,
			 "the search came here after %lld runs with probability %.4f", runs,
			 member(c, "probability"));
	if (json_is_number(json_object_get(c, "won_back")))
		text_say(out, style, 2, "reverted on BAD: %.1f %% of its change won back",
			 100 * member(c, "won_back"));
	if (json_is_true(json_object_get(c, "merge")))
		text_say(out, style, 2,
			 "It is a merge, and nothing that it brought in has the change by "
			 "itself.");
	if (json_is_string(json_object_get(c, "merged_by")))
		text_say(out, style, 2, "It came with the merge %.*s.", SHORT,
			 json_text_at(c, "merged_by", ""));
	/* To be copied, so in one line. */
	buf_printf(out, "  %s\n", json_text_at(c, "fixes", ""));
}

/* How well runs tell the ends apart. */
static void add_calibration(const json_t *d, const struct text_style *style, struct buf *out)
{
	const json_t *c = json_object_get(d, "calibration");

	if (!whole(c, "runs"))
		return;
	text_say(out, style, 2, "calibration: %lld runs, %s and %s, a run's noise %.2g %%%s",
		 whole(c, "runs"), number_of(member(c, "good")).text,
		 number_of(member(c, "bad")).text, 100 * member(c, "sd"),
		 json_is_true(json_object_get(c, "drifts")) ? "; the machine drifts" : "");
}

static const char *caveat(const char *mode)
{
	if (!strcmp(mode, "exact"))
		return "Instructions are not time: cache, TLB and contention are not seen here.";
	return !strcmp(mode, "emulated") ? "Emulated: this tells of QEMU, not of hardware." : NULL;
}

/* Of a search that names no commit. */
static void add_nothing(const json_t *d, const struct text_style *style, struct buf *out)
{
	if (!strcmp(json_text_at(d, "status", ""), "no difference")) {
		buf_puts(out, "\n");
		text_say(out, style, 0, "NO DIFFERENCE  %s; nothing between them was built",
			 json_object_get(d, "reason") ? json_text_at(d, "reason", "")
						      : "good and bad do the same");
		return;
	}
	if (!strcmp(json_text_at(d, "status", ""), "inconclusive")) {
		buf_puts(out, "\n");
		text_say(out, style, 0,
			 "INCONCLUSIVE  good against bad: %s; nothing that is exact of them "
			 "decides, and nothing between them was built",
			 json_text_at(d, "reason", ""));
		return;
	}
	if (!json_array_size(json_object_get(d, "culprits")) &&
	    !strcmp(json_text_at(d, "status", ""), "not confirmed")) {
		buf_puts(out, "\n");
		text_say(out, style, 0,
			 "NOT CONFIRMED  good and bad differ, but no commit could be "
			 "named");
		return;
	}
}

/* A search that went past what it cannot tell may have missed something there. */
static void add_undecided(const json_t *d, const struct text_style *style, struct buf *out)
{
	const long long n = whole(d, "undecided");

	if (!n)
		return;
	buf_puts(out, "\n");
	text_say(out, style, 2,
		 "%lld stretch%s between commits that were measured cannot be told: what varies "
		 "there hides what would matter, so a change there may have been missed",
		 n, n == 1 ? "" : "es");
}

static void add_sums(const json_t *d, const struct text_style *style, struct buf *out)
{
	const json_t *seconds = json_object_get(d, "seconds");

	buf_puts(out, "\n");
	text_say(out, style, 2,
		 "%lld commits: %lld tested, %lld skipped, %lld whose image did not change; "
		 "%lld built",
		 whole(d, "commits"), whole(d, "tested"), whole(d, "skipped"),
		 whole(d, "unchanged"), whole(d, "built"));
	text_say(out, style, 2, "%.1f s building and %.1f s measuring", member(seconds, "build"),
		 member(seconds, "measure"));
}

void bisect_text(const json_t *d, const struct text_style *style, struct buf *out)
{
	const json_t *culprits = json_object_get(d, "culprits");
	const struct ending x = { .id = json_text_at(d, "id", ""),
				  .seconds = member(json_object_get(d, "seconds"), "total"),
				  .caveat = caveat(json_text_at(d, "mode", "")) };
	const json_t *culprit;
	size_t i;

	buf_printf(out, "BISECT  %s, %s (%s)\n", json_text_at(d, "scenario", ""),
		   json_text_at(d, "metric", ""), json_text_at(d, "mode", ""));
	add_ends(d, style, out);
	if (json_object_get(d, "calibration"))
		add_calibration(d, style, out);
	add_nothing(d, style, out);
	json_array_foreach(culprits, i, culprit)
	{
		add_culprit(culprit, whole(d, "runs"), style, out);
	}
	add_undecided(d, style, out);
	add_sums(d, style, out);
	if (*json_text_at(d, "config_unlike", ""))
		text_say(out, style, 2, "%s" UNLIKE_ENDING, json_text_at(d, "config_unlike", ""));
	ending_text(&x, style, out);
}
