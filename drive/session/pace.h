/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a loop over steps has come, and how long it will take; told before each step. */
#ifndef DRIVE_SESSION_PACE_H
#define DRIVE_SESSION_PACE_H

#include "drive/session/teller.h"

#include <stdint.h>

/* Where nothing better is known: a step from a snapshot, the boot for it, a step that boots. */
#define PACE_STEP_S 2
#define PACE_BOOT_S 5
#define PACE_TIMED_STEP_S 6

struct pace {
	const struct teller *teller;
	size_t of;	  /* steps; 0: not known */
	size_t done;	  /* made or spared */
	size_t made;	  /* of these, in this process */
	double assumed_s; /* all of them, for as long as none is made; NAN: not known */
	uint64_t start_ns;
};

void pace_begin(struct pace *p, const struct teller *t, size_t of, double assumed_s);
/* The next step is begun. @what may be NULL. */
void pace_tell(const struct pace *p, const char *scenario, const char *what);
void pace_made(struct pace *p);
/* @n steps that need not be made. */
void pace_spared(struct pace *p, size_t n);

/* How long the rest will take: at the pace so far, else as was assumed; NAN: not known. Pure. */
double pace_left_s(const struct pace *p, double elapsed_s);

#endif
