/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether QEMU can do what a run will ask of it, tried and not guessed: it is started without a
 * guest, greeted over its monitor, and ended again. Nothing is written anywhere.
 */
#ifndef VM_PROBE_H
#define VM_PROBE_H

#include "base/err.h"
#include "vm/argv.h"
#include "vm/qemu.h"

/* It loads the counting plugin, and the plugin accepts this QEMU. */
int probe_plugin(const struct qemu *q, const char *plugin, struct err *e);
/*
 * It has the machine, the accelerator, the CPU model and the devices that runs use. @heard (may be
 * NULL) gets what it said all the same: warnings.
 */
int probe_machine(const struct qemu *q, const struct machine_spec *s, struct buf *heard,
		  struct err *e);

#endif
