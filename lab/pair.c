// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/pair.h"

#include "lab/contended.h"
#include "lab/exact.h"
#include "lab/traced.h"

#include <pthread.h>

struct job {
	const struct lab *lab;
	struct pair_side *side;
};

static void *run_side(void *arg)
{
	struct job *j = arg;

	if (j->side->request.traced)
		traced_measure(j->lab, &j->side->request, &j->side->run, &j->side->err);
	else if (j->side->request.contended)
		contended_measure(j->lab, &j->side->request, &j->side->run, &j->side->err);
	else
		exact_measure(j->lab, &j->side->request, &j->side->run, &j->side->err);
	return NULL;
}

int pair_measure(const struct lab *lab, struct pair_side sides[2], struct err *e)
{
	struct job jobs[2] = { { lab, &sides[0] }, { lab, &sides[1] } };
	pthread_t other;
	int code;

	err_clear(&sides[0].err);
	err_clear(&sides[1].err);
	if (!sides[0].request.kernel || !sides[1].request.kernel) {
		run_side(&jobs[!sides[0].request.kernel]);
		return 0;
	}
	code = pthread_create(&other, NULL, run_side, &jobs[1]);
	if (code)
		return err_errno(e, code, "starting a thread");
	run_side(&jobs[0]);
	pthread_join(other, NULL);
	return 0;
}

void pair_free(struct pair_side sides[2])
{
	run_free(&sides[0].run);
	run_free(&sides[1].run);
}
