/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw results: one row a run and metric. They come from slowpath's own export,
 *
 *	experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,run_id,
 *	failure_reason
 *
 * and, optionally, mode behind them (exact, timed, emulated, native; without it insns are exact and
 * everything else is timed), what each count came with (spread, unseen, functions, exact, why_not,
 * part, rest_spread; reading/reading.h) and whether the verdict is about it (decides), or from the
 *published layout of 14 columns, whose kernel is its version_family and which has no blocks (the
 *`_rNN` of run_id stands in for them where every run has one).
 */
#ifndef JUDGE_TABLE_ROWS_H
#define JUDGE_TABLE_ROWS_H

#include "base/err.h"
#include "base/intern.h"
#include "proto/report.h"
#include "reading/reading.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_NO_BLOCK UINT32_MAX
#define ROW_NO_READING UINT32_MAX

/* How a value came about. Emulated is timed under an emulator: no evidence about hardware. */
enum row_mode { ROW_EXACT, ROW_TIMED, ROW_EMULATED, ROW_NATIVE };
extern const char *const row_modes[]; /* their names, ending with NULL */

/* Words are numbers of the table's intern. */
struct row {
	double value; /* 0 unless ok */
	uint32_t kernel, release, scenario, metric, unit;
	uint32_t experiment, reason;
	uint32_t origin;	  /* index, published layout only */
	uint32_t run;		  /* number of the runs' intern */
	uint32_t block, position; /* from 0, or ROW_NO_BLOCK */
	uint32_t line;
	uint32_t reading; /* of the table's readings; ROW_NO_READING: the value is all there is */
	uint16_t cpus;	  /* 0: not said */
	uint8_t mode;	  /* enum row_mode */
	bool ok;
	bool decides; /* the verdict is about this metric */
};

/* What else the published layout says of a row: words. */
struct row_origin {
	uint32_t source_file, entry_profile, test_kind, case_name;
};

/* What the source of the rows has to say about them: a warning of the judgement. */
struct rows_note {
	const char *kind; /* "budget", "clocksource"... */
	char *text;	  /* owned */
};

/* What a counted value came with (reading/reading.h); the rest of the reading is in the row. */
struct row_extent {
	double spread, unseen;
	uint64_t functions;
	uint32_t why_not; /* a word; of no meaning if exact */
	bool exact;
	bool parted;
	double part, rest_spread;
};

/* What the pages of a kernel's runs looked like before the window; each that there was, once. */
struct rows_state {
	uint32_t scenario, kernel; /* words */
	uint16_t cpus;
	uint32_t next; /* of the same scenario, kernel and CPU count; INTERN_NONE: none */
	struct report_state before, expected;
};

/* What a program printed in a good run (lab/steady.h), and how long an execution of it took. */
struct rows_work {
	uint32_t scenario, kernel, steady, unsteady; /* words */
	uint16_t cpus;
	double ns; /* 0: not known */
};

/* What else a good run executed, per item: one cost of its slots (lab/counts/profile.h). */
struct rows_cost {
	uint32_t scenario, kernel; /* words */
	uint16_t cpus;
	uint16_t cost; /* enum cost */
	double value, spread;
};

/* The states of one scenario, kernel and CPU count. */
struct rows_state_list {
	uint32_t first, last;
};

struct rows {
	struct row *at;
	size_t count, cap;
	struct intern words, runs;
	struct row_origin *origins;
	struct intern origin_keys; /* of the origins, in their order */
	size_t origins_cap;
	bool published;	  /* the published layout */
	bool paired;	  /* every row has a block */
	size_t identical; /* rows that repeated another to the digit and were left out */
	struct rows_note *notes;
	size_t n_notes;
	struct rows_state *states; /* none of a CSV file */
	struct row_extent *readings;
	size_t n_readings, cap_readings;
	size_t n_states, states_cap;
	struct intern state_keys; /* of the lists, in their order */
	struct rows_state_list *state_lists;
	size_t state_lists_cap;
	struct rows_work *works; /* in the order of the runs; none of a CSV file */
	size_t n_works, works_cap;
	struct rows_cost *costs; /* likewise */
	size_t n_costs, costs_cap;
};

/*
 * Reads CSV from @fd, and sorts it: scenario, CPU count, metric, kernel, block. Errors carry the
 * line: missing columns, text or NaN for a number, a number below zero or from 2^53 on, a cut last
 * line, a second value for one run and metric.
 */
int rows_read(const char *name, int fd, struct rows *out, struct err *e);
/* A row from elsewhere than a file; strings are copied. */
struct row_text {
	const char *experiment, *kernel, *release, *scenario, *metric, *unit, *run;
	const char *mode;   /* NULL: as its unit says */
	const char *reason; /* of a failure; NULL: none */
	uint32_t block, position;
	uint16_t cpus;
	bool ok, decides;
	double value;
	const struct reading *reading; /* what the value came with; NULL: nothing is known */
};
int rows_add(struct rows *t, const struct row_text *row, struct err *e);
/* A row whose words are the table's already. */
int rows_append(struct rows *t, const struct row *row, struct err *e);
/* The mode of that name, or as the unit says if @text is NULL or empty; false if there is none. */
bool rows_mode(const char *text, const char *unit, uint8_t *out);
/* After the last rows_add(): checks and sorts as rows_read() does. @name is for messages. */
int rows_finish(struct rows *t, const char *name, struct err *e);
/* @text is taken over, even in failure. 0, or -ENOMEM also if it is NULL. */
int rows_note(struct rows *t, const char *kind, char *text);
/* Of a good run; what is there already is not kept again. 0 or -ENOMEM. */
int rows_add_state(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		   const struct report_state *before, const struct report_state *expected);
/* Of a good run of a foreign program; texts are copied. 0 or -ENOMEM. */
int rows_add_work(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		  const char *steady, const char *unsteady, double ns);
/* 0 or -ENOMEM. */
int rows_add_cost(struct rows *t, const char *scenario, const char *kernel, uint16_t cpus,
		  uint16_t cost, double value, double spread);
void rows_free(struct rows *r);
#define _cleanup_rows_ __attribute__((cleanup(rows_free)))

const char *rows_word(const struct rows *r, uint32_t number);
/*
 * A good counted row as a reading. Where nothing but the value is known, it is near-exact and its
 * spread is not known. item borrows from the table.
 */
void row_reading(const struct rows *t, const struct row *row, struct reading *out);
/* Gives a row what its value came with. 0 or -ENOMEM. */
int rows_add_extent(struct rows *t, struct row *row, const struct reading *from);

#endif
