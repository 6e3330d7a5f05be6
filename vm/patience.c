// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/patience.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S 1000000000u

void patience_start(struct patience *p, unsigned deadline_s, const struct patience_look *first)
{
	*p = (struct patience){ .deadline_s = deadline_s,
				.first = *first,
				.last = *first,
				.executed = *first,
				.ran = *first,
				.asleep_ns = first->now_ns };
}

static uint64_t done_insns(const struct patience *p)
{
	return p->last.insns - p->first.insns;
}

static uint64_t done_cpu_ns(const struct patience *p)
{
	return p->last.cpu_ns - p->first.cpu_ns;
}

/* What the guest has done in this wait, for messages. */
static const char *work(const struct patience *p, char *text, size_t len)
{
	if (p->last.counted)
		snprintf(text, len, "executed %.3f billion instructions",
			 (double)done_insns(p) / 1e9);
	else
		snprintf(text, len, "had %.1f s of CPU time", (double)done_cpu_ns(p) / 1e9);
	return text;
}

static int too_much(const struct patience *p, const char *what, struct err *e)
{
	char text[80];

	if (p->last.counted)
		return err_unmeasured(e, ETIME,
				      "the guest hung while %s: it %s, and --deadline %u allows "
				      "%.3f billion",
				      what, work(p, text, sizeof(text)), p->deadline_s,
				      (double)p->deadline_s * PATIENCE_INSNS_PER_S / 1e9);
	return err_unmeasured(e, ETIME,
			      "the guest hung while %s: its CPU ran for %.1f s, and --deadline "
			      "allows %u",
			      what, (double)done_cpu_ns(p) / 1e9, p->deadline_s);
}

static int standstill(const struct patience *p, const char *what, struct err *e)
{
	char text[80];

	work(p, text, sizeof(text));
	if (p->last.asleep)
		return err_unmeasured(e, ETIMEDOUT,
				      "the guest hung while %s: it %s, then halted, and nothing "
				      "has woken it for %u s (--deadline)",
				      what, text, p->deadline_s);
	return err_set(e, ETIMEDOUT,
		       "the host has let the guest execute nothing for %u s while %s; it %s "
		       "before; a larger --deadline waits longer",
		       p->deadline_s, what, text);
}

static uint64_t limit_ns(const struct patience *p)
{
	return (uint64_t)p->deadline_s * NS_PER_S;
}

static bool worked_enough(const struct patience *p)
{
	return p->last.counted ? done_insns(p) > (uint64_t)p->deadline_s * PATIENCE_INSNS_PER_S
			       : done_cpu_ns(p) > limit_ns(p);
}

/* Neither an instruction nor CPU time. */
static bool stands_still(const struct patience *p)
{
	return p->last.now_ns - p->ran.now_ns > limit_ns(p) &&
	       (!p->last.counted || p->last.now_ns - p->executed.now_ns > limit_ns(p));
}

/*
 * CPU time, but no instruction: with its interrupts off a halted guest has timers fire in vain. An
 * emulator may also count in steps of 2^31 instructions, so it is given the deadline in CPU time.
 */
static bool runs_in_vain(const struct patience *p)
{
	return p->last.counted && p->last.cpu_ns - p->executed.cpu_ns > limit_ns(p);
}

static int in_vain(const struct patience *p, const char *what, struct err *e)
{
	char text[80];

	return err_unmeasured(e, ETIMEDOUT,
			      "the guest hung while %s: it %s, then none in %u s of CPU time "
			      "(--deadline)",
			      what, work(p, text, sizeof(text)), p->deadline_s);
}

int patience_look(struct patience *p, const struct patience_look *look, const char *what,
		  struct err *e)
{
	const bool executed = look->counted && look->insns != p->executed.insns;
	const bool ran = look->cpu_ns != p->ran.cpu_ns;

	p->last = *look;
	if (executed)
		p->executed = *look;
	if (ran)
		p->ran = *look;
	if (executed || ran || !look->asleep)
		p->asleep_ns = look->now_ns;
	if (worked_enough(p))
		return too_much(p, what, e);
	if (runs_in_vain(p))
		return in_vain(p, what, e);
	/* Asleep for less than that: it may be the guest or the host, which the next looks tell. */
	if (!stands_still(p) || (look->asleep && look->now_ns - p->asleep_ns <= limit_ns(p)))
		return 0;
	return standstill(p, what, e);
}

bool patience_moved(const struct patience *p)
{
	return p->last.now_ns == p->executed.now_ns || p->last.now_ns == p->ran.now_ns;
}

/* "4444 (CPU 0/TCG) S ...": the state, and of the numbers behind it the 11th and 12th are times. */
static bool read_thread(pid_t qemu, pid_t thread, uint64_t *cpu_ns, char *state)
{
	unsigned long long user, kernel;
	char path[64], text[1024];
	const char *rest;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)qemu, (int)thread);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", state,
			    &user, &kernel) != 3)
		return false;
	*cpu_ns = (user + kernel) * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
	return true;
}

void patience_read_threads(pid_t qemu, const pid_t *threads, unsigned n, struct patience_look *out)
{
	out->cpu_ns = 0;
	out->asleep = n > 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t cpu_ns;
		char state;

		if (!read_thread(qemu, threads[i], &cpu_ns, &state)) {
			out->asleep = false;
			continue;
		}
		if (cpu_ns > out->cpu_ns)
			out->cpu_ns = cpu_ns;
		out->asleep = out->asleep && state == 'S';
	}
}
