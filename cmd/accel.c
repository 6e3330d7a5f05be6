// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/accel.h"

#include "lab/timed.h"

#include <errno.h>
#include <stdio.h>

int accel_choose(struct session *s, const struct run_request *q, enum machine_accel *out,
		 struct err *e)
{
	struct run_request probe = *q;
	struct lab lab = s->lab;
	struct err why = { 0 };
	struct run run;

	*out = ACCEL_TCG;
	probe.accel = ACCEL_KVM;
	if (lab.deadline_s > ACCEL_PROBE_S)
		lab.deadline_s = ACCEL_PROBE_S;
	timed_smoke(&lab, &probe, &run, &why);
	run_free(&run);
	progress_clear(&s->progress);
	if (why.code == -ECANCELED) {
		*e = why;
		return e->code;
	}
	if (why.code)
		fprintf(stderr,
			"slowpath: note: KVM is not used, as no kernel comes up on it: %s\n"
			"slowpath: note: timing is emulated (TCG): it tells of QEMU, not of "
			"hardware\n",
			why.text);
	else
		*out = ACCEL_KVM;
	return 0;
}
