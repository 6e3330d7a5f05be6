// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/qmp.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGE_BYTES_MAX (4u << 20)
#define SEND_TIMEOUT_MS 10000

void qmp_open(struct qmp *q, int fd)
{
	*q = (struct qmp){ .fd = fd };
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
	buf_free(&q->in);
}

static ssize_t send_some(int fd, const char *data, size_t len, int pass_fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (pass_fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control.room);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &pass_fd, sizeof(int));
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

int qmp_send(struct qmp *q, const char *command, json_t *arguments, int pass_fd, struct err *e)
{
	json_t *message = json_pack("{s:s}", "execute", command);
	_cleanup_free_ char *text = NULL;
	size_t len, done = 0;

	if (message && arguments)
		json_object_set_new(message, "arguments", arguments);
	text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	json_decref(message);
	if (!text)
		return err_oom(e);
	len = strlen(text);
	while (done < len) {
		ssize_t n = send_some(q->fd, text + done, len - done, done ? -1 : pass_fd);
		struct pollfd p = { .fd = q->fd, .events = POLLOUT };

		if (n > 0)
			done += (size_t)n;
		else if (errno == EAGAIN && poll(&p, 1, SEND_TIMEOUT_MS) > 0)
			continue;
		else if (errno != EINTR)
			return err_errno(e, errno, "QEMU's monitor, sending %s", command);
	}
	return 0;
}

int qmp_receive(struct qmp *q, struct err *e)
{
	for (;;) {
		ssize_t n;

		if (q->in.len > MESSAGE_BYTES_MAX)
			return err_set(e, EPROTO, "QEMU's monitor sent an endless line");
		if (buf_reserve(&q->in, 65536) < 0)
			return err_oom(e);
		n = read(q->fd, q->in.data + q->in.len, 65536);
		if (n == 0)
			return -ENODATA;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0)
			return errno == ECONNRESET ? -ENODATA
						   : err_errno(e, errno, "QEMU's monitor");
		q->in.len += (size_t)n;
	}
}

json_t *qmp_next(struct qmp *q, int *bad)
{
	char *end = q->in.len > q->scanned
			    ? memchr(q->in.data + q->scanned, '\n', q->in.len - q->scanned)
			    : NULL;
	json_t *message;
	size_t used;

	*bad = 0;
	if (!end) {
		q->scanned = q->in.len;
		return NULL;
	}
	used = (size_t)(end - q->in.data) + 1;
	message = json_loadb(q->in.data, used, 0, NULL);
	*bad = !message;
	memmove(q->in.data, q->in.data + used, q->in.len - used);
	q->in.len -= used;
	q->scanned = 0;
	return message;
}
