/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns what a failing guest says, in its report or on its console, into errors for people. */
#ifndef LAB_GUEST_ERROR_H
#define LAB_GUEST_ERROR_H

#include "arch/arch.h"
#include "base/err.h"
#include "vm/report.h"

/* The error that a REPORT_FAILED carries; always negative. */
int guest_error(const struct report *r, struct err *e);
/* Whether the kernel that runs is the one that was asked for. */
int guest_check_release(const struct report *r, const char *release, struct err *e);
/*
 * Whether entries into the kernel can be told apart: @environment is what the guest says of the
 * machine ("name=value" lines), some processors have kernels for @arch unmapped in user mode.
 */
int guest_check_entries(const char *environment, const struct arch *arch, struct err *e);
/*
 * Appends the line of the console that says why, if there is one: a message of the guest's own or
 * a kernel panic.
 */
void guest_explain(const char *console, struct err *e);

#endif
