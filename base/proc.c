// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/proc.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Keeps @fd open across exec and everything else above stderr closed. */
static void child_descriptors(const struct proc_opts *o)
{
	int null = o->foreground ? -1 : open("/dev/null", O_RDWR);
	int in = o->in_path ? open(o->in_path, O_RDONLY) : null;

	if (!o->foreground) {
		dup2(in >= 0 ? in : null, STDIN_FILENO);
		dup2(o->fd_out >= 0 ? o->fd_out : null, STDOUT_FILENO);
		dup2(o->fd_err >= 0 ? o->fd_err : null, STDERR_FILENO);
	}
	syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
	for (const int *fd = o->keep_fds; fd && *fd >= 0; fd++)
		fcntl(*fd, F_SETFD, 0);
}

/* Waits for the end of the first of two processes: 0 or 1. */
static int first_to_end(int a, int b)
{
	struct pollfd p[2] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	return p[0].revents ? 0 : 1;
}

/*
 * In the child's group, which cannot be anybody else's while this process is in it: the child's end
 * is that of all that it started, and so is the parent's. Between both, a child may tidy up.
 */
static void see_to_the_end(int child, int parent, int signal_number)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "slowpath-end");
	if (first_to_end(child, parent) == 1) {
		kill(0, signal_number);
		first_to_end(child, child);
	}
	kill(0, SIGKILL);
	_exit(0);
}

/*
 * Starts that process. It is no child of the program's, which would wonder at it, and it has no
 * descriptors: not the pipes that somebody reads to their end, nor locks.
 */
static int start_seeing(int parent, int signal_number)
{
	int child = (int)syscall(SYS_pidfd_open, getpid(), 0), status = 0;
	pid_t between = child < 0 ? -1 : fork();

	if (between < 0)
		return -1;
	if (between == 0) {
		pid_t last = fork();

		if (last != 0)
			_exit(last < 0);
		if (dup2(child, STDIN_FILENO) < 0 || dup2(parent, STDOUT_FILENO) < 0)
			_exit(1);
		syscall(SYS_close_range, 2U, ~0U, 0U);
		see_to_the_end(STDIN_FILENO, STDOUT_FILENO, signal_number);
	}
	while (waitpid(between, &status, 0) < 0 && errno == EINTR)
		;
	close(child);
	errno = EAGAIN;
	return status ? -1 : 0;
}

static void child_run(const struct proc_opts *o, pid_t parent, int parent_fd, int report)
{
	const int death_signal = o->death_signal ? o->death_signal : SIGKILL;
	sigset_t none;
	int code;

	prctl(PR_SET_PDEATHSIG, death_signal);
	if (getppid() != parent)
		_exit(127);
	/* Ctrl-C reaches the whole foreground group; only slowpath itself decides what ends. */
	if (!o->foreground)
		setpgid(0, 0);
	if (parent_fd >= 0 && start_seeing(parent_fd, death_signal) < 0)
		goto failed;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	child_descriptors(o);
	for (const char *const *kv = o->env; kv && *kv; kv++)
		putenv((char *)*kv); /* glibc removes what has no '=' */
	if ((!o->cpus || sched_setaffinity(0, sizeof(*o->cpus), o->cpus) == 0) &&
	    (!o->cwd || chdir(o->cwd) == 0))
		execvp(o->argv[0], (char *const *)o->argv);
failed:
	code = errno;
	if (write(report, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

int proc_start(const struct proc_opts *o, struct proc *p, struct err *e)
{
	int report[2], code = 0;
	pid_t parent = getpid();
	_cleanup_close_ int parent_fd = -1;
	ssize_t n;

	*p = PROC_NONE;
	if (!o->foreground && !o->lone) {
		parent_fd = (int)syscall(SYS_pidfd_open, parent, 0);
		if (parent_fd < 0)
			return err_errno(e, errno, "pidfd_open");
	}
	if (pipe2(report, O_CLOEXEC) < 0)
		return err_errno(e, errno, "pipe");
	p->pid = fork();
	if (p->pid < 0) {
		code = errno;
		p->pid = 0;
		close(report[0]);
		close(report[1]);
		return err_errno(e, code, "fork");
	}
	if (p->pid == 0)
		child_run(o, parent, parent_fd, report[1]);
	close(report[1]);
	do {
		n = read(report[0], &code, sizeof(code));
	} while (n < 0 && errno == EINTR);
	close(report[0]);
	if (n == sizeof(code)) {
		waitpid(p->pid, &p->status, 0);
		p->pid = 0;
		return err_errno(e, code, "cannot run %s", o->argv[0]);
	}
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0) {
		code = errno;
		proc_kill(p);
		return err_errno(e, code, "pidfd_open");
	}
	return 0;
}

int proc_wait(struct proc *p, int timeout_ms)
{
	struct pollfd pfd = { .fd = p->pidfd, .events = POLLIN };
	int n;

	if (p->pid <= 0)
		return 0;
	do {
		n = poll(&pfd, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return -ETIMEDOUT;
	while (waitpid(p->pid, &p->status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	close(p->pidfd);
	p->pidfd = -1;
	return 0;
}

void proc_kill(struct proc *p)
{
	if (p->pid > 0) {
		/* The child leads a group (see child_run()): a build's compilers end with make. */
		kill(-p->pid, SIGKILL);
		kill(p->pid, SIGKILL);
		while (waitpid(p->pid, &p->status, 0) < 0 && errno == EINTR)
			;
	}
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pid = 0;
	p->pidfd = -1;
}

const char *proc_describe(const struct proc *p, char *text, size_t len)
{
	if (WIFEXITED(p->status))
		snprintf(text, len, "exit status %d", WEXITSTATUS(p->status));
	else if (WIFSIGNALED(p->status))
		snprintf(text, len, "killed by signal %d (%s)", WTERMSIG(p->status),
			 strsignal(WTERMSIG(p->status)));
	else
		snprintf(text, len, "still running");
	return text;
}

/* Reads what is there; 0 at end of file, 1 if more may come, -errno. */
static int drain(int fd, size_t max, struct buf *out)
{
	char block[16384];
	ssize_t n = read(fd, block, sizeof(block));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	if (n == 0)
		return 0;
	if (out && out->len + (size_t)n > max)
		return -EFBIG;
	if (out && buf_add(out, block, (size_t)n) < 0)
		return -ENOMEM;
	return 1;
}

static int collect(int fds[2], size_t max, struct buf *bufs[2])
{
	struct pollfd pfd[2] = { { .fd = fds[0], .events = POLLIN },
				 { .fd = fds[1], .events = POLLIN } };

	while (pfd[0].fd >= 0 || pfd[1].fd >= 0) {
		if (poll(pfd, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		for (int i = 0; i < 2; i++) {
			int r;

			if (pfd[i].fd < 0 || !pfd[i].revents)
				continue;
			r = drain(pfd[i].fd, max, bufs[i]);
			if (r < 0)
				return r;
			if (r == 0)
				pfd[i].fd = -1;
		}
	}
	return 0;
}

int proc_capture(const struct proc_opts *opts, size_t max, struct buf *out, struct buf *err_out,
		 struct err *e)
{
	_cleanup_proc_ struct proc p = PROC_NONE;
	struct buf *bufs[2] = { out, err_out };
	int a[2] = { -1, -1 }, b[2] = { -1, -1 };
	struct proc_opts o = *opts;
	int fds[2], r;

	if (pipe2(a, O_CLOEXEC) < 0)
		return err_errno(e, errno, "pipe");
	if (pipe2(b, O_CLOEXEC) < 0) {
		r = err_errno(e, errno, "pipe");
		goto out_a;
	}
	o.fd_out = a[1];
	o.fd_err = b[1];
	r = proc_start(&o, &p, e);
	close(a[1]);
	close(b[1]);
	a[1] = b[1] = -1;
	if (r < 0)
		goto out_b;
	fds[0] = a[0];
	fds[1] = b[0];
	r = collect(fds, max, bufs);
	if (r < 0) {
		err_errno(e, -r, "output of %s", o.argv[0]);
		goto out_b;
	}
	proc_wait(&p, -1);
	if (WIFEXITED(p.status)) {
		r = WEXITSTATUS(p.status);
	} else {
		char text[64];

		r = err_set(e, EINTR, "%s: %s", o.argv[0], proc_describe(&p, text, sizeof(text)));
	}
out_b:
	close(b[0]);
	if (b[1] >= 0)
		close(b[1]);
out_a:
	close(a[0]);
	if (a[1] >= 0)
		close(a[1]);
	return r;
}

char *proc_find(const char *name)
{
	const char *path = getenv("PATH");
	_cleanup_free_ char *copy = NULL;
	char *save = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? strdup(name) : NULL;
	copy = strdup(path ? path : "/usr/local/bin:/usr/bin:/bin");
	if (!copy)
		return NULL;
	for (char *d = strtok_r(copy, ":", &save); d; d = strtok_r(NULL, ":", &save)) {
		char *full = str_printf("%s/%s", d, name);

		if (full && access(full, X_OK) == 0)
			return full;
		free(full);
	}
	return NULL;
}
