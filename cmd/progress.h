/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress on stderr, on a terminal only: one line that shows what each side does. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
	pthread_mutex_t lock;
	bool on;
	bool colour;
	uint64_t start_ns;
	char sides[2][80];
};

void progress_start(struct progress *p);
/* A lab_progress_fn; @arg is the struct progress. */
void progress_side(void *arg, unsigned side, const char *text);
/* Takes the line away, for something that is printed; the next progress draws it again. */
void progress_clear(const struct progress *p);
/* Takes it away for good. */
void progress_stop(struct progress *p);

#endif
