// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/console.h"

#include "base/file.h"
#include "base/proc.h"
#include "proto/plan.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void add_words(struct argv *a, const char *kernel, const char *initrd, int line)
{

	argv_add(a, "-kernel");
	argv_add(a, "%s", kernel);
	argv_add(a, "-initrd");
	argv_add(a, "%s", initrd);
	argv_add(a, "-chardev");
	if (line < 0)
		argv_add(a, "stdio,id=line,signal=off");
	else
		argv_add(a, "socket,id=line,fd=%d", line);
	argv_add(a, "-serial");
	argv_add(a, "chardev:line");
}

/* Passes on what comes after the guest's word that it is ready; *ready tells that it was said. */
static void show(struct buf *said, bool *ready)
{
	char *at =
		*ready ? said->data
		       : memmem(said->data, said->len, PLAN_SHELL_READY, strlen(PLAN_SHELL_READY));

	if (!at)
		return;
	if (!*ready)
		at += strlen(PLAN_SHELL_READY);
	*ready = true;
	file_write_all(STDOUT_FILENO, at, said->len - (size_t)(at - said->data));
	said->len = 0;
}

/* A chunk of standard input to the guest; at its end, "exit". False: there is no more. */
static bool feed(int line)
{
	static const char bye[] = "\nexit\n";
	char chunk[4096];
	ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

	if (n > 0)
		return file_write_all(line, chunk, (size_t)n) == 0;
	file_write_all(line, bye, strlen(bye));
	return false;
}

static int relay(int line, struct err *e)
{
	_cleanup_buf_ struct buf said = { 0 };
	bool ready = false, more = true;

	for (;;) {
		struct pollfd p[] = { { .fd = line, .events = POLLIN },
				      { .fd = ready && more ? STDIN_FILENO : -1,
					.events = POLLIN } };
		ssize_t n;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_errno(e, errno, "poll");
		if (p[1].revents)
			more = feed(line);
		if (!p[0].revents)
			continue;
		if (buf_reserve(&said, 4096) < 0)
			return err_oom(e);
		n = read(line, said.data + said.len, 4096);
		if (n <= 0)
			return 0;
		said.len += (size_t)n;
		show(&said, &ready);
	}
}

/* @pair: this process's end of the line and QEMU's, or -1. */
static int run(struct argv *words, const int pair[2], struct err *e)
{
	const int keep[] = { pair[1], -1 };
	const struct proc_opts o = { .argv = (const char *const *)words->words,
				     .fd_out = -1,
				     .fd_err = STDERR_FILENO,
				     .keep_fds = keep,
				     .foreground = pair[0] < 0 };
	_cleanup_proc_ struct proc p = PROC_NONE;
	char how[64];
	int r = proc_start(&o, &p, e);

	if (pair[1] >= 0)
		close(pair[1]);
	if (r == 0 && pair[0] >= 0)
		r = relay(pair[0], e);
	if (r < 0)
		return r;
	proc_wait(&p, -1);
	return p.status ? err_set(e, EIO, "QEMU ended (%s)", proc_describe(&p, how, sizeof(how)))
			: 0;
}

int console_run(const struct qemu *q, const struct machine_spec *s, const char *kernel,
		const char *initrd, bool script, struct err *e)
{
	_cleanup_argv_ struct argv words = { 0 };
	int pair[2] = { -1, -1 };
	int r;

	argv_add(&words, "%s", q->path);
	r = argv_machine(&words, s, e);
	if (r == 0 && script && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		r = err_errno(e, errno, "socketpair");
	add_words(&words, kernel, initrd, pair[1]);
	if (r == 0 && argv_error(&words))
		r = err_oom(e);
	if (r == 0)
		r = run(&words, pair, e);
	if (pair[0] >= 0)
		close(pair[0]);
	return r;
}
