// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/machine.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "vm/pin.h"
#include "vm/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define CONSOLE_BYTES_MAX (8u << 20)
#define SAID_BYTES_MAX (1u << 20)
#define POLL_MS 50
#define SAVE_POLL_MS 5

struct machine {
	const struct qemu *qemu;
	const atomic_int *cancel;
	unsigned deadline_s;
	char *dir;
	char *console;
	struct proc proc;
	struct qmp qmp;
	struct argv argv;
	json_t *affinity; /* NULL: nothing was pinned */
	bool paused;	  /* the guest has paused the machine since the last machine_continue() */
	bool started;	  /* the guest has been let go on at least once */
	bool guest_ended;
	uint64_t until_ns; /* end of the wait under way */
};

void machine_free(struct machine *m)
{
	if (!m)
		return;
	proc_kill(&m->proc);
	qmp_close(&m->qmp);
	argv_free(&m->argv);
	json_decref(m->affinity);
	free(m->console);
	free(m->dir);
	free(m);
}

json_t *machine_argv_json(const struct machine *m)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < m->argv.count; i++)
		json_array_append_new(list, json_string(m->argv.words[i]));
	return list;
}

json_t *machine_affinity_json(const struct machine *m)
{
	return json_incref(m->affinity);
}

static void printable(struct buf *b, size_t from)
{
	for (size_t i = from; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c != '\n' && c != '\t' && (c < 0x20 || c >= 0x7f))
			b->data[i] = c == '\r' ? ' ' : '?';
	}
}

int machine_console(const char *dir, size_t max, struct buf *out)
{
	_cleanup_free_ char *path = str_printf("%s/console", dir);
	size_t from = out->len;
	_cleanup_close_ int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	size_t want = size > (off_t)max ? max : (size_t)(size < 0 ? 0 : size);
	ssize_t n;

	if (fd < 0)
		return 0;
	if (buf_reserve(out, want) < 0)
		return -ENOMEM;
	n = pread(fd, out->data + out->len, want, size - (off_t)want);
	if (n > 0)
		out->len += (size_t)n;
	out->data[out->len] = '\0';
	printable(out, from);
	return 0;
}

/* QEMU is gone: was it the guest's wish, or QEMU's failure? */
static int ended(struct machine *m, const char *what, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/stderr", m->dir);
	_cleanup_buf_ struct buf said = { 0 };
	const char *why = "";
	char how[64];

	proc_wait(&m->proc, 5000);
	if (m->guest_ended || (m->started && !m->proc.pid && WIFEXITED(m->proc.status) &&
			       WEXITSTATUS(m->proc.status) == 0))
		return err_unmeasured(e, ESHUTDOWN, "the guest ended while %s", what);
	if (path && file_read(path, SAID_BYTES_MAX, &said, NULL) == 0 && said.len) {
		int r = qemu_last_words(m->qemu, said.data, &why, e);

		if (r < 0)
			return r;
	}
	return err_set(e, EIO, "QEMU ended while %s (%s)%s%.500s", what,
		       proc_describe(&m->proc, how, sizeof(how)), *why ? ": " : "", why);
}

static void on_event(struct machine *m, const char *event)
{
	if (!strcmp(event, "STOP"))
		m->paused = true;
	else if (!strcmp(event, "SHUTDOWN"))
		m->guest_ended = true;
}

/*
 * Waits for the next message that is no event, or with @reply NULL for the guest's pause.
 */
static int pump(struct machine *m, const char *what, json_t **reply, struct err *e)
{
	for (;;) {
		struct pollfd p[2] = { { .fd = m->qmp.fd, .events = POLLIN },
				       { .fd = m->proc.pidfd, .events = POLLIN } };
		json_t *message;
		int bad, r;

		while ((message = qmp_next(&m->qmp, &bad))) {
			const char *event = json_string_value(json_object_get(message, "event"));

			if (event) {
				on_event(m, event);
				json_decref(message);
			} else if (reply) {
				*reply = message;
				return 0;
			} else {
				json_decref(message);
			}
		}
		if (bad)
			return err_set(e, EPROTO, "QEMU's monitor sent what is not JSON");
		if (!reply && m->paused)
			return 0;
		if (m->guest_ended)
			return ended(m, what, e);
		if (m->cancel && atomic_load(m->cancel))
			return err_set(e, ECANCELED, "interrupted while %s", what);
		if (clock_ns() >= m->until_ns && reply)
			return err_set(e, ETIMEDOUT, "QEMU has not answered for %u s while %s",
				       m->deadline_s, what);
		if (clock_ns() >= m->until_ns)
			return err_unmeasured(e, ETIMEDOUT, "the guest hung: %u s while %s",
					      m->deadline_s, what);
		if (file_size(m->console) > CONSOLE_BYTES_MAX)
			return err_unmeasured(e, EFBIG, "the guest prints without end while %s",
					      what);
		if (poll(p, 2, POLL_MS) < 0 && errno != EINTR)
			return err_errno(e, errno, "poll");
		r = qmp_receive(&m->qmp, e);
		if (r == -ENODATA && !m->qmp.in.len)
			return ended(m, what, e);
		if (r < 0 && r != -ENODATA)
			return r;
	}
}

static void start_wait(struct machine *m)
{
	m->until_ns = clock_ns() + (uint64_t)m->deadline_s * 1000000000u;
}

/* Runs a command; *result (may be NULL) is a new reference to what it returned. */
static int command(struct machine *m, const char *name, json_t *arguments, int pass_fd,
		   json_t **result, struct err *e)
{
	json_t *reply = NULL, *error;
	int r;

	start_wait(m);
	r = qmp_send(&m->qmp, name, arguments, pass_fd, e);
	if (r == -EPIPE || r == -ECONNRESET)
		return ended(m, name, e);
	if (r == 0)
		r = pump(m, name, &reply, e);
	if (r < 0)
		return r;
	error = json_object_get(reply, "error");
	if (error) {
		const char *text = json_string_value(json_object_get(error, "desc"));

		r = err_set(e, EIO, "QEMU refused %s: %s", name, text ? text : "no reason given");
	} else if (result) {
		*result = json_incref(json_object_get(reply, "return"));
	}
	json_decref(reply);
	return r;
}

static int query_status(struct machine *m, char out[32], struct err *e)
{
	json_t *status = NULL;
	const char *text;
	int r = command(m, "query-status", NULL, -1, &status, e);

	if (r < 0)
		return r;
	text = json_string_value(json_object_get(status, "status"));
	snprintf(out, 32, "%s", text ? text : "");
	json_decref(status);
	return 0;
}

static int greet(struct machine *m, struct err *e)
{
	json_t *greeting = NULL;
	int r;

	start_wait(m);
	r = pump(m, "starting", &greeting, e);
	if (r < 0)
		return r;
	json_decref(greeting);
	return command(m, "qmp_capabilities", NULL, -1, NULL, e);
}

/*
 * Hands a file over that a saved machine is written to or read from, and makes the address by which
 * QEMU knows it: "fd:" of a plain file was refused by 11.1, "file:" is there since 8.2.
 */
static int hand_over(struct machine *m, int fd, char uri[64], struct err *e)
{
	json_t *set = NULL;
	int r;

	if (!qemu_at_least(m->qemu, 8, 2)) {
		snprintf(uri, 64, "fd:snapshot");
		return command(m, "getfd", json_pack("{s:s}", "fdname", "snapshot"), fd, NULL, e);
	}
	r = command(m, "add-fd", NULL, fd, &set, e);
	if (r == 0)
		snprintf(uri, 64, "file:/dev/fdset/%lld",
			 (long long)json_integer_value(json_object_get(set, "fdset-id")));
	json_decref(set);
	return r;
}

/* Until QEMU's main loop has read the saved machine, which then stands as the guest left it. */
static int read_snapshot(struct machine *m, int fd, struct err *e)
{
	uint64_t give_up = clock_ns() + (uint64_t)m->deadline_s * 1000000000u;
	struct timespec pause = { .tv_nsec = SAVE_POLL_MS * 1000000 };
	char uri[64], status[32];
	int r = hand_over(m, fd, uri, e);

	if (r == 0)
		r = command(m, "migrate-incoming", json_pack("{s:s}", "uri", uri), -1, NULL, e);
	while (r == 0) {
		r = query_status(m, status, e);
		if (r < 0 || strcmp(status, "inmigrate") != 0)
			break;
		if (clock_ns() > give_up)
			return err_set(e, ETIMEDOUT, "QEMU does not finish reading the snapshot");
		nanosleep(&pause, NULL);
	}
	return r;
}

/* QEMU was well until it read the snapshot: if it is not afterwards, the snapshot is not. */
static int finish_incoming(struct machine *m, int fd, struct err *e)
{
	int r = read_snapshot(m, fd, e);

	if (r == -EIO) {
		e->code = -EBADMSG;
		return err_wrap(e, "snapshot");
	}
	return r < 0 ? r : machine_continue(m, e);
}

static int launch(struct machine *m, const struct machine_opts *o, struct err *e)
{
	struct run_files files = { .kernel = o->kernel,
				   .plugin = o->plugin,
				   .plugin_options = o->plugin_options,
				   .monitor_object = qemu_at_least(o->qemu, 11, 1),
				   .incoming = o->incoming };
	_cleanup_free_ char *stderr_path = str_printf("%s/stderr", o->dir);
	_cleanup_close_ int stderr_fd = -1;
	int pair[2], keep[2], r;

	if (!stderr_path || argv_add(&m->argv, "%s", o->qemu->path) < 0)
		return err_oom(e);
	stderr_fd = open(stderr_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (stderr_fd < 0)
		return err_errno(e, errno, "%s", stderr_path);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, errno, "socketpair");
	qmp_open(&m->qmp, pair[0]);
	files.qmp_fd = pair[1];
	keep[0] = pair[1];
	keep[1] = -1;
	r = argv_machine(&m->argv, &o->spec, e);
	if (r == 0)
		r = argv_run(&m->argv, &files, e);
	if (r == 0) {
		struct proc_opts po = { .argv = (const char *const *)m->argv.words,
					.cwd = o->dir,
					.fd_out = stderr_fd,
					.fd_err = stderr_fd,
					.keep_fds = keep,
					.cpus = o->cpuset };

		r = proc_start(&po, &m->proc, e);
	}
	close(pair[1]);
	return r;
}

/* Nothing has run yet (-S), so nothing ran elsewhere. */
static int pin(struct machine *m, const cpu_set_t *set, struct err *e)
{
	json_t *vcpus = NULL;
	int r = command(m, "query-cpus-fast", NULL, -1, &vcpus, e);

	if (r == 0)
		r = pin_vcpus(vcpus, set, &m->affinity, e);
	json_decref(vcpus);
	return r;
}

int machine_start(const struct machine_opts *o, struct machine **out, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = calloc(1, sizeof(*m));
	_cleanup_close_ int incoming_fd = -1;
	int r;

	if (!m)
		return err_oom(e);
	m->qemu = o->qemu;
	m->cancel = o->cancel;
	m->deadline_s = o->deadline_s;
	m->proc = PROC_NONE;
	m->qmp.fd = -1;
	m->dir = strdup(o->dir);
	m->console = str_printf("%s/console", o->dir);
	if (!m->dir || !m->console)
		return err_oom(e);
	if (o->incoming) {
		incoming_fd = open(o->incoming, O_RDONLY | O_CLOEXEC);
		if (incoming_fd < 0)
			return err_errno(e, errno, "snapshot %s", o->incoming);
	}
	r = launch(m, o, e);
	if (r == 0)
		r = greet(m, e);
	if (r == 0 && o->cpuset)
		r = pin(m, o->cpuset, e);
	if (r == 0)
		r = o->incoming ? finish_incoming(m, incoming_fd, e) : machine_continue(m, e);
	if (r < 0)
		return r;
	*out = steal(&m);
	return 0;
}

int machine_wait_pause(struct machine *m, const char *what, struct err *e)
{
	start_wait(m);
	return pump(m, what, NULL, e);
}

int machine_continue(struct machine *m, struct err *e)
{
	/* Events of the pause that ends here must not be taken for the next one's. */
	m->paused = false;
	m->started = true;
	return command(m, "cont", NULL, -1, NULL, e);
}

/* Copies guest memory (a virtual address of the stopped CPU) through a file that QEMU writes. */
static int read_memory(struct machine *m, uint64_t vaddr, size_t len, struct buf *out,
		       struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/memory", m->dir);
	json_t *arguments = json_pack("{s:I,s:I,s:s}", "val", (json_int_t)vaddr, "size",
				      (json_int_t)len, "filename", path ? path : "");
	int r;

	if (!path || !arguments)
		return err_oom(e);
	r = command(m, "memsave", arguments, -1, NULL, e);
	if (r < 0) {
		/* A guest that paused without its report's memory in place. */
		e->status = ERR_UNMEASURED;
		return err_wrap(e, "reading the guest's report");
	}
	r = file_read(path, len, out, e);
	unlink(path);
	if (r == 0 && out->len != len)
		return err_set(e, EIO, "QEMU wrote %zu of %zu bytes of the guest's report",
			       out->len, len);
	return r;
}

int machine_report(struct machine *m, struct report *out, struct err *e)
{
	_cleanup_buf_ struct buf page = { 0 }, frames = { 0 };
	struct report_header h;
	int r = read_memory(m, REPORT_BASE, REPORT_HEADER_BYTES, &page, e);

	if (r == 0)
		r = report_check_header(page.data, page.len, &h, e);
	if (r == 0 && h.length)
		r = read_memory(m, REPORT_BASE + REPORT_HEADER_BYTES, h.length, &frames, e);
	if (r < 0)
		return r;
	return report_parse(&h, (uint8_t *)buf_steal(&frames), out, e);
}

/* 1 when done, 0 while under way, -errno. */
static int save_state(struct machine *m, struct err *e)
{
	json_t *info = NULL;
	const char *status;
	int r = command(m, "query-migrate", NULL, -1, &info, e);

	if (r < 0)
		return r;
	status = json_string_value(json_object_get(info, "status"));
	if (status && !strcmp(status, "completed")) {
		r = 1;
	} else if (status && (!strcmp(status, "failed") || !strcmp(status, "cancelled"))) {
		const char *why = json_string_value(json_object_get(info, "error-desc"));

		r = err_set(e, EIO, "QEMU cannot save the machine: %s",
			    why ? why : "is the disk full?");
	}
	json_decref(info);
	return r;
}

static int save_to(struct machine *m, int fd, struct err *e)
{
	struct timespec pause = { .tv_nsec = SAVE_POLL_MS * 1000000 };
	/* The default bandwidth limit is for networks. */
	json_t *fast = json_pack("{s:I}", "max-bandwidth", (json_int_t)1 << 40);
	int r = command(m, "migrate-set-parameters", fast, -1, NULL, e);
	char uri[64];

	if (r == 0)
		r = hand_over(m, fd, uri, e);
	if (r == 0)
		r = command(m, "migrate", json_pack("{s:s}", "uri", uri), -1, NULL, e);
	while (r == 0) {
		r = save_state(m, e);
		if (r == 0)
			nanosleep(&pause, NULL);
	}
	return r < 0 ? r : 0;
}

int machine_save(struct machine *m, const char *path, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int r;

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	r = save_to(m, fd, e);
	if (r < 0)
		unlink(path);
	return r;
}
