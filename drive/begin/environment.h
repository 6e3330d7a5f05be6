/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an experiment runs on and is run by, for the database. */
#ifndef DRIVE_BEGIN_ENVIRONMENT_H
#define DRIVE_BEGIN_ENVIRONMENT_H

#include "drive/session/session.h"
#include "vm/argv.h"

/*
 * {"label", "host": lab/host/host.h, "slowpath": {"version", "commit"}, "qemu", "guest_sha256",
 * "plugin_sha256", "accelerator"}; @label stands for the host's name. A new reference, or NULL with
 * the error set.
 */
json_t *environment_json(const struct session *s, const char *label, enum machine_accel accel,
			 struct err *e);

#endif
