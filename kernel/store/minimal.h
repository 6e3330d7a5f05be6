/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_STORE_MINIMAL_H
#define KERNEL_STORE_MINIMAL_H

/* The config fragment that a kernel of one's own needs; kernel/minimal.config has it. */
const char *kernel_minimal_config(void);

#endif
