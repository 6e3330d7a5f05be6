/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario that touches what is not there must be told of, not die as PID 1 does. */
#ifndef GUEST_WORK_TRAP_H
#define GUEST_WORK_TRAP_H

/* From here on SIGSEGV and SIGBUS become a report of failure. */
void trap_install(void);
/* What is being done, for that report; borrowed, and cheap enough for around a window. */
void trap_doing(const char *what);

#endif
