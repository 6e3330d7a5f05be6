/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's memory, as its kernel sees it. QEMU exports what its debugger stub reads by; the APIs
 * before 4 have nothing of the sort.
 */
#ifndef PLUGIN_MEMORY_H
#define PLUGIN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether QEMU exports it: one that was built without modules need not. */
bool memory_is_told(void);
/* To be called in a callback of the vCPU that executes. False if it cannot be read. */
bool memory_read(uint64_t vaddr, void *out, size_t len);

#endif
