/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at the mappings through /proc: what a page is backed by, never what it was meant to be. */
#ifndef GUEST_MEMORY_STATE_H
#define GUEST_MEMORY_STATE_H

#include "guest/memory/maps.h"
#include "proto/report.h"

/* Fields that cannot be read stay REPORT_UNKNOWN. */
void state_read(const struct maps *maps, struct report_state *out);
/* The number of VMAs in the maps, or REPORT_UNKNOWN. */
uint64_t state_vmas(const struct maps *maps);
/* Adds FRAME_UNAME and FRAME_CPUINFO (command line, clocksource, mitigations). */
void state_machine(void);

#endif
