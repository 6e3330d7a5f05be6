// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/terminal/progress_line.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MARK ".."
#define MARK_LEN 2
#define SCENARIO_LEAST 12
#define PHASE_LEAST 24
#define GAP "  "
#define GAP_LEN 2
/* Below this, times and counts are written in their short way. */
#define NARROW_COLUMNS 50

/* "12.5 s", "3 min 07 s". */
static void put_seconds(char *out, size_t size, double s, bool tenths)
{
	const unsigned whole = (unsigned)(s + (tenths ? 0 : .5));

	if (whole >= 60)
		snprintf(out, size, "%u min %02u s", whole / 60, whole % 60);
	else
		snprintf(out, size, tenths ? "%.1f s" : "%.0f s", s);
}

static void put_time(const struct progress_state *p, double elapsed_s, bool narrow,
		     char out[PROGRESS_TEXT_BYTES])
{
	char total[32] = "";
	size_t n;

	put_seconds(out, PROGRESS_TEXT_BYTES, elapsed_s, true);
	/* What was expected is over: that is no longer worth saying. */
	if (narrow || !(p->total_s > elapsed_s))
		return;
	put_seconds(total, sizeof(total), p->total_s, false);
	n = strlen(out);
	snprintf(out + n, PROGRESS_TEXT_BYTES - n, " of about %s", total);
}

/* At most @room bytes of @text, without its middle. */
static void put_elided(char *out, size_t size, const char *text, size_t room)
{
	const size_t len = strlen(text);
	size_t head, tail;

	if (len <= room || room <= MARK_LEN) {
		snprintf(out, size, "%.*s", (int)(len <= room ? len : 0), text);
		return;
	}
	head = (room - MARK_LEN) / 2;
	tail = room - MARK_LEN - head;
	snprintf(out, size, "%.*s" MARK "%s", (int)head, text, text + len - tail);
}

static void put_step(const struct progress_state *p, bool narrow, char out[PROGRESS_TEXT_BYTES])
{
	out[0] = '\0';
	if (p->at && p->of > 1)
		snprintf(out, PROGRESS_TEXT_BYTES, narrow ? "%zu/%zu" : "%zu of %zu", p->at, p->of);
	else if (p->at > 1)
		snprintf(out, PROGRESS_TEXT_BYTES, narrow ? "%zu" : "step %zu", p->at);
}

/* "812 of about 1300 objects", "12.3 of 98.5 MB". What was guessed too low is no longer said. */
static void put_amount(const struct progress_state *p, char out[64])
{
	const bool bytes = p->kind == KERNEL_WATCH_BYTES;
	const double mb = (double)p->watch_done / 1e6;

	if (p->watch_about < p->watch_done || !p->watch_about)
		bytes ? snprintf(out, 64, "%.1f MB", mb)
		      : snprintf(out, 64, "%" PRIu64 " objects", p->watch_done);
	else
		bytes ? snprintf(out, 64, "%.1f of %.1f MB", mb, (double)p->watch_about / 1e6)
		      : snprintf(out, 64, "%" PRIu64 " of about %" PRIu64 " objects", p->watch_done,
				 p->watch_about);
}

/* "measuring 6.16 | 6.17": the bytes of a first word that both sides have. */
static size_t said_already(const char *a, const char *b)
{
	const size_t n = strcspn(b, " ");

	return b[n] == ' ' && !strncmp(a, b, n + 1) ? n + 1 : 0;
}

/* What is done now, by each side. */
static void put_phase(const struct progress_state *p, char out[PROGRESS_LINE_BYTES])
{
	char amount[64];

	if (p->watching) {
		put_amount(p, amount);
		snprintf(out, PROGRESS_LINE_BYTES, "%s, %s", p->watched, amount);
		return;
	}
	snprintf(out, PROGRESS_LINE_BYTES, "%s%s%s%s%s", p->what,
		 p->what[0] && (p->sides[0][0] || p->sides[1][0]) ? GAP : "", p->sides[0],
		 p->sides[0][0] && p->sides[1][0] ? " | " : "",
		 p->sides[1] + said_already(p->sides[0], p->sides[1]));
}

/* Adds a part and the gap before it, as much of it as fits. */
static void add(struct progress_line *l, size_t room, const char *part, bool middle)
{
	const size_t used = strlen(l->time) + strlen(l->rest);
	char fits[PROGRESS_LINE_BYTES];
	size_t n = strlen(l->rest);

	if (!part[0] || used + GAP_LEN + MARK_LEN >= room)
		return;
	room -= used + GAP_LEN;
	if (middle || strlen(part) <= room)
		put_elided(fits, sizeof(fits), part, room);
	else
		snprintf(fits, sizeof(fits), "%.*s" MARK, (int)(room - MARK_LEN), part);
	snprintf(l->rest + n, sizeof(l->rest) - n, GAP "%s", fits);
}

struct progress_line progress_line(const struct progress_state *p, double elapsed_s,
				   unsigned columns)
{
	/* A line that fills the last column makes some terminals go to the next. */
	const size_t room = columns > 1 ? columns - 1 : 0;
	const bool narrow = columns < NARROW_COLUMNS;
	char step[PROGRESS_TEXT_BYTES], phase[PROGRESS_LINE_BYTES], time[PROGRESS_TEXT_BYTES];
	char scenario[PROGRESS_TEXT_BYTES];
	struct progress_line l = { "", "" };
	size_t left, wish;

	put_time(p, elapsed_s, narrow, time);
	put_elided(l.time, sizeof(l.time), time, room);
	put_step(p, narrow, step);
	add(&l, room, step, false);
	put_phase(p, phase);
	/* The name is what one looks for; but something of the phase is to be seen as well. */
	left = room - strlen(l.time) - strlen(l.rest);
	wish = left > SCENARIO_LEAST + PHASE_LEAST ? left - PHASE_LEAST : SCENARIO_LEAST;
	put_elided(scenario, sizeof(scenario), p->scenario, wish);
	add(&l, room, scenario, true);
	add(&l, room, phase, false);
	return l;
}
