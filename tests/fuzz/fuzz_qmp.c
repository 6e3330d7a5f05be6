// SPDX-License-Identifier: GPL-2.0-or-later
/* What comes from QEMU's monitor, in pieces: the first byte says how large they are. */
#include "vm/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Messages and lines that were none; all of them, or the reader hangs. */
static size_t take_all(struct qmp *q)
{
	size_t taken = 0;

	for (;;) {
		int bad;
		json_t *message = qmp_next(q, &bad);

		if (!message && !bad)
			break;
		if (message && bad)
			abort();
		json_decref(message);
		taken++;
	}
	if (q->scanned != q->in.len)
		abort();
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step, lines = 0, taken = 0;
	struct err e = { 0 };
	struct qmp q;
	int fds[2];

	if (!size)
		return 0;
	step = data[0] % 64 + 1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		abort();
	qmp_open(&q, fds[0]);
	for (size_t at = 1; at < size; at += step) {
		size_t n = size - at < step ? size - at : step;

		if (write(fds[1], data + at, n) != (ssize_t)n || qmp_receive(&q, &e) < 0)
			abort();
		taken += take_all(&q);
	}
	for (size_t at = 1; at < size; at++)
		lines += data[at] == '\n';
	if (taken != lines)
		abort();
	close(fds[1]);
	if (qmp_receive(&q, &e) != -ENODATA)
		abort();
	qmp_close(&q);
	return 0;
}
