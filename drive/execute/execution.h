/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An experiment that is carried out: set out (what runs
 * where, new or resumed), executed, concluded.
 */
#ifndef DRIVE_EXECUTE_EXECUTION_H
#define DRIVE_EXECUTE_EXECUTION_H

#include "drive/session/building.h"
#include "drive/session/pace.h"
#include "drive/session/session.h"
#include "judge/judgement/judgement.h"
#include "judge/table/options.h"
#include "lab/plan/experiment.h"
#include "lab/run.h"
#include "lab/plan/steps.h"

#include <sched.h>

/* What the database holds of a step. */
struct step_state {
	unsigned attempts;
	bool ok;
};

struct execution {
	struct session *s;
	const struct experiment *x;
	struct steps steps;
	struct step_state *states; /* one a step */
	struct kernel *kernels[EXPERIMENT_KERNELS_MAX];
	char id[STORE_ID_LEN];
	enum machine_accel accel;
	cpu_set_t cpuset; /* that the profile asks for, or that slowpath may use */
	json_t *filled;	  /* the profile with its defaults; judge options borrow from it */
	bool finished;	  /* before this process took it up */
	struct pace pace;
	size_t at;     /* of the steps: the one that is pending */
	bool smoked;   /* every kernel was seen to come up */
	unsigned jobs; /* of builds; 0: one for each CPU */
};

/*
 * Fills what is not set: steps, kernels, accelerator, and the experiment in the database; with
 * @resume (an ID), what was there of all this. Refuses what the machine cannot hold.
 */
int execution_set_out(struct execution *w, const char *resume, struct err *e);
/* Judges what the database holds, and keeps a result of every scenario. */
int execution_conclude(const struct execution *w, struct rows *t, struct judgement *j,
		       struct err *e);
/* How the profile wants it judged. */
struct judge_options execution_judge_options(const struct execution *w);
void execution_free(struct execution *w);

const struct scenario *execution_scenario(const struct execution *w, const struct step *step);
/* A boot of a kernel of the profile, as far as it is not about a step. */
struct run_request execution_request(const struct execution *w, unsigned kernel, unsigned cpus,
				     const struct scenario *scenario);

#endif
