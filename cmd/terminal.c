// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/terminal.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct terminal {
	pthread_mutex_t lock;
	bool started, on, colour;
	uint64_t start_ns;
	char sides[2][80];
};

static void start(struct terminal *t)
{
	const char *no_colour = getenv("NO_COLOR"), *name = getenv("TERM");

	if (t->started)
		return;
	t->started = true;
	t->on = isatty(STDERR_FILENO) && (!name || strcmp(name, "dumb") != 0);
	t->colour = t->on && !(no_colour && no_colour[0]);
	t->start_ns = clock_ns();
}

static void draw(const struct terminal *t)
{
	fprintf(stderr, "\r%s%5.1f s%s  %s%s%s\033[K", t->colour ? "\033[2m" : "",
		(double)(clock_ns() - t->start_ns) / 1e9, t->colour ? "\033[0m" : "", t->sides[0],
		t->sides[0][0] && t->sides[1][0] ? " | " : "", t->sides[1]);
	fflush(stderr);
}

/* The next progress draws it again. */
static void clear(const struct terminal *t)
{
	if (t->on)
		fputs("\r\033[K", stderr);
}

static void on_side(void *arg, unsigned side, const char *text)
{
	struct terminal *t = arg;

	if (!t->on || side > 1)
		return;
	pthread_mutex_lock(&t->lock);
	snprintf(t->sides[side], sizeof(t->sides[side]), "%s", text);
	draw(t);
	pthread_mutex_unlock(&t->lock);
}

static void on_note(void *arg, const char *text)
{
	clear(arg);
	fprintf(stderr, "slowpath: %s\n", text);
}

static void on_console(void *arg, const char *kernel, const char *text)
{
	const size_t len = strlen(text);

	clear(arg);
	fprintf(stderr, "--- end of the console of %s ---\n%s%s---\n", kernel, text,
		len && text[len - 1] == '\n' ? "" : "\n");
}

static void on_done(void *arg)
{
	struct terminal *t = arg;

	clear(t);
	t->on = false;
}

struct teller *terminal_teller(void)
{
	static struct terminal terminal = { .lock = PTHREAD_MUTEX_INITIALIZER };
	static struct teller teller = { .note = on_note,
					.side = on_side,
					.console = on_console,
					.done = on_done,
					.arg = &terminal };

	start(&terminal);
	return &teller;
}
