// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/probe.h"

#include "guest/report.h"
#include "guest/work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"
#define EVENT TRACEFS "/events/slowpath/batch"
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

static int set_probe(const struct plan_header *plan)
{
	char definition[PLAN_PROBE_BYTES + 64];
	int r;

	if (!memchr(plan->probe_function, '\0', sizeof(plan->probe_function)) ||
	    !plan->probe_argument || plan->probe_argument > PLAN_PROBE_ARGUMENTS) {
		report_error("plan: no place to probe");
		return -EINVAL;
	}
	if (mount("tracefs", TRACEFS, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 &&
	    errno != EBUSY)
		return failed("tracefs", "CONFIG_TRACING", errno == ENODEV ? -ENOENT : -errno);
	snprintf(definition, sizeof(definition), "p:slowpath/batch %s n=$arg%u:u32",
		 plan->probe_function, plan->probe_argument);
	if (access(TRACEFS "/kprobe_events", F_OK) < 0)
		return failed("kprobe_events", "CONFIG_KPROBE_EVENTS", -errno);
	r = put(TRACEFS "/kprobe_events", definition);
	if (r < 0) {
		report_error("'%s': %s", definition, strerror(-r));
		return r;
	}
	if (access(EVENT "/hist", F_OK) < 0)
		return failed("hist", "CONFIG_HIST_TRIGGERS", -errno);
	r = put(EVENT "/trigger", HISTOGRAM ":pause");
	if (r < 0)
		report_error("'%s': %s", HISTOGRAM, strerror(-r));
	return r;
}

static int report_histogram(void)
{
	char *room = report_begin(FRAME_PROBE, TEXT_BYTES_MAX);
	int fd = open(EVENT "/hist", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && room && len < TEXT_BYTES_MAX &&
	       (n = read(fd, room + len, TEXT_BYTES_MAX - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	if (room)
		report_end(len);
	if (n == 0 && room)
		return 0;
	report_error("the histogram cannot be read");
	return -EIO;
}

/* The histogram counts in windows only. */
static int iterate(const struct work *w)
{
	for (unsigned i = 0; i < w->n_segments; i++) {
		const struct segment *s = &w->segments[i];
		long result = 0;
		int r = segment_before(s), stopped;

		if (r == 0)
			r = put(EVENT "/trigger", HISTOGRAM ":cont");
		if (r == 0)
			r = segment_run(s, &result);
		stopped = put(EVENT "/trigger", HISTOGRAM ":pause");
		if (r == 0)
			r = stopped;
		if (r == 0)
			r = segment_after(s);
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
		r = iterate(&w);
	if (r == 0)
		r = report_histogram();
	work_state(&w, FRAME_STATE_END);
	return r;
}
