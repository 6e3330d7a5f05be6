/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress, told to whoever asked for it. */
#ifndef KERNEL_STORE_NOTE_H
#define KERNEL_STORE_NOTE_H

#include "kernel/store/store.h"

/* Who hears of progress. */
struct notes {
	kernel_note_fn fn; /* may be NULL */
	void *arg;
};

void note(const struct notes *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
