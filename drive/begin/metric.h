/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to decide (scenario/metric.h), checked as far as it can be before anything is booted. */
#ifndef DRIVE_BEGIN_METRIC_H
#define DRIVE_BEGIN_METRIC_H

#include "drive/session/session.h"

/* In the command of an experiment where nobody chose: as the scenario has it by default. */
#define METRIC_DEFAULT "default"

/* What a command that is taken up again chose; NULL: the default. Borrows from it. */
const char *metric_kept(const json_t *command);
/*
 * Makes @word (NULL: the default) what decides of a scenario of the session's. -EINVAL, with what
 * there is, if it has no such metric.
 */
int metric_set(struct session *s, const struct scenario *scenario, const char *word, struct err *e);
/*
 * -EINVAL, with the nearest names, if a function is meant that none of the kernels has; nothing can
 * be said before the symbols of all were read, by their first boot.
 */
int metric_known(struct session *s, const char *word, struct kernel *const *kernels, size_t n,
		 struct err *e);

#endif
