/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine around the plugin: what QEMU exports without calling it an API. Its functions are
 * looked for by name when it loads the plugin, and machine_is_told() says whether all are there.
 */
#ifndef PLUGIN_CAPTURE_MACHINE_H
#define PLUGIN_CAPTURE_MACHINE_H

#include "proto/capture.h"

#include <stdbool.h>
#include <stdint.h>

/* The name of a function that this QEMU does not export, or NULL: all that is needed is there. */
const char *machine_lacks(void);

/*
 * The registers of the CPU that executes, at the first instruction of a block: in its midst some
 * are in the host's registers only. RIP is set by the caller. False: QEMU answers otherwise than
 * expected.
 */
bool machine_registers(struct cpu_regs *out);
uint64_t machine_stack_pointer(void);

/* Writes the guest's physical memory to a new file, zeros as holes. 0 or -1 with errno. */
int machine_write_ram(const char *path, uint64_t bytes);

/*
 * While timers are held, the guest's clock stands four billion instructions back, and none of its
 * timers fires; afterwards it shows what it would have shown. @held, which begins as NULL, is
 * QEMU's word meanwhile. Where this QEMU's clock is not what it is taken for, it stays NULL and
 * nothing is changed.
 */
void machine_hold_timers(int64_t **held);
void machine_free_timers(int64_t **held);

#endif
