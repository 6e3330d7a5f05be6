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

void pair_measure_one(const struct lab *lab, struct pair_side *side)
{
	err_clear(&side->err);
	if (side->request.traced)
		traced_measure(lab, &side->request, &side->run, &side->err);
	else if (side->request.contended)
		contended_measure(lab, &side->request, &side->run, &side->err);
	else
		exact_measure(lab, &side->request, &side->run, &side->err);
}

static void *run_side(void *arg)
{
	struct job *j = arg;

	pair_measure_one(j->lab, j->side);
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
