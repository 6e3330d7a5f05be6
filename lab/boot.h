/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a kernel to a machine that stands at the guest's first pause, and to its symbols. */
#ifndef LAB_BOOT_H
#define LAB_BOOT_H

#include "base/buf.h"
#include "lab/modules.h"
#include "lab/run.h"
#include "lab/snapshot.h"
#include "lab/workdir.h"
#include "symbols/symbols.h"
#include "vm/machine.h"

enum boot_trace { BOOT_TRACE_NONE, BOOT_TRACE_WINDOWS, BOOT_TRACE_REGIONS };

struct boot {
	const struct lab *lab;
	const struct kernel *kernel;
	unsigned side;
	const cpu_set_t *cpuset;
	uint64_t page_fault;   /* address of its stub, on arm64 of its handler */
	bool tree;	       /* the folder has what the plugin needs to follow calls */
	char *words;	       /* ",NAME=VALUE" each, for the plugin; owned; NULL: none more */
	enum boot_trace trace; /* the plugin is the one that traces */
	struct machine_spec machine;
	struct workdir dir;
	struct buf initrd;
	bool parcel;		       /* the folder has one, of a foreign program or of modules */
	bool disk;		       /* the folder has an image, to be plugged in */
	struct kernel_modules modules; /* that the scenario's device needs */
};

/* Of the machine that boot_open() makes, what argv_check() says: for who begins an experiment. */
int boot_check(const struct run_request *q, struct err *e);
int boot_open(const struct lab *lab, const struct run_request *q, struct boot *out, struct err *e);
void boot_close(struct boot *b);
#define _cleanup_boot_ __attribute__((cleanup(boot_close)))

/* Starts QEMU for the scenario's plan: from a saved machine, or with @snapshot NULL by booting.
 * @plugin may be NULL. */
int boot_start(const struct boot *b, const char *plugin, const char *snapshot, struct machine **out,
	       struct err *e);
/* Waits for the guest's first pause and checks what it says there. */
int boot_wait_ready(const struct boot *b, struct machine *m, struct err *e);

/*
 * Makes sure that there is a snapshot (unless @snapshot is NULL) and that the symbols are known.
 * *from_snapshot: it was there already.
 */
int boot_prepare(const struct boot *b, struct snapshot *snapshot, struct symbols **symbols,
		 bool *from_snapshot, struct err *e);

/* Whether the cache holds symbols of the kernel, and whether they are what was written there. */
enum symbols_kept { SYMBOLS_NONE, SYMBOLS_KEPT, SYMBOLS_DAMAGED };
enum symbols_kept boot_symbols_kept(const char *cache_dir, const char *kernel_id);

/* The symbols of a kernel that was booted before; *out stays NULL if there are none. */
int boot_known_symbols(const struct lab *lab, const struct kernel *k, struct symbols **out,
		       struct err *e);

/* Writes the text of the symbols, which must be known already, to a new file. */
int boot_copy_symbols(const struct boot *b, const char *to, struct err *e);

/*
 * The same with those of the modules that the guest has loaded, where @sections says. What the
 * kernel itself has must be known already.
 */
int boot_symbols_with_modules(const struct boot *b, const char *sections, struct symbols **out,
			      struct err *e);

void boot_progress(const struct boot *b, const char *what);

#endif
