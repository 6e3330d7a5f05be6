/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's command line, in two parts: the machine (everything that can change what the guest does;
 * a snapshot is valid for one machine only) and the run (files, sockets, the plugin).
 */
#ifndef VM_ARGV_H
#define VM_ARGV_H

#include "arch/arch.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/* One instruction is one nanosecond of the guest's time. */
#define ARGV_ICOUNT_SHIFT 0
#define ARGV_MACHINE "microvm"
#define ARGV_MACHINE_PCI "q35" /* with several NUMA nodes, or a slot */
#define ARGV_SLOT "slot0"
#define ARGV_DISK_NODE "disk0"
#define ARGV_DISK_FILE "disk"

struct argv {
	char **words; /* NULL-terminated; owned */
	size_t count;
	int error; /* 0 or -ENOMEM */
};

/*
 * Appends a copy of the formatted word. Words keep their first error, as a buffer does: after it
 * nothing is appended, and who hands them on asks argv_error().
 */
void argv_add(struct argv *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int argv_error(const struct argv *a);
/* A comma ends a value in QEMU's option syntax unless it is doubled. malloc'ed, or NULL. */
char *argv_double_commas(const char *text);
void argv_free(struct argv *a);
#define _cleanup_argv_ __attribute__((cleanup(argv_free)))

/* What executes the guest's instructions. */
enum machine_accel {
	ACCEL_ICOUNT, /* TCG, one instruction a nanosecond of the guest's time: exact mode */
	ACCEL_TCG,    /* TCG in the host's time: emulated timing */
	ACCEL_KVM,    /* the host's processor */
};

/* "tcg-icount", "tcg", "kvm". */
const char *accel_name(enum machine_accel accel);

struct machine_spec {
	const struct arch *arch; /* NULL: the default one */
	enum machine_accel accel;
	unsigned memory_mib;
	unsigned cpus;
	unsigned nodes;	  /* of NUMA, memory and CPUs spread over them; 0 is 1 */
	bool slot;	  /* of PCI, for a disk that is plugged in once the guest stands */
	unsigned seed;	  /* of the guest's random numbers */
	unsigned tsc_khz; /* ACCEL_TCG: the host's (vm/tsc.h), as the guest's is the same; else 0
			   */
	const char *cpu_model; /* QEMU's words for -cpu; NULL: the architecture's, and under KVM
				  "host" */
	const char *cmdline;   /* appended to the base command line; may be NULL */
};

/* The architecture's processor, or @s's. */
const char *argv_cpu_model(const struct machine_spec *s);
/* What the kernel is told, whole (malloc'ed), or NULL. */
char *argv_cmdline(const struct machine_spec *s);
/*
 * Whether its architecture's machine has room for its memory, and entries into its kernel can be
 * told apart if it is to be counted: -EINVAL says what cannot be.
 */
int argv_check(const struct machine_spec *s, struct err *e);
/* Of that, whether the machine has room for so much memory. */
int argv_check_memory(const struct arch *arch, unsigned memory_mib, struct err *e);
/* The machine's words, appended to @a. */
int argv_machine(struct argv *a, const struct machine_spec *s, struct err *e);

/*
 * A monitor on the socket @fd. Since QEMU 11.1 it is an object (@as_object), and the option for it
 * that older ones have is deprecated.
 */
void argv_monitor(struct argv *a, int fd, bool as_object);

struct run_files {
	const char *kernel;	    /* vmlinux or bzImage */
	const char *plugin;	    /* NULL: count nothing */
	const char *plugin_options; /* ",NAME=VALUE" each, appended; may be NULL */
	int qmp_fd;		    /* the machine's end of the monitor's socket */
	bool monitor_object;	    /* see argv_monitor() */
	bool parcel;		    /* of a foreign program */
	bool disk;		    /* there is one to be plugged in */
	bool incoming;		    /* it waits to be told of a saved machine */
};

/*
 * The run's words. The files "initrd", "plan", "parcel", "disk", "console", "places" and "counts"
 * are in the folder that QEMU is started in.
 */
int argv_run(struct argv *a, const struct run_files *f, struct err *e);

#endif
