// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/trap.h"

#include "guest/work/child.h"
#include "guest/host/port.h"
#include "guest/host/report.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const char *doing = "";

void trap_doing(const char *what)
{
	doing = what;
}

static void trapped(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (getpid() != 1)
		child_give_up(EFAULT);
	report_error("%s: %s at %p", doing, number == SIGBUS ? "SIGBUS" : "SIGSEGV", info->si_addr);
	if (port_allow() == 0)
		report_send(REPORT_FAILED);
	for (;;)
		pause();
}

void trap_install(void)
{
	const struct sigaction action = { .sa_sigaction = trapped, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}
