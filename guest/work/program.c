// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/program.h"

#include "guest/memory/disk.h"
#include "guest/work/furnish.h"
#include "guest/work/region.h"
#include "guest/host/report.h"
#include "guest/host/unpack.h"
#include "proto/parcel.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A limit for files is what ends a program that prints without end, and it is one for the program's
 * own files, too. So it is where none of them comes, and what is printed goes just below it.
 */
#define FILE_MAX (1ll << 40)
#define OUTPUT_AT (FILE_MAX - REPORT_OUTPUT_MAX)

/* Unless its environment says otherwise. */
static const char *const usual_environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/tmp",
	"USER=root",
	"LOGNAME=root",
	"SHELL=/bin/sh",
	"PWD=/tmp",
};
#define N_USUAL (sizeof(usual_environment) / sizeof(usual_environment[0]))

struct program {
	const char *strings; /* of the plan */
	size_t bytes;
	char *words[PLAN_PROGRAM_WORDS_MAX + 1];
	char *environment[PLAN_PROGRAM_WORDS_MAX + N_USUAL + 1];
	char path[PARCEL_NAME_MAX];
	int disk; /* there is one that it may write to */
	int ran;  /* since what it finds was furnished */
	int out;  /* what it prints, from OUTPUT_AT on */
	posix_spawn_file_actions_t streams;
	posix_spawnattr_t usual; /* not before all others, as this task is */
};

static struct program program = { .out = -1 };

/* 0 or an errno. */
static int prepare_spawn(void)
{
	const struct sched_param usual = { .sched_priority = 0 };
	const struct rlimit files = { FILE_MAX, FILE_MAX };
	const char *in = access("/" PARCEL_STDIN, R_OK) ? "/dev/null" : "/" PARCEL_STDIN;
	posix_spawn_file_actions_t *a = &program.streams;
	int r = posix_spawn_file_actions_init(a);

	r = r ? r : posix_spawn_file_actions_addopen(a, 0, in, O_RDONLY, 0);
	r = r ? r : posix_spawn_file_actions_adddup2(a, program.out, 1);
	r = r ? r : posix_spawn_file_actions_adddup2(a, program.out, 2);
	r = r ? r : posix_spawn_file_actions_addchdir_np(a, "/tmp");
	r = r ? r : posix_spawnattr_init(&program.usual);
	r = r ? r : posix_spawnattr_setflags(&program.usual, POSIX_SPAWN_SETSCHEDULER);
	r = r ? r : posix_spawnattr_setschedpolicy(&program.usual, SCHED_OTHER);
	r = r ? r : posix_spawnattr_setschedparam(&program.usual, &usual);
	/* Inherited; this task itself writes no files. */
	setrlimit(RLIMIT_FSIZE, &files);
	return r;
}

int program_open(const struct plan_header *plan)
{
	const char *end = (const char *)plan + plan->length;
	int r;

	if (!plan->strings_bytes)
		return 0;
	if (end[-1] != '\0') {
		report_error("plan: a word of the program does not end");
		return -EINVAL;
	}
	program.strings = end - plan->strings_bytes;
	program.bytes = plan->strings_bytes;
	program.disk = plan->disk_fs != PLAN_DISK_NONE;
	furnish();
	r = unpack_parcel();
	region_furnish();
	if (r == 0)
		r = furnish_again();
	if (r < 0)
		return r;
	program.out = memfd_create("output", MFD_CLOEXEC);
	if (program.out < 0) {
		report_error("no file for what the program prints: %s", strerror(errno));
		return -errno;
	}
	program_forget();
	return -prepare_spawn();
}

static long ended(int status)
{
	if (WIFSIGNALED(status))
		report_error("the program was killed by signal %d (%s)%s", WTERMSIG(status),
			     strsignal(WTERMSIG(status)),
			     WTERMSIG(status) == SIGXFSZ ? ": it printed more than 1 MiB" : "");
	else if (WEXITSTATUS(status))
		report_error("the program ended with status %d", WEXITSTATUS(status));
	else
		return 0;
	program_told(0);
	return -ECANCELED;
}

/* This task has CPU 0 to itself; a program may run anywhere, and starts where it was started. */
static void take_cpus(int all)
{
	cpu_set_t set;

	if (get_nprocs() == 1)
		return;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (all)
		memset(&set, 0xff, sizeof(set));
	sched_setaffinity(0, sizeof(set), &set);
}

static long run_program(const struct op *op)
{
	pid_t pid;
	int status = 0, r;

	(void)op;
	program.ran = 1;
	take_cpus(1);
	r = posix_spawn(&pid, program.path, &program.streams, &program.usual, program.words,
			program.environment);
	while (r == 0 && waitpid(pid, &status, 0) < 0)
		r = errno == EINTR ? 0 : errno;
	take_cpus(0);
	if (r) {
		report_error("the program cannot be executed: %s", strerror(r));
		return -ECANCELED;
	}
	return status ? ended(status) : 0;
}

/* Words from @from on into @out; where the next begin, or NULL if there are too few. */
static const char *take_words(const char *from, unsigned count, char **out)
{
	const char *end = program.strings + program.bytes;

	if (count > PLAN_PROGRAM_WORDS_MAX)
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		if (from >= end)
			return NULL;
		out[i] = (char *)from;
		from += strlen(from) + 1;
	}
	out[count] = NULL;
	return from;
}

/* Behind the @count variables that were asked for. */
static void add_usual(unsigned count)
{
	char **all = program.environment;

	for (unsigned i = 0; i < N_USUAL; i++) {
		size_t key = strcspn(usual_environment[i], "=") + 1;
		unsigned k = 0;

		while (all[k] && strncmp(all[k], usual_environment[i], key) != 0)
			k++;
		if (!all[k])
			all[count++] = (char *)usual_environment[i];
	}
}

int program_resolve(const struct plan_op *p, struct op *out)
{
	const char *rest = program.strings;

	if (rest && p->arg)
		rest = take_words(rest, (unsigned)p->arg, program.words);
	if (!rest || !p->arg || !take_words(rest, (unsigned)p->arg2, program.environment) ||
	    strchr(program.words[0], '/') ||
	    snprintf(program.path, sizeof(program.path), "/" PARCEL_PROGRAMS "/%s",
		     program.words[0]) >= (int)sizeof(program.path))
		return -EINVAL;
	add_usual((unsigned)p->arg2);
	out->run = run_program;
	return p->flags & PLAN_OP_CGROUP ? furnish_cgroup() : 0;
}

/* What the program has left running would be in the way of its next execution. */
static void end_all(void)
{
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

int program_before(void)
{
	int r;

	if (!program.ran)
		return 0;
	end_all();
	r = furnish_again();
	program.ran = 0;
	if (r >= 0 && program.disk) {
		int left = disk_empty();

		r = left < 0 ? left : r | left;
	}
	return r;
}

void program_forget(void)
{
	if (program.out < 0)
		return;
	end_all();
	if (ftruncate(program.out, 0) == 0)
		lseek(program.out, OUTPUT_AT, SEEK_SET);
}

int program_told(unsigned phase)
{
	struct report_output head = { .phase = phase };
	uint8_t *room;
	off_t bytes;

	if (program.out < 0)
		return 0;
	end_all();
	bytes = lseek(program.out, 0, SEEK_END) - OUTPUT_AT;
	if (bytes < 0)
		bytes = 0; /* nothing */
	room = report_begin(FRAME_OUTPUT, sizeof(head) + (size_t)bytes);
	if (!room || pread(program.out, room + sizeof(head), (size_t)bytes, OUTPUT_AT) != bytes) {
		report_error("what the program printed does not fit into the report");
		return -ENOSPC;
	}
	memcpy(room, &head, sizeof(head));
	report_end(sizeof(head) + (size_t)bytes);
	program_forget();
	return 0;
}
