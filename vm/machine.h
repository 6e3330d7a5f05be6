/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One running QEMU: started in a folder of its own, watched (deadline, console, cancellation,
 * death), paused by its guest, read, saved, ended. Never outlives its struct machine.
 *
 * Failures of the guest are unmeasured (exit 125): it ended, hung (vm/patience.h), prints without
 * end, or reports nonsense. Failures of QEMU or of the host are the tool's (exit 128).
 *
 * -ECANCELED is a stop from outside: whoever owns @cancel, or a signal that ended QEMU and came
 * from elsewhere. It says nothing of the kernel, and nothing is to be kept of the run.
 */
#ifndef VM_MACHINE_H
#define VM_MACHINE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "vm/argv.h"
#include "vm/qemu.h"
#include "vm/report.h"

#include <jansson.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct machine_opts {
	const struct qemu *qemu;
	struct machine_spec spec;
	const char *dir;	    /* exists; holds initrd, plan and (with a plugin) places */
	const char *kernel;	    /* vmlinux or bzImage */
	const char *plugin;	    /* NULL: count nothing */
	const char *plugin_options; /* ",NAME=VALUE" each, appended; may be NULL */
	bool parcel;		    /* dir holds one of a foreign program, too */
	bool disk;		    /* and an image to be plugged in: spec has a slot */
	const char *incoming;	    /* a saved machine to go on from, or NULL: boot */
	const cpu_set_t *cpuset;    /* host CPUs for QEMU, one for each vCPU; NULL: anywhere */
	unsigned deadline_s;	    /* for each wait: vm/patience.h */
	const atomic_int *cancel;   /* nonzero: give up; may be NULL */
};

struct machine;

/* -EBADMSG: QEMU ended over the snapshot that it was to go on from. */
int machine_start(const struct machine_opts *o, struct machine **out, struct err *e);
/* Kills QEMU if it still runs. */
void machine_free(struct machine *m);
DEFINE_CLEANUP(struct machine *, machine_free)

/*
 * From now on @file's time of change is set about once a second while the guest executes: a sign of
 * life for those who wait for what the machine will leave. Borrowed; -1: none.
 */
void machine_show_life(struct machine *m, int file);
/*
 * Waits until the guest pauses the machine. @what is for messages: "booting". -ETIME: the guest
 * executes, and has executed more than it may; -ETIMEDOUT: it does not (vm/patience.h).
 */
int machine_wait_pause(struct machine *m, const char *what, struct err *e);
/*
 * Plugs the disk in, if there is one: after the guest's first pause, since few QEMUs can save a
 * machine that has such a device. One that goes on from a snapshot has it already.
 */
int machine_plug(struct machine *m, struct err *e);
int machine_continue(struct machine *m, struct err *e);
/* Reads the report of the paused guest. */
int machine_report(struct machine *m, struct report *out, struct err *e);
/* Saves the paused machine to a file that must not exist; removed again on failure. */
int machine_save(struct machine *m, const char *path, struct err *e);
/* QEMU's command line, as a JSON array (a new reference) or NULL. */
json_t *machine_argv_json(const struct machine *m);
/* Where its vCPUs were pinned (vm/pin.h; a new reference), or NULL without a cpuset. */
json_t *machine_affinity_json(const struct machine *m);
/* The last @max bytes that the guest printed, made printable, appended to @out. */
int machine_console(const char *dir, size_t max, struct buf *out);

#endif
