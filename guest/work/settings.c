// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/settings.h"

#include "guest/host/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "32", or a word in brackets among its alternatives: "[always] madvise never". */
static int holds(const char *text, const char *value)
{
	char marked[40];

	snprintf(marked, sizeof(marked), "[%s]", value);
	return strstr(text, marked) || !strcmp(text, value);
}

static int write_one(const char *path, const char *value, char *now, size_t max)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	size_t len = strlen(value);
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	n = write(fd, value, len);
	r = n == (ssize_t)len ? 0 : n < 0 ? -errno : -EIO;
	n = r < 0 ? 0 : pread(fd, now, max - 1, 0);
	close(fd);
	now[n < 0 ? 0 : n] = '\0';
	now[strcspn(now, "\n")] = '\0';
	return r;
}

int settings_write(const struct plan_setting *settings, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char path[128], now[256] = "";
		int r;

		if (!memchr(settings[i].path, '\0', sizeof(settings[i].path)) ||
		    !memchr(settings[i].value, '\0', sizeof(settings[i].value)))
			return -EINVAL;
		snprintf(path, sizeof(path), "/sys/kernel/mm/%s", settings[i].path);
		r = write_one(path, settings[i].value, now, sizeof(now));
		if (r == 0 && !holds(now, settings[i].value))
			r = -ERANGE;
		if (r < 0) {
			report_error("%s: '%s' %s", path, settings[i].value,
				     r == -ERANGE ? now[0] ? now : "is not kept" : strerror(-r));
			return r;
		}
	}
	return 0;
}
