/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the guest, the plugins and the scenarios are: $SLOWPATH_LIBDIR and $SLOWPATH_DATADIR, else
 * beside the program as a build folder has them, else as an installation has them relative to it.
 */
#ifndef DRIVE_SESSION_PARTS_H
#define DRIVE_SESSION_PARTS_H

#include "arch/arch.h"
#include "base/err.h"
#include "scenario/library.h"

struct parts {
	char *guest; /* of the default architecture; parts_guest() has the others' */
	char *plugin_dir;
	char *scenarios;
	char *models; /* of processors (model/model.h) */
};

int parts_find(struct parts *out, struct err *e);
/*
 * The scenarios: those that came with the program, and those of $SLOWPATH_SCENARIOS, a folder of
 * the user's. -EEXIST if a name is in both.
 */
int parts_library(const struct parts *p, struct scenario_list *out, struct err *e);
/* Path of the plugin for an API (malloc'ed), or NULL with an error if it was not built. */
char *parts_plugin(const struct parts *p, unsigned api, struct err *e);
/* The same of the one that captures a call. */
char *parts_capture_plugin(const struct parts *p, unsigned api, struct err *e);
/* Path of the program that executes kernels' code (malloc'ed): slowpath-replay. */
int parts_replay_child(const struct parts *p, char **out, struct err *e);
/* The same of the one that traces. */
char *parts_tracer(const struct parts *p, unsigned api, struct err *e);
/* The same of the one that tells what CPUs share. */
char *parts_contender(const struct parts *p, unsigned api, struct err *e);
/* Path of the guest for an architecture (malloc'ed). -ENOENT if this slowpath was built without. */
int parts_guest(const struct parts *p, const struct arch *arch, char **out, struct err *e);
void parts_free(struct parts *p);
#define _cleanup_parts_ __attribute__((cleanup(parts_free)))

#endif
