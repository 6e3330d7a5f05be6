// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of the guest, the same for every kernel: mounts, rests until the kernel's own start-up
 * work is over, pauses (the host takes its snapshot here), reads its plan, carries it out, reports.
 * Whatever goes wrong is said on the console and, where that still works, in the report.
 */
#include "guest/work/exec.h"
#include "guest/measure.h"
#include "guest/host/port.h"
#include "guest/probe.h"
#include "guest/work/region.h"
#include "guest/host/report.h"
#include "guest/shell.h"
#include "guest/memory/state.h"
#include "guest/symbols.h"
#include "guest/timed.h"
#include "proto/counts.h"
#include "proto/crc32.h"
#include "proto/marker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * The kernel verifies signatures, trims lists and settles its workqueues in the first seconds; a
 * window opened right after boot counts that too. Idle virtual time costs the host nothing; where
 * time is real, the host asks for less.
 */
#define BOOT_REST_MS 20000
#define PAGE_BYTES 4096

static void rest_after_boot(void)
{
	const char *wish = getenv(PLAN_REST_VARIABLE);
	unsigned long ms = wish ? strtoul(wish, NULL, 10) : BOOT_REST_MS;
	struct timespec rest = { .tv_sec = (time_t)(ms / 1000),
				 .tv_nsec = (long)(ms % 1000) * 1000000 };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL);
}

static void fatal(const char *what, const char *why)
{
	printf("slowpath-guest: %s: %s\n", what, why);
	fflush(stdout);
	sync();
	reboot(RB_AUTOBOOT); /* -no-reboot: QEMU ends */
	for (;;)
		pause();
}

static void fatal_port(int r)
{
	char needs[128];

	snprintf(needs, sizeof(needs), "needs %s", port_needs);
	fatal("port I/O", r == -ENOSYS ? needs : strerror(-r));
}

static void mount_one(const char *type, const char *at)
{
	mkdir(at, 0755);
	if (mount(type, at, type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 && errno != EBUSY)
		printf("slowpath-guest: cannot mount %s: %s\n", at, strerror(errno));
}

/* A file that a kernel may lack; where it is, it takes the word. */
static void set(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, word, strlen(word)) < 0)
		printf("slowpath-guest: %s: %s\n", path, strerror(errno));
	close(fd);
}

/* Addresses in /proc/kallsyms, whatever the command line says. */
static void unhide_symbols(void)
{
	set("/proc/sys/kernel/kptr_restrict", "0");
}

/*
 * Once a second a worker gives back pages of the per-CPU lists and lets their limits decay. How
 * often it came before a window is a matter of the rests, so the same work found lists of another
 * length each time: most of what measurements of a path that allocates pages differed by. It comes
 * once more, during the rest after the boot, and then not again.
 */
static void hold_page_lists(void)
{
	set("/proc/sys/vm/stat_interval", "1000000");
}

/* The lengths of a plan's parts must add up exactly to what came. */
static const char *check_plan(const struct plan_header *p, int64_t bytes)
{
	const struct plan_segment *segments;
	uint64_t want, ops;

	if (bytes < (int64_t)sizeof(*p))
		return bytes == -ENOENT ? "the host gave none" : "too short";
	if (p->magic != PLAN_MAGIC || p->version != PLAN_VERSION)
		return "of another version of slowpath";
	if (p->length != (uint64_t)bytes ||
	    p->crc != crc32_update(0, p + 1, (size_t)bytes - sizeof(*p)))
		return "damaged";
	if (p->n_maps > PLAN_MAX_MAPS || p->n_ops > PLAN_MAX_OPS ||
	    p->n_segments > MARKER_SEGMENTS || p->n_settings > PLAN_MAX_SETTINGS)
		return "too large";
	want = sizeof(*p) + p->n_settings * sizeof(struct plan_setting) +
	       p->n_maps * sizeof(struct plan_map) + p->n_segments * sizeof(struct plan_segment) +
	       p->n_ops * sizeof(struct plan_op) + p->strings_bytes;
	if (want != p->length)
		return "inconsistent";
	segments = (const void *)((const char *)p + want - p->strings_bytes -
				  p->n_ops * sizeof(struct plan_op) -
				  p->n_segments * sizeof(*segments));
	ops = p->n_prepare;
	for (uint32_t i = 0; i < p->n_segments; i++)
		ops += (uint64_t)segments[i].n_before + segments[i].n_ops + segments[i].n_after;
	return ops == p->n_ops ? NULL : "inconsistent";
}

static int carry_out(unsigned online_cpus)
{
	struct plan_header *plan = malloc(PLAN_MAX_BYTES);
	const char *wrong;
	int r = -EINVAL;

	if (!plan) {
		report_error("no memory for the plan");
		return -ENOMEM;
	}
	wrong = check_plan(plan, fwcfg_read(PLAN_FW_CFG_FILE, plan, PLAN_MAX_BYTES));
	if (wrong)
		report_error("plan: %s", wrong);
	else if (plan->kind == PLAN_SYMBOLS)
		r = symbols_report();
	else if (plan->kind == PLAN_SCENARIO)
		r = measure_counted(plan, online_cpus);
	else if (plan->kind == PLAN_TIMED)
		r = measure_timed(plan, online_cpus);
	else if (plan->kind == PLAN_PROBE)
		r = measure_probed(plan, online_cpus);
	else
		report_error("plan: unknown kind %u", plan->kind);
	free(plan);
	return r;
}

/*
 * Counts the CPUs, then stays on the first: the host reads the report through the page tables of
 * CPU 0, whoever paused the machine.
 */
static unsigned pin(void)
{
	cpu_set_t set;
	unsigned online;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		fatal("sched_getaffinity", strerror(errno));
	online = (unsigned)CPU_COUNT(&set);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		fatal("sched_setaffinity", strerror(errno));
	return online;
}

int main(int argc, char **argv)
{
	unsigned online_cpus;
	int r;

	if (exec_is_meant(argc, argv))
		_exit(0);
	if (argc > 0 && region_is_meant(argv[0]))
		return region_main(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (sysconf(_SC_PAGESIZE) != PAGE_BYTES)
		fatal("pages", "kernels with pages of 4 KiB are measured, and no others");
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	unhide_symbols();
	hold_page_lists();
	/* By which the plugin finds where names of tasks stand. */
	prctl(PR_SET_NAME, COUNTS_OWN_NAME);
	online_cpus = pin();
	r = port_allow();
	if (r < 0)
		fatal_port(r);
	r = report_open();
	if (r < 0)
		fatal("report", strerror(-r));
	if (getenv(PLAN_SHELL_VARIABLE)) {
		r = shell_run(getenv(PLAN_SHELL_VARIABLE));
		if (r < 0)
			fatal("shell", strerror(-r));
		reboot(RB_AUTOBOOT);
	}
	rest_after_boot();
	state_machine();
	report_send(REPORT_READY);
	for (;;) {
		report_reset();
		state_machine();
		r = carry_out(online_cpus);
		report_send(r < 0 ? REPORT_FAILED : REPORT_DONE);
	}
}
