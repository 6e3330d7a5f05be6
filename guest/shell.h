/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_SHELL_H
#define GUEST_SHELL_H

/*
 * BusyBox on the serial line, until it ends; @how is the value of PLAN_SHELL_VARIABLE. 0, or
 * -errno.
 */
int shell_run(const char *how);

#endif
