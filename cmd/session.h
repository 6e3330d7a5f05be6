/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the measuring commands open before they start: home, parts, QEMU, kernels, database. */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "base/hash.h"
#include "cmd/cmd.h"
#include "cmd/home.h"
#include "cmd/parts.h"
#include "cmd/progress.h"
#include "kernel/store/store.h"
#include "lab/lab.h"
#include "scenario/library.h"
#include "store/store.h"
#include "vm/qemu.h"

#include <signal.h>

#define SESSION_DEADLINE_S 120
#define SESSION_SIGNALS 3

struct session {
	struct home home;
	struct parts parts;
	struct qemu qemu;
	char *plugin;
	struct hash_hex guest_sha256, plugin_sha256;
	struct kernel_store *kernels;
	struct scenario_list scenarios;
	struct store *store;
	struct lab lab;
	struct progress progress;
	struct sigaction before[SESSION_SIGNALS]; /* while signals are caught */
};

int session_open(const struct cmd_ctx *ctx, struct session *s, struct err *e);
void session_close(struct session *s);
#define _cleanup_session_ __attribute__((cleanup(session_close)))

/*
 * While measuring, SIGINT, SIGTERM and SIGHUP ask for an orderly end (lab.cancel); outside, they
 * end the process, and whatever it had begun is swept at the next start.
 */
void session_catch_signals(struct session *s);
void session_release_signals(struct session *s);

/* A kernel_note_fn that prints on stderr. */
void session_note(void *arg, const char *text);

#endif
