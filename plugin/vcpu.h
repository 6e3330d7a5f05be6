/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which vCPU executes, where several take turns in one thread (-icount).
 *
 * From API 2 on, QEMU hands a callback of translated code the vCPU that the code was translated
 * for, which is another one's as soon as they share it; and an inline operation for any but the
 * first overwrites a constant that the rest of the block goes on using, so that the guest or QEMU
 * itself dies (10.0, 11.1). So with several vCPUs there are no inline operations (counter.h), and
 * QEMU's own variables are asked, which it exports for its modules.
 */
#ifndef PLUGIN_VCPU_H
#define PLUGIN_VCPU_H

#include <stdbool.h>

/* Whether vcpu_executing() can tell. */
bool vcpu_is_told(void);
/* @told: what QEMU says; @count: how many vCPUs there are. */
unsigned vcpu_executing(unsigned told, unsigned count);

#endif
