/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What attribute, cover, probe, state and audit have in common: runs of one scenario on one or two
 * kernels for a purpose of their own, an experiment in the database, one document.
 */
#ifndef DRIVE_MECHANISM_H
#define DRIVE_MECHANISM_H

#include "drive/session/building.h"
#include "drive/session/session.h"
#include "lab/pair.h"

struct mechanism_options {
	const char *scenario;
	const char *memory;
	const char *cmdlines[2];
	const char *function;  /* of probe, as it was asked for; NULL: none was */
	unsigned memory_mib;   /* 0: as the scenario says */
	const char *arch;      /* NULL: as the kernels' specs say */
	const char *cpu_model; /* NULL: the usual one */
	unsigned cpus, deadline_s;
	bool fresh;
	/* What of it reads the kernels' machine code, in words ("probe"); NULL: nothing does. */
	const char *reads_code;
	struct building building;
};

struct mechanism {
	struct mechanism_options o;
	struct session session;
	const struct scenario *scenario;
	struct kernel *kernels[2];
	unsigned n; /* kernels: 1 or 2 (old, new) */
	struct pair_side sides[2];
	char id[STORE_ID_LEN];
	unsigned block; /* of the next runs */
	uint64_t start_ns;
};

/*
 * Opens the session, finds the scenario and the kernels that argv names, and begins an experiment.
 * @purpose as in experiment_purposes; @command: the command's name.
 */
int mechanism_start(struct mechanism *m, const struct session_start *q, const char *command,
		    const char *purpose, int argc, char **argv, struct err *e);
/* What a run of side @i is asked for, without what is special to the command. */
void mechanism_request(const struct mechanism *m, unsigned i, struct run_request *out);
/* Measures all sides as their requests say, and keeps the runs. */
int mechanism_measure(struct mechanism *m, struct err *e);
/* What every document begins with: schema, id, purpose, scenario, kernels; NULL: no memory. */
json_t *mechanism_document(const struct mechanism *m, const char *schema, const char *purpose);
/* Keeps the document under @verdict (a word for the table of results) and ends the experiment. */
int mechanism_finish(struct mechanism *m, const char *verdict, json_t *document, struct err *e);
double mechanism_seconds(const struct mechanism *m);
void mechanism_close(struct mechanism *m);
#define _cleanup_mechanism_ __attribute__((cleanup(mechanism_close)))

#endif
