/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line of progress on a terminal: drawn when something happens, and by a thread of its own in
 * between, so that one sees that it still goes on. Whatever else is printed goes through here, so
 * that the two do not mix. Without a terminal nothing is drawn.
 */
#ifndef CMD_TERMINAL_PROGRESS_H
#define CMD_TERMINAL_PROGRESS_H

#include "cmd/terminal/progress_line.h"

#include <pthread.h>
#include <stdio.h>

/* How often it is drawn if nothing happens. */
#define PROGRESS_TICK_MS 250

struct progress {
	FILE *to;
	int fd;			       /* of the terminal; -1: there is none, nothing is drawn */
	uint64_t (*now_ns)(void *arg); /* the clock: tests have their own */
	void *now_arg;
	bool colour;
	bool on; /* something is waited for */
	uint64_t start_ns;
	struct progress_state state;
	char *watch_path;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* on CLOCK_MONOTONIC */
	pthread_t thread;
	bool ticking;
};

/* @now_ns NULL: the machine's clock. A terminal that is dumb is none. */
void progress_init(struct progress *p, FILE *to, uint64_t (*now_ns)(void *arg), void *arg);
/* Something is waited for from now on; draws at once. @tick: and by itself until progress_end(). */
void progress_begin(struct progress *p, const char *what, bool tick);
/* As that, with ticks; what is over before the first one is not worth a line. */
void progress_wait(struct progress *p, const char *what);
/* Nothing is any more: the line goes. What was said of steps is forgotten. */
void progress_end(struct progress *p);

/* News for the line. @left_s: NAN if it is not known. */
void progress_step(struct progress *p, size_t at, size_t of, const char *scenario, const char *what,
		   double left_s);
void progress_side(struct progress *p, unsigned side, const char *text);
/* NULL: nothing is watched any more. */
void progress_watch(struct progress *p, const struct kernel_watch *w);
/* Draws it anew. */
void progress_tick(struct progress *p);
/* Prints on @to with the line out of the way. */
void progress_print(struct progress *p, FILE *to, const char *text);

#endif
