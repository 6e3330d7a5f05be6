// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/terminal/progress.h"

#include "base/clock.h"
#include "kernel/store/watch.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define CLEAR "\r\033[K"

static uint64_t machine_ns(void *arg)
{
	(void)arg;
	return clock_ns();
}

void progress_init(struct progress *p, FILE *to, uint64_t (*now_ns)(void *arg), void *arg)
{
	const char *no_colour = getenv("NO_COLOR"), *name = getenv("TERM");
	const bool dumb = name && !strcmp(name, "dumb");
	pthread_condattr_t monotonic;

	*p = (struct progress){ .to = to,
				.fd = isatty(fileno(to)) && !dumb ? fileno(to) : -1,
				.now_ns = now_ns ? now_ns : machine_ns,
				.now_arg = arg };
	p->colour = p->fd >= 0 && !(no_colour && no_colour[0]);
	p->start_ns = p->now_ns(arg);
	p->state.total_s = NAN;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static bool shown(const struct progress *p)
{
	return p->on && p->fd >= 0;
}

static double elapsed_s(const struct progress *p)
{
	return (double)(p->now_ns(p->now_arg) - p->start_ns) / 1e9;
}

/* With the lock held, as the functions below. */
static void draw(struct progress *p)
{
	struct winsize size = { 0 };
	struct progress_line line;

	if (!shown(p))
		return;
	if (p->state.watching)
		p->state.watch_done = watch_done(p->state.kind, p->watch_path);
	if (ioctl(p->fd, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		size.ws_col = COLUMNS_DEFAULT;
	line = progress_line(&p->state, elapsed_s(p), size.ws_col);
	fprintf(p->to, "\r%s%s%s%s\033[K", p->colour ? "\033[2m" : "", line.time,
		p->colour ? "\033[0m" : "", line.rest);
	fflush(p->to);
}

static void clear(const struct progress *p)
{
	if (!shown(p))
		return;
	fputs(CLEAR, p->to);
	fflush(p->to);
}

/* What a terminal would take for a command of its own is not shown. */
static void put(char out[PROGRESS_TEXT_BYTES], const char *text)
{
	snprintf(out, PROGRESS_TEXT_BYTES, "%s", text ? text : "");
	for (char *c = out; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
}

static void forget(struct progress *p)
{
	p->state = (struct progress_state){ .total_s = NAN };
	free(p->watch_path);
	p->watch_path = NULL;
}

static void *tick(void *arg)
{
	struct progress *p = arg;

	pthread_mutex_lock(&p->lock);
	while (p->ticking) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += PROGRESS_TICK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&p->wake, &p->lock, &until);
		if (p->ticking)
			draw(p);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the thread that waits; if there is no room for another, the line stands still. */
static void start_ticking(struct progress *p)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	p->ticking = true;
	p->ticking = pthread_create(&p->thread, NULL, tick, p) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void begin(struct progress *p, const char *what, bool at_once, bool with_ticks)
{
	pthread_mutex_lock(&p->lock);
	p->on = true;
	if (shown(p)) {
		put(p->state.what, what);
		if (at_once)
			draw(p);
		if (with_ticks && !p->ticking)
			start_ticking(p);
	}
	pthread_mutex_unlock(&p->lock);
}

void progress_begin(struct progress *p, const char *what, bool with_ticks)
{
	begin(p, what, true, with_ticks);
}

void progress_wait(struct progress *p, const char *what)
{
	begin(p, what, false, true);
}

void progress_end(struct progress *p)
{
	bool wait;

	pthread_mutex_lock(&p->lock);
	clear(p);
	p->on = false;
	forget(p);
	wait = p->ticking;
	p->ticking = false;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	if (wait)
		pthread_join(p->thread, NULL);
}

void progress_step(struct progress *p, size_t at, size_t of, const char *scenario, const char *what,
		   double left_s)
{
	pthread_mutex_lock(&p->lock);
	p->state.at = at;
	p->state.of = of;
	put(p->state.scenario, scenario);
	put(p->state.what, what);
	p->state.total_s = elapsed_s(p) + left_s;
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_side(struct progress *p, unsigned side, const char *text)
{
	if (side > 1)
		return;
	pthread_mutex_lock(&p->lock);
	/* What was said before there was a step: it has begun. */
	if (!p->state.at)
		p->state.what[0] = '\0';
	put(p->state.sides[side], text);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_watch(struct progress *p, const struct kernel_watch *w)
{
	pthread_mutex_lock(&p->lock);
	free(p->watch_path);
	p->watch_path = w ? strdup(w->path) : NULL;
	p->state.watching = p->watch_path != NULL;
	if (w) {
		p->state.kind = w->kind;
		p->state.watch_about = w->about;
		put(p->state.watched, w->what);
	}
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_tick(struct progress *p)
{
	pthread_mutex_lock(&p->lock);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_print(struct progress *p, FILE *to, const char *text)
{
	pthread_mutex_lock(&p->lock);
	clear(p);
	fputs(text, to);
	fflush(to);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}
