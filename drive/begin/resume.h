/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an interrupted experiment is taken up, whichever command made it: it is claimed, what was
 * asked for then is asked for now, what would be measured now has to go with what was, and the runs
 * that were kept are told to who searches, in their order.
 */
#ifndef DRIVE_RESUME_H
#define DRIVE_RESUME_H

#include "drive/session/session.h"
#include "store/load.h"

/*
 * Claims experiment @id for this process and reads it. -EBUSY if another process is at it; -EINVAL
 * if it was not made by 'slowpath @command'. @out is then empty.
 */
int resume_open(struct session *s, const char *id, const char *command, enum load_what what,
		struct record *out, struct err *e);
/*
 * Whether runs of @record go with those that would be made now: the same guest, plugin, QEMU and
 * CPU model, and the same text of the @n scenarios. Of one that has ended nothing is measured any
 * more, and all goes. -ESTALE if one differs; it names the command @reader, which reads what there
 * is.
 */
int resume_check(const struct session *s, const struct record *record,
		 const struct scenario *const *scenarios, size_t n, const char *reader,
		 struct err *e);

/* 0, or -errno, which ends it. */
typedef int resume_kept_fn(void *arg, const struct record_run *run, struct err *e);
/* Each run that was kept, in the order in which they were made. */
int resume_feed(const struct record *record, resume_kept_fn *kept, void *arg, struct err *e);
/* On what the kept runs were made is found out anew: -EINVAL if it is not @accel. */
int resume_check_accel(const struct record_run *run, enum machine_accel accel, struct err *e);

#endif
