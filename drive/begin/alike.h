/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs go together only if they were made alike: what an experiment that is resumed has to meet. */
#ifndef DRIVE_BEGIN_ALIKE_H
#define DRIVE_BEGIN_ALIKE_H

#include "drive/session/session.h"
#include "store/record.h"

/*
 * Whether runs of @record go with those that would be made now: the same guest, plugin and QEMU,
 * and the same text of the @n scenarios. -ESTALE if one differs; it names the command @reader,
 * which reads what there is.
 */
int check_alike(const struct session *s, const struct record *record,
		const struct scenario *const *scenarios, size_t n, const char *reader,
		struct err *e);

#endif
