/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs expect of any system, beside what comes in the parcel. */
#ifndef GUEST_WORK_FURNISH_H
#define GUEST_WORK_FURNISH_H

/* Devices, file systems, the loopback interface. Whatever cannot be had, a program will miss. */
void furnish(void);
/*
 * /tmp and /dev/shm as an execution is to find them: empty, but for what the parcel has for /tmp.
 * 1 if something had to be done for it, or -errno.
 */
int furnish_again(void);
/* This task, and so what it starts, in a cgroup of its own. 0, or -errno after a report_error(). */
int furnish_cgroup(void);

#endif
