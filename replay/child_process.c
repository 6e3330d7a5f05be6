// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "replay/child_plan.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long an ended child may take to be reaped. */
#define REAP_MS 5000
/* Of the child's setting up: the one that the guest's page tables decide. */
#define STEP_MAP 3

static int describe_end(struct replay_child *k, struct err *e)
{
	char text[64];

	if (proc_wait(&k->proc, REAP_MS) < 0)
		return err_unmeasured(e, EPROTO, "the child closed its end and did not end");
	if (WIFSIGNALED(k->proc.status) && WTERMSIG(k->proc.status) == SIGSYS)
		return err_unmeasured(e, EPROTO,
				      "the code asked the host's kernel for something (a system "
				      "call) and was ended");
	if (WIFSIGNALED(k->proc.status) && WTERMSIG(k->proc.status) == SIGXCPU)
		return err_unmeasured(e, EPROTO, "the child used up its processor time");
	return err_unmeasured(e, EPROTO, "the child ended: %s",
			      proc_describe(&k->proc, text, sizeof(text)));
}

static const char *signal_words(const struct plan_fault *f)
{
	switch (f->signal) {
	case SIGSEGV:
		return "a fault";
	case SIGBUS:
		return "a bus error";
	case SIGILL:
		return "an instruction that is none";
	case SIGFPE:
		return "a division error";
	case SIGTRAP:
		return "a trap";
	default:
		return "a signal";
	}
}

void child_name_place(const struct replay_child *k, uint64_t va, char *text, size_t size)
{
	const struct symbols *s = k->capture->symbols;
	bool entry;
	long f = s ? symbols_find(s, va, &entry) : -1;
	uint64_t begin = f >= 0 ? symbols_address(s, symbols_name(s, (size_t)f)) : 0;

	if (f >= 0 && begin && va >= begin)
		snprintf(text, size, "%s+%#llx", symbols_name(s, (size_t)f),
			 (unsigned long long)(va - begin));
	else if (f >= 0)
		snprintf(text, size, "%s (%#llx)", symbols_name(s, (size_t)f),
			 (unsigned long long)va);
	else
		snprintf(text, size, "%#llx", (unsigned long long)va);
}

static int describe_fault(struct replay_child *k, uint64_t *place, struct err *e)
{
	const struct plan_fault f = k->plan->fault;
	const uint64_t address = layout_back(&k->layout, f.address);
	const bool strayed = f.signal == SIGTRAP && k->watching;
	char at[256];

	*place = layout_back(&k->layout, strayed ? f.rip - 1 : f.rip);
	child_name_place(k, *place, at, sizeof(at));
	proc_wait(&k->proc, REAP_MS);
	if (strayed)
		return err_unmeasured(e, EPROTO, "it executed %s, which it did not in the emulator",
				      at);
	if (f.signal == SIGSEGV || f.signal == SIGBUS)
		return err_unmeasured(e, EPROTO, "%s at %s: it reached for %#llx", signal_words(&f),
				      at, (unsigned long long)address);
	return err_unmeasured(e, EPROTO, "%s at %s", signal_words(&f), at);
}

/* It could not set itself up. */
static int describe_failure(const struct replay_child *k, struct err *e)
{
	static const char *const steps[] = { "",
					     "",
					     "to empty its address space",
					     "to map the guest's memory",
					     "to give up its descriptors",
					     "to catch signals",
					     "to limit itself",
					     "to give up its rights",
					     "to lock itself in",
					     "to set the base of gs" };
	const uint64_t step = k->plan->failed_step;
	const int code = (int)(k->plan->failed_errno & 0xfff);

	if (step == STEP_MAP && (code == EEXIST || code == ENOMEM))
		return err_unmeasured(e, ENOTSUP,
				      "what it touches lies in pieces that the child has no room "
				      "for");
	return err_errno(e, code ? code : EPROTO, "the child failed %s",
			 step < ARRAY_SIZE(steps) ? steps[step] : "to set itself up");
}

static int wait_answer(struct replay_child *k, enum plan_what what, uint64_t *place, struct err *e)
{
	struct pollfd p = { .fd = k->socket, .events = POLLIN };
	struct plan_answer a;
	ssize_t n;
	int r;

	do
		r = poll(&p, 1, (int)k->options->limit_seconds * 1000);
	while (r < 0 && errno == EINTR);
	if (r == 0) {
		proc_kill(&k->proc);
		return err_unmeasured(e, ETIMEDOUT, "the call did not return within %u seconds",
				      k->options->limit_seconds);
	}
	n = recv(k->socket, &a, sizeof(a), 0);
	if (n != (ssize_t)sizeof(a))
		return describe_end(k, e);
	if (a.status == PLAN_FAULT)
		return describe_fault(k, place, e);
	/* Later, all that it says can be the kernel's code. */
	if (what == PLAN_READY && a.status == PLAN_FAILED)
		return describe_failure(k, e);
	if (a.what != what || a.status != PLAN_DONE)
		return err_unmeasured(e, EPROTO, "the child answered what it was not asked");
	return 0;
}

int child_do(struct replay_child *k, enum plan_what what, uint32_t n, uint64_t *place,
	     struct err *e)
{
	const struct plan_command c = { what, n };

	if (!k->proc.pid || k->socket < 0)
		return err_set(e, ESRCH, "the child has ended");
	/* Each command was answered; only a child that lies can have some left to read. */
	if (send(k->socket, &c, sizeof(c), MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof(c))
		return errno == EAGAIN
			       ? err_unmeasured(e, EPROTO, "the child reads no commands any more")
			       : describe_end(k, e);
	return wait_answer(k, what, place, e);
}

int child_start(struct replay_child *k, struct err *e)
{
	int ends[2];
	char numbers[4][24];
	int r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_errno(e, errno, "socketpair");
	k->socket = ends[0];
	snprintf(numbers[0], sizeof(numbers[0]), "%d", ends[1]);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", k->plan_fd);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", k->ram_fd);
	snprintf(numbers[3], sizeof(numbers[3]), "%llu", (unsigned long long)k->plan_bytes);
	{
		const char *const argv[] = { k->options->child, numbers[0], numbers[0], numbers[1],
					     numbers[2],	numbers[3], NULL };
		const int keep[] = { ends[1], k->plan_fd, k->ram_fd, -1 };
		const struct proc_opts o = {
			.argv = argv, .keep_fds = keep, .fd_out = -1, .fd_err = -1, .lone = true
		};

		r = proc_start(&o, &k->proc, e);
	}
	close(ends[1]);
	if (r == 0) {
		uint64_t place;

		r = wait_answer(k, PLAN_READY, &place, e);
	}
	return r;
}
