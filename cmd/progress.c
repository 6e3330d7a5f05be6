// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void progress_start(struct progress *p)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	p->on = isatty(STDERR_FILENO) && (!terminal || strcmp(terminal, "dumb") != 0);
	p->colour = p->on && !(no_colour && no_colour[0]);
	p->start_ns = clock_ns();
}

static void draw(const struct progress *p)
{
	fprintf(stderr, "\r%s%5.1f s%s  %s%s%s\033[K", p->colour ? "\033[2m" : "",
		(double)(clock_ns() - p->start_ns) / 1e9, p->colour ? "\033[0m" : "", p->sides[0],
		p->sides[0][0] && p->sides[1][0] ? " | " : "", p->sides[1]);
	fflush(stderr);
}

void progress_side(void *arg, unsigned side, const char *text)
{
	struct progress *p = arg;

	if (!p->on || side > 1)
		return;
	pthread_mutex_lock(&p->lock);
	snprintf(p->sides[side], sizeof(p->sides[side]), "%s", text);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_clear(const struct progress *p)
{
	if (p->on)
		fputs("\r\033[K", stderr);
}

void progress_stop(struct progress *p)
{
	progress_clear(p);
	p->on = false;
}
