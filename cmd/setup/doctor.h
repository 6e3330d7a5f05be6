/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What doctor found, one check a line, and those of the checks that look at the host: pure
 * functions of its record (lab/host/host.h). A part of cmd/setup/doctor.c.
 */
#ifndef CMD_SETUP_DOCTOR_H
#define CMD_SETUP_DOCTOR_H

#include "lab/host/host.h"

#include <stddef.h>

#define DOCTOR_CHECKS_MAX 24
#define DOCTOR_GUESTS 2	     /* that a compare runs at a time */
#define DOCTOR_GUEST_MIB 512 /* of one, unless --mem says otherwise */

enum doctor_status { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_MISSING };

struct doctor_check {
	const char *name;
	enum doctor_status status;
	char what[1024];
	const char *mend; /* NULL: nothing to do; else own */
	char own[512];
};

struct doctor_checks {
	struct doctor_check items[DOCTOR_CHECKS_MAX];
	size_t count;
};

void doctor_add(struct doctor_checks *c, const char *name, enum doctor_status status,
		const char *mend, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Room for two guests, in what is free and in what control groups allow. */
void doctor_check_memory(struct doctor_checks *c, const struct host *h);
/* Whether the kernel promises more memory than it has; QEMU asks for more than it uses. */
void doctor_check_overcommit(struct doctor_checks *c, const struct host *h);
/* CPUs, and what affinity and control groups leave of them. */
void doctor_check_cores(struct doctor_checks *c, const struct host *h);
/* @error: of opening /dev/kvm, 0 if it opens. */
void doctor_check_kvm(struct doctor_checks *c, int error);
/* What sets the clock rate of the allowed CPUs. */
void doctor_check_governor(struct doctor_checks *c, const struct host *h);
/* What else runs here, and, @up_ms after the boot, on the machine that this one is a guest of. */
void doctor_check_load(struct doctor_checks *c, const struct host *h, uint64_t up_ms);

#endif
