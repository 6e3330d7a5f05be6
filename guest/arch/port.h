/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that the guest speaks to the host with, from user space: no driver of the guest
 * kernel's is needed or trusted. One file for each architecture has them all.
 */
#ifndef GUEST_ARCH_PORT_H
#define GUEST_ARCH_PORT_H

#include <stddef.h>
#include <stdint.h>

/* 0, or -errno; -ENOSYS means that the kernel lacks PORT_NEEDS. Once more after port_deny(). */
int port_allow(void);
extern const char port_needs[];
/* Gives it up again, where having it costs the kernel work at every return to user mode. */
void port_deny(void);

/* Writes to pvpanic: the machine stops at this instruction. */
void pvpanic_write(uint8_t value);

/* fw_cfg (QEMU, docs/specs/fw_cfg.rst). */
void fwcfg_select(uint16_t key);
void fwcfg_bytes(void *data, size_t len);
/* Has it do what the control structure at the physical address @access asks for. */
void fwcfg_dma(uint64_t access);

#endif
