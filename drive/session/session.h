/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the measuring commands open before they start: home, parts, QEMU, kernels, database. */
#ifndef DRIVE_SESSION_SESSION_H
#define DRIVE_SESSION_SESSION_H

#include "base/hash.h"
#include "drive/session/home.h"
#include "drive/session/parts.h"
#include "drive/session/teller.h"
#include "kernel/store/store.h"
#include "lab/lab.h"
#include "scenario/library.h"
#include "store/store.h"
#include "vm/qemu.h"

#define SESSION_DEADLINE_S 120

/* What the program hands down: only cmd/ knows which slowpath it is. */
struct session_start {
	const char *home_arg; /* --home, or NULL */
	/* session_set_arch() and session_expect(), if they are known already; else they follow. */
	const char *arch;
	char *const *specs;
	size_t n_specs;
	const char *version, *commit;
	struct teller *teller; /* may be NULL */
	/* Adds to the library what the command line has; NULL: nothing. */
	int (*add_scenarios)(const void *arg, struct scenario_list *library, struct err *e);
	const void *add_arg;
};

struct session {
	/* That qemu, plugin and guest are for. NULL: none are open, and a kernel will tell which.
	 */
	const struct arch *arch;
	bool measures;	/* a kernel of it was chosen */
	bool cpu_asked; /* QEMU was asked whether it has the CPU model (drive/session/cpu_ask.h) */
	struct home home;
	struct parts parts;
	struct qemu qemu;
	char *plugin, *guest;
	char *tracer; /* NULL until session_traces() or session_contends() */
	struct hash_hex guest_sha256, plugin_sha256;
	struct kernel_store *kernels;
	struct scenario_list scenarios;
	struct store *store;
	struct lab lab;
	struct teller *teller;	      /* borrowed, as are these: */
	const char *version, *commit; /* of slowpath */
};

int session_open(const struct session_start *q, struct session *s, struct err *e);
/* Windows are going to be traced: finds the plugin for that, once the tools are open. */
int session_traces(struct session *s, struct err *e);
/* The same where it is to be told what CPUs share; a session does one of both. */
int session_contends(struct session *s, struct err *e);
/*
 * --arch, which may be NULL: specs that do not say one mean kernels of it, others are refused, and
 * the tools are its. To be called before anything is looked for. -EINVAL: there is none so called.
 */
int session_set_arch(struct session *s, const char *name, struct err *e);
/*
 * What is going to be measured: opens the tools for it, so that what is missing is told before a
 * kernel is fetched or built. If the specs do not tell (kernel_foresee_arch()), session_measures()
 * does it. -EINVAL if they are of two architectures.
 */
int session_expect(struct session *s, char *const *specs, size_t n, struct err *e);
/*
 * The kernels are going to be measured: opens the tools for their architecture if none are open,
 * and asks QEMU for the CPU model if it was not asked yet. -EINVAL if the kernels, or those that
 * were chosen before, are not all of one architecture: the instructions of two say nothing of each
 * other.
 */
int session_measures(struct session *s, struct kernel *const *kernels, size_t n, struct err *e);
/* A scenario of the session's, to be changed; NULL: it is none of the library. */
struct scenario *session_scenario(struct session *s, const struct scenario *scenario);
void session_close(struct session *s);
#define _cleanup_session_ __attribute__((cleanup(session_close)))

#endif
