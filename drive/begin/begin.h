/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How every experiment begins and ends in the database. What comes between is
 * drive/measure/measuring.h.
 */
#ifndef DRIVE_BEGIN_BEGIN_H
#define DRIVE_BEGIN_BEGIN_H

#include "drive/session/session.h"
#include "vm/argv.h"

struct beginning {
	const char *name;
	json_t *command; /* what was asked for; given up, NULL is -ENOMEM */
	const char *mode;
	const char *purpose; /* as in experiment_purposes; NULL: performance */
	const char *label;   /* stands for the host's name; NULL: none */
	enum machine_accel accel;
	const struct scenario *scenario; /* whose file is kept; NULL: none yet */
};

/* A new experiment; @id gets its name. */
int experiment_begin(struct session *s, const struct beginning *b, char id[STORE_ID_LEN],
		     struct err *e);
/* It turned out later on what it runs: its environment says so from then on. */
int experiment_runs_on(struct session *s, const char *id, enum machine_accel accel, struct err *e);
/* Keeps what came of it under @verdict, a word of the table of results, and ends it. */
int experiment_conclude(struct session *s, const char *id, const char *scenario,
			const char *verdict, const json_t *document, struct err *e);

#endif
