// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's monitor over a socket pair: this test plays QEMU. */
#include "base/cleanup.h"
#include "tests/unit/unit.h"
#include "vm/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

struct pair {
	struct qmp q;
	int peer;
};

static int enter(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	int fds[2];

	if (!p || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	qmp_open(&p->q, fds[0]);
	p->peer = fds[1];
	*state = p;
	return 0;
}

static int leave(void **state)
{
	struct pair *p = *state;

	qmp_close(&p->q);
	if (p->peer >= 0)
		close(p->peer);
	free(p);
	return 0;
}

static void say(struct pair *p, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(write(p->peer, text, strlen(text)), strlen(text));
	assert_int_equal(qmp_receive(&p->q, &e), 0);
}

/* The next message's event; "" if there is none, "bad" if it is none. */
static void next(struct pair *p, const char *want)
{
	int bad;
	json_t *message = qmp_next(&p->q, &bad);
	const char *event = json_string_value(json_object_get(message, "event"));

	if (bad)
		assert_string_equal(want, "bad");
	else if (!message)
		assert_string_equal(want, "");
	else
		assert_string_equal(event, want);
	json_decref(message);
}

static void nothing_is_no_message(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };

	next(p, "");
	assert_int_equal(qmp_receive(&p->q, &e), 0);
	next(p, "");
}

static void messages_may_come_in_pieces(void **state)
{
	static const char text[] = "{\"event\": \"STOP\"}\r\n";
	struct pair *p = *state;

	for (size_t i = 0; i < strlen(text) - 1; i++) {
		char piece[2] = { text[i], '\0' };

		say(p, piece);
		next(p, "");
	}
	say(p, "\n");
	next(p, "STOP");
	next(p, "");
}

static void several_may_come_at_once(void **state)
{
	struct pair *p = *state;

	say(p, "{\"event\": \"A\"}\n{\"event\": \"B\"}\r\n{\"event\":");
	next(p, "A");
	next(p, "B");
	next(p, "");
	say(p, "\"C\"}\n");
	next(p, "C");
	next(p, "");
}

static void garbage_is_told(void **state)
{
	static const char *const lines[] = {
		"hello\n",    "\n",  "{\"event\": \"A\"\n", "{} {}\n",
		"\"text\"\n", "5\n", "{\"a\": \xff}\n",	    "{\"a\": \"\xff\"}\n"
	};
	struct pair *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		say(p, lines[i]);
		next(p, "bad");
		/* And the next line is read as if nothing had been. */
		say(p, "{\"event\": \"A\"}\n");
		next(p, "A");
	}
}

static void nul_bytes_are_garbage(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };

	assert_int_equal(write(p->peer, "{\"a\"\0: 1}\n", 10), 10);
	assert_int_equal(qmp_receive(&p->q, &e), 0);
	next(p, "bad");
}

static void the_end_is_told(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };

	assert_int_equal(write(p->peer, "{\"event\": \"A\"}\n{\"ev", 20), 20);
	close(p->peer);
	p->peer = -1;
	/* What came before the end can still be read. */
	assert_int_equal(qmp_receive(&p->q, &e), -ENODATA);
	next(p, "A");
	next(p, "");
	assert_int_equal(qmp_receive(&p->q, &e), -ENODATA);
	assert_int_not_equal(p->q.in.len, 0);
}

static void endless_lines_are_refused(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };
	char block[65536];
	int r = 0;

	memset(block, 'x', sizeof(block));
	assert_int_equal(fcntl(p->peer, F_SETFL, O_NONBLOCK), 0);
	for (unsigned i = 0; i < 1000 && r == 0; i++) {
		assert_true(write(p->peer, block, sizeof(block)) > 0);
		r = qmp_receive(&p->q, &e);
		next(p, "");
	}
	assert_int_equal(r, -EPROTO);
	assert_non_null(strstr(e.text, "endless"));
	assert_true(p->q.in.len < 8 << 20);
}

static void long_lines_are_read(void **state)
{
	_cleanup_buf_ struct buf line = { 0 };
	struct pair *p = *state;
	struct err e = { 0 };
	size_t done = 0;

	buf_puts(&line, "{\"event\": \"LONG\", \"data\": \"");
	for (unsigned i = 0; i < 100000; i++)
		buf_puts(&line, "0123456789");
	buf_puts(&line, "\"}\n");
	assert_int_equal(fcntl(p->peer, F_SETFL, O_NONBLOCK), 0);
	while (done < line.len) {
		ssize_t n = write(p->peer, line.data + done, line.len - done);

		assert_true(n > 0);
		done += (size_t)n;
		assert_int_equal(qmp_receive(&p->q, &e), 0);
		if (done < line.len)
			next(p, "");
	}
	next(p, "LONG");
}

/* Reads what was sent; the descriptor that came along, or -1. */
static int heard(struct pair *p, char *text, size_t size)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = text, .iov_len = size - 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	ssize_t n = recvmsg(p->peer, &m, 0);
	const struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fd = -1;

	assert_true(n > 0);
	text[n] = '\0';
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void commands_are_sent(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };
	char text[256];

	assert_int_equal(qmp_send(&p->q, "cont", NULL, -1, &e), 0);
	assert_int_equal(heard(p, text, sizeof(text)), -1);
	assert_string_equal(text, "{\"execute\":\"cont\"}");
	assert_int_equal(qmp_send(&p->q, "migrate", json_pack("{s:s}", "uri", "fd:x"), -1, &e), 0);
	assert_int_equal(heard(p, text, sizeof(text)), -1);
	assert_string_equal(text, "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"fd:x\"}}");
}

static void descriptors_go_along(void **state)
{
	_cleanup_close_ int pipe_read = -1;
	struct pair *p = *state;
	struct err e = { 0 };
	int ends[2], got;
	char text[256];

	assert_int_equal(pipe(ends), 0);
	pipe_read = ends[0];
	assert_int_equal(qmp_send(&p->q, "getfd", json_pack("{s:s}", "fdname", "s"), ends[1], &e),
			 0);
	close(ends[1]);
	got = heard(p, text, sizeof(text));
	assert_true(got >= 0);
	assert_int_equal(write(got, "y", 1), 1);
	close(got);
	assert_int_equal(read(pipe_read, text, 2), 1);
	assert_int_equal(text[0], 'y');
}

/* No signal, but an error, when QEMU is gone. */
static void sending_to_nobody_is_an_error(void **state)
{
	struct pair *p = *state;
	struct err e = { 0 };

	close(p->peer);
	p->peer = -1;
	assert_int_equal(qmp_send(&p->q, "cont", NULL, -1, &e), -EPIPE);
	assert_non_null(strstr(e.text, "cont"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_no_message, enter, leave),
		cmocka_unit_test_setup_teardown(messages_may_come_in_pieces, enter, leave),
		cmocka_unit_test_setup_teardown(several_may_come_at_once, enter, leave),
		cmocka_unit_test_setup_teardown(garbage_is_told, enter, leave),
		cmocka_unit_test_setup_teardown(nul_bytes_are_garbage, enter, leave),
		cmocka_unit_test_setup_teardown(the_end_is_told, enter, leave),
		cmocka_unit_test_setup_teardown(endless_lines_are_refused, enter, leave),
		cmocka_unit_test_setup_teardown(long_lines_are_read, enter, leave),
		cmocka_unit_test_setup_teardown(commands_are_sent, enter, leave),
		cmocka_unit_test_setup_teardown(descriptors_go_along, enter, leave),
		cmocka_unit_test_setup_teardown(sending_to_nobody_is_an_error, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
