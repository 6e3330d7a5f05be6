// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/disks.h"

#include "lab/modules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether all of them drive an NVMe: its driver comes with no package of modules. */
static bool have_nvme(struct kernel *const *kernels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const enum kernel_config has =
			kernels[i] ? kernel_config_has(kernels[i], "CONFIG_BLK_DEV_NVME")
				   : KERNEL_CONFIG_Y;

		if (has == KERNEL_CONFIG_N || has == KERNEL_CONFIG_M)
			return false;
	}
	return true;
}

/* 1: a kernel lacks the module for a RAM disk; @e says which and why. */
static int find_lacking(struct session *s, const struct scenario *own,
			struct kernel *const *kernels, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_kernel_modules_ struct kernel_modules m = { 0 };
		int r = kernels[i] ? modules_find(s->kernels, kernels[i], own, teller_hear_note,
						  s->teller, &m, e)
				   : 0;

		if (r == -ENOENT && e->status == ERR_UNMEASURED)
			return 1;
		if (r < 0)
			return r;
	}
	return 0;
}

int disk_settle(struct session *s, struct scenario *own, struct kernel *const *kernels, size_t n,
		struct err *e)
{
	int r;

	if (!own->disk_fs || own->disk_on != PLAN_DISK_RAM || own->swap_on ||
	    !have_nvme(kernels, n))
		return 0;
	r = find_lacking(s, own, kernels, n, e);
	if (r <= 0)
		return r;
	own->disk_why = strdup(e->text);
	err_clear(e);
	if (!own->disk_why)
		return err_oom(e);
	own->disk_on = PLAN_DISK_NVME;
	teller_note(s->teller, "%s: its disk is NVMe, not a RAM disk: %s", own->name,
		    own->disk_why);
	return 0;
}

int disk_settle_of(struct session *s, const struct scenario *scenario,
		   struct kernel *const *kernels, size_t n, struct err *e)
{
	struct scenario *own = session_scenario(s, scenario);

	return own ? disk_settle(s, own, kernels, n, e) : 0;
}
