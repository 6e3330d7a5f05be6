// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/shell.h"

#include "guest/work/furnish.h"
#include "proto/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *const environment[] = { "PATH=/bin", "HOME=/", "TERM=linux", "PS1=\\w # ",
					   NULL };

/* Runs BusyBox under a name; it is a session of its own on the serial line, so that ^C works. */
static int busybox(const char *const words[])
{
	pid_t pid = fork();
	int line;

	if (pid == 0) {
		setsid();
		line = open("/dev/ttyS0", O_RDWR);
		if (line >= 0) {
			ioctl(line, TIOCSCTTY, 1);
			for (int fd = 0; fd < 3; fd++)
				dup2(line, fd);
		}
		execve("/" PLAN_SHELL_FILE, (char *const *)words, (char *const *)environment);
		_exit(127);
	}
	if (pid < 0)
		return -errno;
	while (waitpid(-1, NULL, 0) != pid)
		;
	return 0;
}

/*
 * Nobody looks at what a script's lines would echo. The line stays open: what comes while nobody
 * has it open is lost.
 */
static void expect_script(void)
{
	static const char ready[] =
		"slowpath-guest: ready\n"; /* PLAN_SHELL_READY, by the terminal */
	int line = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
	struct termios t;

	if (line < 0)
		return;
	if (tcgetattr(line, &t) == 0) {
		t.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(line, TCSANOW, &t);
	}
	if (write(line, ready, sizeof(ready) - 1) < 0)
		close(line);
}

int shell_run(const char *how)
{
	const char *const install[] = { "busybox", "--install", "-s", "/bin", NULL };
	const char *const prompt[] = { "sh", "-i", NULL };
	const char *const script[] = { "sh", "/dev/ttyS0", NULL };
	int from_script = !strcmp(how, PLAN_SHELL_SCRIPT), r;

	furnish();
	mkdir("/bin", 0755);
	mknod("/dev/ttyS0", S_IFCHR | 0600, makedev(4, 64));
	r = busybox(install);
	if (from_script)
		expect_script();
	return r < 0 ? r : busybox(from_script ? script : prompt);
}
