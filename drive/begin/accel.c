// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/accel.h"

#include "scenario/program.h"
#include "vm/tsc.h"
#include "lab/host/limits.h"
#include "lab/timed.h"

#include <errno.h>

static void tell_emulated(const struct session *s, const char *why)
{
	teller_note(s->teller, "note: KVM is not used, as no kernel comes up on it: %s", why);
	teller_note(s->teller, "note: timing is emulated (TCG): it tells of QEMU, not of hardware");
}

int accel_choose(struct session *s, const struct run_request *q, enum machine_accel *out,
		 struct err *e)
{
	struct run_request probe = *q;
	struct lab lab = s->lab;
	struct err why = { 0 };
	struct run run;

	*out = ACCEL_TCG;
	if (program_check_timed(q->scenario, e) < 0)
		return e->code;
	probe.accel = ACCEL_KVM;
	if (lab.deadline_s > ACCEL_PROBE_S)
		lab.deadline_s = ACCEL_PROBE_S;
	timed_smoke(&lab, &probe, &run, &why);
	run_free(&run);
	if (why.code == -ECANCELED) {
		*e = why;
		return e->code;
	}
	if (why.code)
		tell_emulated(s, why.text);
	else
		*out = ACCEL_KVM;
	return 0;
}

int accel_prepare(struct session *s, const struct run_request *q, enum machine_accel *accel,
		  cpu_set_t *cpuset, struct err *e)
{
	struct limits limits;
	int r = limits_read("", &limits, e);

	if (r == 0)
		r = limits_check(&limits, NULL, q->cpus, q->memory_mib, true, e);
	if (r == 0 && sched_getaffinity(0, sizeof(*cpuset), cpuset) < 0)
		r = err_errno(e, errno, "sched_getaffinity");
	if (r == 0)
		r = accel_choose(s, q, accel, e);
	s->lab.tsc_khz = r == 0 && *accel == ACCEL_TCG ? tsc_measure_khz() : 0;
	return r;
}
