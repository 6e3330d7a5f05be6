// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/symbols.h"

#include "guest/host/report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SYMBOLS_MAX (40u << 20)
#define BLOCK 65536u

/* A line is "ffffffff81000000 T name" or the same with "\t[module]" behind it. */
static int is_kernel_text(const char *line, size_t len)
{
	if (len < 20 || line[16] != ' ' || line[18] != ' ')
		return 0;
	return strchr("tTwW", line[17]) && !memchr(line, '\t', len);
}

/* Moves the wanted lines of [text, text + len) to @out; returns how much of the text was used. */
static size_t filter(const char *text, size_t len, char *out, size_t *used)
{
	size_t at = 0;

	for (;;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at + 1 : 0;

		if (!end)
			return at;
		if (is_kernel_text(text + at, n) && *used + n <= SYMBOLS_MAX) {
			memcpy(out + *used, text + at, n);
			*used += n;
		}
		at += n;
	}
}

int symbols_report(void)
{
	static char block[BLOCK];
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	char *out = report_begin(FRAME_SYMBOLS, SYMBOLS_MAX);
	size_t held = 0, used = 0;
	ssize_t n;

	if (fd < 0) {
		report_error("/proc/kallsyms: %s\nneeds CONFIG_KALLSYMS", strerror(errno));
		return -ENOENT;
	}
	while ((n = read(fd, block + held, BLOCK - held)) > 0) {
		size_t took = filter(block, held + (size_t)n, out, &used);

		held = held + (size_t)n - took;
		memmove(block, block + took, held);
	}
	close(fd);
	if (n < 0 || !used) {
		report_error("/proc/kallsyms has no text symbols\nneeds CONFIG_KALLSYMS");
		return -ENOENT;
	}
	report_end(used);
	return 0;
}
