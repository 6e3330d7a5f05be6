/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who tells the user what happens while an experiment is carried out. Nothing below cmd/ prints:
 * cmd/ owns the terminal and implements this, tests put in what they like. Every function may be
 * NULL, as may the teller: then nobody is told. They are called from several threads.
 */
#ifndef DRIVE_SESSION_TELLER_H
#define DRIVE_SESSION_TELLER_H

#include "kernel/store/store.h"

/* Where something of many stands. */
struct teller_step {
	size_t at, of;	      /* "3 of 30", from 1; of 0: nobody knows of how many */
	const char *scenario; /* may be NULL */
	const char *what;     /* "perturbation 2 of 8"; may be NULL */
	double left_s;	      /* this and all that follows; NAN: not known */
};

struct teller {
	/* One whole line, without a newline. */
	void (*note)(void *arg, const char *text);
	/* Texts are valid during the call. */
	void (*step)(void *arg, const struct teller_step *step);
	/* What side @side (0 or 1) does now. */
	void (*side)(void *arg, unsigned side, const char *text);
	/* A build or a download that can be looked at; NULL: it has ended. */
	void (*watch)(void *arg, const struct kernel_watch *w);
	/* A line of the result, ahead of the whole: with its newline. */
	void (*row)(void *arg, const char *text);
	/* The end of the console of a kernel that failed, for those who have to find out why. */
	void (*console)(void *arg, const char *kernel, const char *text);
	/* Nothing more is to be waited for: what showed it goes away. */
	void (*done)(void *arg);
	void *arg;
};

void teller_note(const struct teller *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void teller_step(const struct teller *t, const struct teller_step *step);
void teller_side(const struct teller *t, unsigned side, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void teller_row(const struct teller *t, const char *text);
void teller_console(const struct teller *t, const char *kernel, const char *text);
void teller_done(const struct teller *t);

/* A kernel_note_fn, a lab_progress_fn and a kernel_watch_fn; @arg is the teller, or NULL. */
void teller_hear_note(void *arg, const char *text);
void teller_hear_side(void *arg, unsigned side, const char *text);
void teller_hear_watch(void *arg, const struct kernel_watch *w);

#endif
