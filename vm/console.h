/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU on this terminal, for people; nothing is measured. */
#ifndef VM_CONSOLE_H
#define VM_CONSOLE_H

#include "base/err.h"
#include "vm/argv.h"
#include "vm/qemu.h"

#include <stdbool.h>

/*
 * Runs until the guest ends. @kernel and @initrd are files. With @script, the guest gets what
 * standard input holds once it has said PLAN_SHELL_READY, and "exit" at the end of it; what it says
 * from then on goes to standard output. Without, the terminal is its serial line. -EIO if QEMU
 * fails.
 */
int console_run(const struct qemu *q, const struct machine_spec *s, const char *kernel,
		const char *initrd, bool script, struct err *e);

#endif
