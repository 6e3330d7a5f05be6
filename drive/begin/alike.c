// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/alike.h"

#include "base/cleanup.h"
#include "vm/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the host's is the usual one (KVM), the model that QEMU was told is "host". */
static bool other_cpu(const struct session *s, const struct record_run *run)
{
	_cleanup_free_ char *was = record_run_cpu_model(run);
	const char *usual =
		strcmp(run->accelerator, accel_name(ACCEL_KVM)) != 0 ? ARGV_CPU_MODEL : "host";

	return was && strcmp(was, s->lab.cpu_model ? s->lab.cpu_model : usual) != 0;
}

/* What differs between a stored run and one that would be made now; NULL: nothing. */
static const char *changed(const struct session *s, const struct record_run *run,
			   const struct scenario *const *scenarios, size_t n)
{
	if (strcmp(run->guest_sha256, s->guest_sha256.text) != 0)
		return "slowpath's guest";
	if (strcmp(run->plugin_sha256, s->plugin_sha256.text) != 0)
		return "slowpath's plugin";
	if (strcmp(run->qemu_version, s->qemu.version) != 0)
		return "QEMU";
	if (other_cpu(s, run))
		return "the guest's CPU model";
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(scenarios[i]->name, run->scenario) &&
		    strcmp(scenarios[i]->sha256.text, run->scenario_sha256) != 0)
			return "the scenario";
	}
	return NULL;
}

int check_alike(const struct session *s, const struct record *record,
		const struct scenario *const *scenarios, size_t n, const char *reader,
		struct err *e)
{
	for (size_t i = 0; i < record->n_runs; i++) {
		const char *what = changed(s, &record->runs[i], scenarios, n);

		if (what)
			return err_set(
				e, ESTALE,
				"experiment '%s' cannot be gone on with: %s has changed since "
				"(%s); start a new one, 'slowpath %s %s' tells what there is",
				record->id, what, record->runs[i].scenario, reader, record->id);
	}
	return 0;
}
