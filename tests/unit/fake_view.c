// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_view.h"
#include "tests/unit/unit.h"

#include <string.h>

static char environment[] = "cpu=qemu64\n";
static char old_release[] = "6.16.12", new_release[] = "6.17.13", spec[] = "debian:6",
	    version[] = "#1 SMP", compiler[] = "gcc-14", sha[] = "aaaa", config[] = "cccc";

static struct kernel kernel(char *release, char *config_sha256)
{
	return (struct kernel){ .spec = spec,
				.release = release,
				.version = version,
				.compiler = compiler,
				.config_sha256 = config_sha256,
				.image_sha256 = sha,
				.vmlinux_sha256 = sha };
}

void fake_view_make(struct fake_view *f)
{
	struct err e = { 0 };

	*f = (struct fake_view){ 0 };
	fake_scenario(&f->scenarios);
	fake_function(&f->old_run, "[user]", 0, 0, 5);
	fake_function(&f->old_run, "change", 0, 100, 60);
	fake_function(&f->old_run, "gone", 1, 0, 35);
	fake_function(&f->new_run, "[user]", 0, 0, 5);
	fake_function(&f->new_run, "change", 0, 300, 200);
	fake_calls(&f->new_run, "change", 0, 3);
	fake_function(&f->new_run, "fresh", 1, 0, 40);
	fake_slots(&f->new_run, 1, task, 5);
	fake_slots(&f->new_run, 1, unattributed, 5);
	fake_slots(&f->new_run, 1, interrupts, 11);
	fake_finish(&f->old_run);
	fake_finish(&f->new_run);
	f->old_run.environment = strdup(environment);
	f->new_run.environment = strdup(environment);
	f->old_kernel = kernel(old_release, NULL);
	f->new_kernel = kernel(new_release, config);
	if (compare_runs(f->scenarios.items[0], &f->old_run, &f->new_run, 1, 0.01, &f->comparison,
			 &e) < 0 ||
	    audit_sides(&f->old_kernel, &f->new_kernel, &f->old_run, &f->new_run, &f->audit, &e) <
		    0)
		fail_msg("%s", e.text);
	f->view = (struct compare_view){ .id = "20260131-123456-1a2b3c",
					 .scenario = f->scenarios.items[0],
					 .old_kernel = &f->old_kernel,
					 .new_kernel = &f->new_kernel,
					 .comparison = &f->comparison,
					 .audit = &f->audit,
					 .qemu_version = "7.2",
					 .total_seconds = 3.5,
					 .boot_seconds = 2,
					 .measure_seconds = 1.5 };
}

void fake_view_free(struct fake_view *f)
{
	comparison_free(&f->comparison);
	audit_free(&f->audit);
	run_free(&f->old_run);
	run_free(&f->new_run);
	scenario_list_free(&f->scenarios);
}
