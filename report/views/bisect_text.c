// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/bisect.h"

#include "report/words/number.h"

#include <ctype.h>
#include <string.h>

#define SHORT 12

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static long long whole(const json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

static double member(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static int add_end(const char *label, const json_t *end, struct buf *out)
{
	if (buf_printf(out, "  %-5s %.*s  ", label, SHORT, text(end, "commit")) < 0)
		return -1;
	if (json_is_number(json_object_get(end, "value")) &&
	    buf_printf(out, "%s  ", number_of(member(end, "value")).text) < 0)
		return -1;
	return buf_printf(out, "%s\n", text(end, "subject"));
}

static int add_culprit(const json_t *c, long long runs, struct buf *out)
{
	char status[32];
	size_t i;

	snprintf(status, sizeof(status), "%s", text(c, "status"));
	for (i = 0; status[i]; i++)
		status[i] = (char)toupper((unsigned char)status[i]);
	if (buf_printf(out, "\n%s  %.*s  %s\n", status, SHORT, text(c, "commit"),
		       text(c, "subject")) < 0 ||
	    buf_printf(out, "  %s -> %s, NEW / OLD = %.4f, against %.*s\n",
		       number_of(member(c, "old")).text, number_of(member(c, "new")).text,
		       member(c, "ratio"), SHORT, text(c, "parent")) < 0 ||
	    buf_printf(out, "  %s\n", text(c, "reason")) < 0)
		return -1;
	if (json_is_number(json_object_get(c, "probability")) &&
	    buf_printf(out, "  the search came here after %lld runs with probability %.4f\n", runs,
		       member(c, "probability")) < 0)
		return -1;
	if (json_is_number(json_object_get(c, "won_back")) &&
	    buf_printf(out, "  reverted on BAD: %.1f %% of its change won back\n",
		       100 * member(c, "won_back")) < 0)
		return -1;
	if (json_is_true(json_object_get(c, "merge")) &&
	    buf_puts(out, "  It is a merge, and nothing that it brought in has the change by "
			  "itself.\n") < 0)
		return -1;
	if (json_is_string(json_object_get(c, "merged_by")) &&
	    buf_printf(out, "  It came with the merge %.*s.\n", SHORT, text(c, "merged_by")) < 0)
		return -1;
	return buf_printf(out, "  %s\n", text(c, "fixes"));
}

/* How well runs tell the ends apart. */
static int add_calibration(const json_t *d, struct buf *out)
{
	const json_t *c = json_object_get(d, "calibration");

	if (!whole(c, "runs"))
		return 0;
	return buf_printf(out, "  calibration: %lld runs, %s and %s, a run's noise %.2g %%%s\n",
			  whole(c, "runs"), number_of(member(c, "good")).text,
			  number_of(member(c, "bad")).text, 100 * member(c, "sd"),
			  json_is_true(json_object_get(c, "drifts")) ? "; the machine drifts" : "");
}

static const char *caveat(const char *mode)
{
	if (!strcmp(mode, "exact"))
		return "  Instructions are not time: cache, TLB and contention are not seen "
		       "here.\n";
	return !strcmp(mode, "emulated") ? "  Emulated: this tells of QEMU, not of hardware.\n"
					 : "";
}

int bisect_text(const json_t *d, struct buf *out)
{
	const json_t *culprits = json_object_get(d, "culprits");
	const json_t *seconds = json_object_get(d, "seconds");
	size_t count = json_array_size(culprits);

	if (buf_printf(out, "%s  %s, %s (%s)\n", text(d, "id"), text(d, "scenario"),
		       text(d, "metric"), text(d, "mode")) < 0 ||
	    add_end("GOOD", json_object_get(d, "good"), out) < 0 ||
	    add_end("BAD", json_object_get(d, "bad"), out) < 0)
		return -1;
	if (json_object_get(d, "calibration") && add_calibration(d, out) < 0)
		return -1;
	if (!strcmp(text(d, "status"), "no difference") &&
	    buf_printf(out, "\nNO DIFFERENCE  %s; nothing between them was built\n",
		       json_object_get(d, "reason") ? text(d, "reason")
						    : "good and bad do the same") < 0)
		return -1;
	if (!count && !strcmp(text(d, "status"), "not confirmed") &&
	    buf_puts(out, "\nNOT CONFIRMED  good and bad differ, but no commit could be named\n") <
		    0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (add_culprit(json_array_get(culprits, i), whole(d, "runs"), out) < 0)
			return -1;
	}
	return buf_printf(out,
			  "\n  %lld commits: %lld tested, %lld skipped, %lld whose image did not "
			  "change; %lld built\n"
			  "  %.1f s, of which %.1f s building and %.1f s measuring\n%s",
			  whole(d, "commits"), whole(d, "tested"), whole(d, "skipped"),
			  whole(d, "unchanged"), whole(d, "built"), member(seconds, "total"),
			  member(seconds, "build"), member(seconds, "measure"),
			  caveat(text(d, "mode")));
}
