/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What describes an experiment is kept with it, as it was: the library may change. */
#ifndef DRIVE_BEGIN_KEEP_FILES_H
#define DRIVE_BEGIN_KEEP_FILES_H

#include "drive/session/session.h"

/* The file that @scenario was read from, into the database; a foreign program's has none. */
int keep_scenario_file(struct session *s, const char *experiment, const struct scenario *scenario,
		       struct err *e);

#endif
