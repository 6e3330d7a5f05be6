// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/probe.h"

#include "guest/work/program.h"
#include "guest/host/report.h"
#include "guest/work/work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"
#define EVENTS TRACEFS "/events/slowpath"
#define HISTOGRAM "hist:keys=n:vals=hitcount:size=16384" /* different values of the argument */
#define TEXT_BYTES_MAX (4u << 20)

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		r = errno ? -errno : -EIO;
	close(fd);
	return r;
}

/* A file that is not there is an option that the kernel was built without. */
static int failed(const char *what, const char *option, int r)
{
	report_error("%s: %s", what, strerror(-r));
	if (r == -ENOENT)
		report_error("needs %s", option);
	return r;
}

/* One event a place: tracefs takes a second probe at a mere address for the first again. */
static int define(unsigned event, const char *where, const char *what)
{
	char definition[PLAN_PROBE_BYTES + 64];
	int r;

	snprintf(definition, sizeof(definition), "p:slowpath/batch%u %s n=%s:u32", event, where,
		 what);
	r = put(TRACEFS "/kprobe_events", definition);
	if (r < 0)
		report_error("'%s': %s", definition, strerror(-r));
	return r;
}

/* At a call the argument is in its register already. */
static int define_probes(const struct plan_header *plan)
{
	static const char *const registers[] = { "%di", "%si", "%dx", "%cx", "%r8", "%r9" };
	int r = 0;

	if (!plan->n_probe_sites) {
		char argument[16];

		snprintf(argument, sizeof(argument), "$arg%u", plan->probe_argument);
		return define(0, plan->probe_function, argument);
	}
	for (unsigned i = 0; r == 0 && i < plan->n_probe_sites; i++) {
		char where[32];

		snprintf(where, sizeof(where), "0x%llx", (unsigned long long)plan->probe_sites[i]);
		r = define(i, where, registers[plan->probe_argument - 1]);
	}
	return r;
}

static unsigned events(const struct plan_header *plan)
{
	return plan->n_probe_sites ? plan->n_probe_sites : 1;
}

/* Every histogram is told to @what: ":pause", ":cont". */
static int tell(const struct plan_header *plan, const char *what)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < events(plan); i++) {
		char path[64];

		snprintf(path, sizeof(path), EVENTS "/batch%u/trigger", i);
		r = put(path, what);
	}
	return r;
}

static int set_probe(const struct plan_header *plan)
{
	int r;

	if (!memchr(plan->probe_function, '\0', sizeof(plan->probe_function)) ||
	    !plan->probe_argument || plan->probe_argument > PLAN_PROBE_ARGUMENTS ||
	    plan->n_probe_sites > PLAN_PROBE_SITES) {
		report_error("plan: no place to probe");
		return -EINVAL;
	}
	if (mount("tracefs", TRACEFS, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 &&
	    errno != EBUSY)
		return failed("tracefs", "CONFIG_TRACING", errno == ENODEV ? -ENOENT : -errno);
	if (access(TRACEFS "/kprobe_events", F_OK) < 0)
		return failed("kprobe_events", "CONFIG_KPROBE_EVENTS", -errno);
	r = define_probes(plan);
	if (r < 0)
		return r;
	if (access(EVENTS "/batch0/hist", F_OK) < 0)
		return failed("hist", "CONFIG_HIST_TRIGGERS", -errno);
	r = tell(plan, HISTOGRAM ":pause");
	if (r < 0)
		report_error("'%s': %s", HISTOGRAM, strerror(-r));
	return r;
}

static int read_histogram(unsigned event, char *room, size_t *len)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), EVENTS "/batch%u/hist", event);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && *len < TEXT_BYTES_MAX &&
	       (n = read(fd, room + *len, TEXT_BYTES_MAX - *len)) > 0)
		*len += (size_t)n;
	if (fd >= 0)
		close(fd);
	return n == 0 ? 0 : -EIO;
}

static int report_histograms(const struct plan_header *plan)
{
	char *room = report_begin(FRAME_PROBE, TEXT_BYTES_MAX);
	size_t len = 0;
	int r = room ? 0 : -ENOMEM;

	for (unsigned i = 0; r == 0 && i < events(plan); i++)
		r = read_histogram(i, room, &len);
	if (room)
		report_end(len);
	if (r < 0)
		report_error("the histogram cannot be read");
	return r;
}

/* The histogram counts in windows only. */
static int iterate(const struct plan_header *plan, const struct work *w)
{
	for (unsigned i = 0; i < w->n_segments; i++) {
		const struct segment *s = &w->segments[i];
		long result = 0;
		int r = segment_before(s), stopped;

		if (r == 0)
			r = tell(plan, HISTOGRAM ":cont");
		if (r == 0)
			r = segment_run(s, &result);
		stopped = tell(plan, HISTOGRAM ":pause");
		if (r == 0)
			r = stopped;
		if (r == 0)
			r = segment_after(s);
		if (r == 0)
			r = program_told(0);
		if (r < 0)
			return work_failed(s, r);
	}
	return 0;
}

int measure_probed(const struct plan_header *plan, unsigned online_cpus)
{
	static struct work w; /* too large for the stack; one plan per boot */
	int r = work_prepare(plan, online_cpus, &w);

	if (r == 0)
		r = set_probe(plan);
	for (unsigned i = 0; r == 0 && i < plan->iterations; i++)
		r = iterate(plan, &w);
	if (r == 0)
		r = report_histograms(plan);
	work_state(&w, FRAME_STATE_END);
	return r;
}
