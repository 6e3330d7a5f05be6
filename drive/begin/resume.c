// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/resume.h"

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
		strcmp(run->accelerator, accel_name(ACCEL_KVM)) != 0 ? s->arch->cpu_model : "host";

	return was && strcmp(was, s->lab.cpu_model ? s->lab.cpu_model : usual) != 0;
}

/* A machine with NVMe is another than one without. */
static bool other_disk(const struct scenario *x, const struct record_run *run)
{
	const bool nvme = x->disk_fs && x->disk_on == PLAN_DISK_NVME;

	return strcmp(run->qemu_argv, "[]") != 0 &&
	       nvme != (strstr(run->qemu_argv, ARGV_DISK_NODE) != NULL);
}

/* What differs between a stored run and one that would be made now; NULL: nothing. */
static const char *changed(const struct session *s, const struct record_run *run,
			   const struct scenario *const *scenarios, size_t n)
{
	if (strcmp(run->arch, s->arch->name) != 0)
		return "the architecture";
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
		if (!strcmp(scenarios[i]->name, run->scenario) && other_disk(scenarios[i], run))
			return "what the scenario's disk can be on";
	}
	return NULL;
}

int resume_check(const struct session *s, const struct record *record,
		 const struct scenario *const *scenarios, size_t n, const char *reader,
		 struct err *e)
{
	for (size_t i = 0; !record->finished && i < record->n_runs; i++) {
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

int resume_open(struct session *s, const char *id, const char *command, enum load_what what,
		struct record *out, struct err *e)
{
	_cleanup_record_ struct record record = { 0 };
	const char *made_by;
	int r = store_claim(s->store, id, e);

	if (r == 0)
		r = store_load(s->store, id, what, &record, e);
	if (r < 0)
		return r;
	made_by = json_string_value(json_object_get(record.command, "command"));
	if (!made_by || strcmp(made_by, command) != 0)
		return err_set(e, EINVAL, "experiment '%s' was not made by 'slowpath %s'", id,
			       command);
	*out = record;
	record = (struct record){ 0 };
	return 0;
}

int resume_feed(const struct record *record, resume_kept_fn *kept, void *arg, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < record->n_runs; i++)
		r = kept(arg, &record->runs[i], e);
	return r;
}

int resume_check_accel(const struct record_run *run, enum machine_accel accel, struct err *e)
{
	return strcmp(run->accelerator, accel_name(accel)) == 0
		       ? 0
		       : err_set(e, EINVAL, "it was measured on %s, which is not to be had now",
				 run->accelerator);
}
