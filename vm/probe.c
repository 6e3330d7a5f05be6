// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/probe.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "vm/qmp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define PROBE_S 20
#define SAID_MAX (1u << 20)

static int read_said(int fd, struct buf *said, struct err *e)
{
	_cleanup_free_ char *path = str_printf("/proc/self/fd/%d", fd);

	return path ? file_read(path, SAID_MAX, said, e) : err_oom(e);
}

/* QEMU is gone; it wrote to @fd. */
static int ended(const struct qemu *q, struct proc *p, int fd, struct err *e)
{
	_cleanup_buf_ struct buf said = { 0 };
	struct err ignored;
	const char *why = "";
	char how[64];

	proc_wait(p, 1000);
	if (read_said(fd, &said, &ignored) == 0 && said.len) {
		int r = qemu_last_words(q, said.data, &why, e);

		if (r < 0)
			return r;
	}
	return err_set(e, EIO, "QEMU does not start (%s)%s%s", proc_describe(p, how, sizeof(how)),
		       *why ? ": " : "", why);
}

/*
 * QEMU greets as soon as it has a monitor, but answers from its main loop only: by then it has
 * taken all of its command line, plugins included.
 */
static int wait_answer(struct qmp *q, struct err *e)
{
	uint64_t until_ns = clock_ns() + PROBE_S * 1000000000ull;
	int r = qmp_send(q, "qmp_capabilities", NULL, -1, e);

	if (r == -EPIPE || r == -ECONNRESET)
		return -ENODATA;
	while (r == 0) {
		struct pollfd p = { .fd = q->fd, .events = POLLIN };
		json_t *message;
		int bad;

		while ((message = qmp_next(q, &bad))) {
			bool answered = json_object_get(message, "return");

			json_decref(message);
			if (answered)
				return 0;
		}
		if (bad)
			return err_set(e, EPROTO, "QEMU's monitor sent what is not JSON");
		if (clock_ns() >= until_ns)
			return err_set(e, ETIMEDOUT, "QEMU is silent for %d s", PROBE_S);
		if (poll(&p, 1, 100) < 0 && errno != EINTR)
			return err_errno(e, errno, "poll");
		r = qmp_receive(q, e);
	}
	return r;
}

static int run(const struct qemu *qemu, struct argv *words, struct qmp *monitor, const int *keep,
	       struct buf *heard, struct err *e)
{
	_cleanup_close_ int said = memfd_create("qemu-said", MFD_CLOEXEC);
	struct proc_opts o = { .argv = (const char *const *)words->words,
			       .cwd = "/",
			       .fd_out = said,
			       .fd_err = said,
			       .keep_fds = keep };
	_cleanup_proc_ struct proc p = PROC_NONE;
	int r;

	if (said < 0)
		return err_errno(e, errno, "memfd_create");
	r = proc_start(&o, &p, e);
	close(keep[0]); /* QEMU's end: that it is gone shows here */
	if (r < 0)
		return r;
	r = wait_answer(monitor, e);
	if (r == -ENODATA)
		return ended(qemu, &p, said, e);
	return r == 0 && heard ? read_said(said, heard, e) : r;
}

/* @words are taken over; @keep_fd (or -1) is handed to QEMU; @heard: what it says, or NULL. */
static int start(const struct qemu *q, struct argv *words, int keep_fd, struct buf *heard,
		 struct err *e)
{
	struct qmp monitor;
	int pair[2], keep[3] = { -1, keep_fd, -1 }, r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, errno, "socketpair");
	qmp_open(&monitor, pair[0]);
	keep[0] = pair[1];
	argv_add(words, "-S");
	argv_monitor(words, pair[1], qemu_at_least(q, 11, 1));
	if (argv_error(words))
		close(pair[1]);
	r = argv_error(words) ? err_oom(e) : run(q, words, &monitor, keep, heard, e);
	qmp_close(&monitor);
	return r;
}

int probe_plugin(const struct qemu *q, const char *plugin, struct err *e)
{
	static const char place[] = "task 1 2\n"; /* without one the plugin refuses to start */
	_cleanup_close_ int places = memfd_create("places", MFD_CLOEXEC);
	_cleanup_argv_ struct argv words = { 0 };
	_cleanup_free_ char *path = argv_double_commas(plugin);

	if (!path)
		return err_oom(e);
	if (places < 0 || file_write_all(places, place, strlen(place)) < 0)
		return err_errno(e, errno, "memfd_create");
	argv_add(&words, "%s", q->path);
	argv_add(&words, "-nodefaults");
	argv_add(&words, "-no-user-config");
	argv_add(&words, "-display");
	argv_add(&words, "none");
	argv_add(&words, "-machine");
	argv_add(&words, "none");
	argv_add(&words, "-accel");
	argv_add(&words, "tcg");
	argv_add(&words, "-plugin");
	argv_add(&words, "%s,out=/dev/null,places=/proc/self/fd/%d", path, places);
	return start(q, &words, places, NULL, e);
}

/* Takes an option and its value out again. */
static void drop_option(struct argv *a, const char *name)
{
	for (size_t i = 0; i + 1 < a->count; i++) {
		if (strcmp(a->words[i], name) != 0)
			continue;
		free(a->words[i]);
		free(a->words[i + 1]);
		a->count -= 2;
		memmove(&a->words[i], &a->words[i + 2], (a->count - i + 1) * sizeof(*a->words));
		return;
	}
}

int probe_machine(const struct qemu *q, const struct machine_spec *s, struct buf *heard,
		  struct err *e)
{
	_cleanup_argv_ struct argv words = { 0 };
	int r;

	argv_add(&words, "%s", q->path);
	r = argv_machine(&words, s, e);
	if (r < 0)
		return r;
	drop_option(&words, "-append"); /* refused without a kernel */
	return start(q, &words, -1, heard, e);
}
