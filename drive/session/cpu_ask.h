/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether QEMU has the processor that guests are to see. */
#ifndef DRIVE_SESSION_CPU_ASK_H
#define DRIVE_SESSION_CPU_ASK_H

#include "drive/session/session.h"

/* Asks QEMU for lab.cpu_model, unless it was asked, or none was set; tells what it does without. */
int session_ask_cpu(struct session *s, struct err *e);

#endif
