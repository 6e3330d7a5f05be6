// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/machine.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "vm/patience.h"
#include "vm/pin.h"
#include "vm/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define CONSOLE_BYTES_MAX (8u << 20)
#define SAID_BYTES_MAX (1u << 20)
#define POLL_MS 50
#define SAVE_POLL_MS 5
/* Between two looks at a guest that is waited for; most waits are over before the first. */
#define LOOK_NS 1000000000u
#define VCPUS_MAX 64

/* Who ended QEMU, as far as its monitor has said so. */
enum shutdown { SHUTDOWN_NONE, SHUTDOWN_GUEST, SHUTDOWN_SIGNAL, SHUTDOWN_QEMU };

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
	bool disk;	  /* QEMU has an image for machine_plug() */
	bool icount;	  /* QEMU counts the guest's instructions */
	enum shutdown shutdown;
	pid_t vcpus[VCPUS_MAX]; /* threads */
	unsigned n_vcpus;
	struct patience patience; /* with the guest, since it was let go on */
	struct patience_look look;
	int life_fd;	   /* machine_show_life() */
	bool asked;	   /* how much it has executed; the answer is to come */
	uint64_t look_ns;  /* when to look again */
	uint64_t until_ns; /* when QEMU must have answered */
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

/*
 * What QEMU itself said last, for messages; "" if it said nothing. @said holds it. An error if what
 * it said is that it cannot be used at all.
 */
static int last_words(const struct machine *m, struct buf *said, const char **why, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/stderr", m->dir);

	*why = "";
	if (!path || file_read(path, SAID_BYTES_MAX, said, NULL) < 0 || !said->len)
		return 0;
	return qemu_last_words(m->qemu, said->data, why, e);
}

/* Signals by which a program says that it is broken; others come from outside. */
static bool is_crash(int number)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		if (number == crashes[i])
			return true;
	}
	return false;
}

/*
 * A signal that did not come from here ended QEMU: a scheduler or an administrator, who often means
 * slowpath too, or a host out of memory. It says nothing of the guest.
 */
static int stopped(struct machine *m, const char *what, struct err *e)
{
	_cleanup_buf_ struct buf said = { 0 };
	const char *why;
	char how[64];

	if (m->shutdown == SHUTDOWN_SIGNAL) {
		if (last_words(m, &said, &why, NULL) < 0)
			why = "";
		return err_set(e, ECANCELED,
			       "stopped from outside while %s: a signal ended QEMU%s%.500s", what,
			       *why ? ": " : "", why);
	}
	return err_set(e, ECANCELED, "stopped from outside while %s: QEMU was %s%s", what,
		       proc_describe(&m->proc, how, sizeof(how)),
		       WTERMSIG(m->proc.status) == SIGKILL
			       ? ", perhaps by the kernel because memory ran out (see 'dmesg' and "
				 "the job's limit)"
			       : "");
}

/* QEMU is gone: was it the guest's wish, somebody else's, or QEMU's failure? */
static int ended(struct machine *m, const char *what, struct err *e)
{
	_cleanup_buf_ struct buf said = { 0 };
	const char *why;
	char how[64];
	int r;

	proc_wait(&m->proc, 5000);
	if (m->shutdown == SHUTDOWN_SIGNAL ||
	    (m->shutdown == SHUTDOWN_NONE && !m->proc.pid && WIFSIGNALED(m->proc.status) &&
	     !is_crash(WTERMSIG(m->proc.status))))
		return stopped(m, what, e);
	if (m->shutdown == SHUTDOWN_GUEST ||
	    (m->shutdown == SHUTDOWN_NONE && m->started && !m->proc.pid &&
	     WIFEXITED(m->proc.status) && WEXITSTATUS(m->proc.status) == 0))
		return err_unmeasured(e, ESHUTDOWN, "the guest ended while %s", what);
	r = last_words(m, &said, &why, e);
	if (r < 0)
		return r;
	return err_set(e, EIO, "QEMU ended while %s (%s)%s%.500s", what,
		       proc_describe(&m->proc, how, sizeof(how)), *why ? ": " : "", why);
}

/* The reasons of QAPI's ShutdownCause; those of a guest that ended itself have no "host". */
static enum shutdown shutdown_of(const json_t *message)
{
	const char *reason =
		json_string_value(json_object_get(json_object_get(message, "data"), "reason"));

	if (reason && !strcmp(reason, "host-signal"))
		return SHUTDOWN_SIGNAL;
	return reason && !strncmp(reason, "host-", 5) ? SHUTDOWN_QEMU : SHUTDOWN_GUEST;
}

static void on_event(struct machine *m, const char *event, const json_t *message)
{
	if (!strcmp(event, "STOP"))
		m->paused = true;
	else if (!strcmp(event, "SHUTDOWN"))
		m->shutdown = shutdown_of(message);
}

static void take_insns(struct machine *m, const json_t *answer)
{
	const json_t *insns = json_object_get(json_object_get(answer, "return"), "icount");

	if (!json_is_integer(insns))
		return;
	m->look.counted = true;
	m->look.insns = (uint64_t)json_integer_value(insns);
}

/* Has QEMU been asked too long ago? */
static int check_answer(const struct machine *m, const char *what, struct err *e)
{
	if (clock_ns() < m->until_ns)
		return 0;
	return err_set(e, ETIMEDOUT,
		       "QEMU has not answered for %u s while %s; a larger --deadline waits longer",
		       m->deadline_s, what);
}

static void start_wait(struct machine *m)
{
	m->until_ns = clock_ns() + (uint64_t)m->deadline_s * 1000000000u;
}

static void show_life(const struct machine *m)
{
	if (m->life_fd >= 0)
		futimens(m->life_fd, NULL);
}

/* Once a second: what the guest did since, as far as it is known, and whether that is all. */
static int look(struct machine *m, const char *what, struct err *e)
{
	const uint64_t now_ns = clock_ns();
	int r;

	if (m->asked)
		return check_answer(m, what, e);
	if (now_ns < m->look_ns)
		return 0;
	m->look.now_ns = now_ns;
	patience_read_threads(m->proc.pid, m->vcpus, m->n_vcpus, &m->look);
	m->look_ns = now_ns + LOOK_NS;
	r = patience_look(&m->patience, &m->look, what, e);
	if (patience_moved(&m->patience))
		show_life(m);
	if (r < 0 || !m->patience.first.counted)
		return r;
	/* It is known at the next look. */
	start_wait(m);
	m->asked = true;
	r = qmp_send(&m->qmp, "query-replay", NULL, -1, e);
	return r == -EPIPE || r == -ECONNRESET ? ended(m, what, e) : r;
}

/* Takes what has come. 1: @reply was among it. */
static int take_messages(struct machine *m, json_t **reply, struct err *e)
{
	json_t *message;
	int bad;

	while ((message = qmp_next(&m->qmp, &bad))) {
		const char *event = json_string_value(json_object_get(message, "event"));

		if (!event && reply) {
			*reply = message;
			return 1;
		}
		if (event) {
			on_event(m, event, message);
		} else if (m->asked) {
			take_insns(m, message);
			m->asked = false;
		}
		json_decref(message);
	}
	return bad ? err_set(e, EPROTO, "QEMU's monitor sent what is not JSON") : 0;
}

/*
 * Waits for the next message that is no event, or with @reply NULL for the guest's pause.
 */
static int pump(struct machine *m, const char *what, json_t **reply, struct err *e)
{
	for (;;) {
		struct pollfd p[2] = { { .fd = m->qmp.fd, .events = POLLIN },
				       { .fd = m->proc.pidfd, .events = POLLIN } };
		int r = take_messages(m, reply, e);

		if (r)
			return r < 0 ? r : 0;
		/* Its answer must not be taken for that of the next command. */
		if (!reply && m->paused && !m->asked)
			return 0;
		if (m->shutdown != SHUTDOWN_NONE)
			return ended(m, what, e);
		if (m->cancel && atomic_load(m->cancel))
			return err_set(e, ECANCELED, "interrupted while %s", what);
		r = reply ? check_answer(m, what, e) : look(m, what, e);
		if (r < 0)
			return r;
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

/* Sends a command and waits for what QEMU says to it, good or bad: a new reference. */
static int ask(struct machine *m, const char *name, json_t *arguments, int pass_fd, json_t **reply,
	       struct err *e)
{
	int r;

	start_wait(m);
	r = qmp_send(&m->qmp, name, arguments, pass_fd, e);
	if (r == -EPIPE || r == -ECONNRESET)
		return ended(m, name, e);
	return r < 0 ? r : pump(m, name, reply, e);
}

/* Runs a command; *result (may be NULL) is a new reference to what it returned. */
static int command(struct machine *m, const char *name, json_t *arguments, int pass_fd,
		   json_t **result, struct err *e)
{
	json_t *reply = NULL, *error;
	int r = ask(m, name, arguments, pass_fd, &reply, e);

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

int machine_plug(struct machine *m, struct err *e)
{
	if (!m->disk)
		return 0;
	return command(m, "device_add",
		       json_pack("{s:s,s:s,s:s,s:s,s:s}", "driver", "nvme", "id", "disk", "drive",
				 ARGV_DISK_NODE, "serial", "slowpath", "bus", ARGV_SLOT),
		       -1, NULL, e);
}

/* QEMU was well until it read the snapshot: if it is not afterwards, the snapshot is not. */
static int finish_incoming(struct machine *m, int fd, struct err *e)
{
	int r = read_snapshot(m, fd, e);

	if (r == -EIO) {
		e->code = -EBADMSG;
		return err_wrap(e, "snapshot");
	}
	if (r == 0)
		r = machine_plug(m, e);
	return r < 0 ? r : machine_continue(m, e);
}

static int launch(struct machine *m, const struct machine_opts *o, struct err *e)
{
	struct run_files files = { .kernel = o->kernel,
				   .plugin = o->plugin,
				   .plugin_options = o->plugin_options,
				   .parcel = o->parcel,
				   .disk = o->disk,
				   .monitor_object = qemu_at_least(o->qemu, 11, 1),
				   .incoming = o->incoming };
	_cleanup_free_ char *stderr_path = str_printf("%s/stderr", o->dir);
	_cleanup_close_ int stderr_fd = -1;
	int pair[2], keep[2], r;

	argv_add(&m->argv, "%s", o->qemu->path);
	if (!stderr_path || argv_error(&m->argv))
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
					.cpus = o->cpuset,
					.lone = true };

		r = proc_start(&po, &m->proc, e);
	}
	close(pair[1]);
	return r;
}

/* Nothing has run yet (-S), so nothing ran elsewhere. @set: NULL to pin nothing. */
static int find_vcpus(struct machine *m, const cpu_set_t *set, struct err *e)
{
	json_t *vcpus = NULL, *one;
	int r = command(m, "query-cpus-fast", NULL, -1, &vcpus, e);
	size_t i;

	json_array_foreach(vcpus, i, one)
	{
		if (m->n_vcpus < VCPUS_MAX)
			m->vcpus[m->n_vcpus++] =
				(pid_t)json_integer_value(json_object_get(one, "thread-id"));
	}
	if (r == 0 && set)
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
	m->disk = o->disk;
	m->icount = o->spec.accel == ACCEL_ICOUNT;
	m->proc = PROC_NONE;
	m->qmp.fd = -1;
	m->life_fd = -1;
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
	if (r == 0)
		r = find_vcpus(m, o->cpuset, e);
	if (r == 0)
		r = o->incoming ? finish_incoming(m, incoming_fd, e) : machine_continue(m, e);
	if (r < 0)
		return r;
	*out = steal(&m);
	return 0;
}

void machine_show_life(struct machine *m, int file)
{
	m->life_fd = file;
}

int machine_wait_pause(struct machine *m, const char *what, struct err *e)
{
	return pump(m, what, NULL, e);
}

/* The guest stands: from here on its patience counts. */
static int start_patience(struct machine *m, struct err *e)
{
	json_t *reply = NULL;
	int r = m->icount ? ask(m, "query-replay", NULL, -1, &reply, e) : 0;

	if (r < 0)
		return r;
	m->look = (struct patience_look){ .now_ns = clock_ns() };
	take_insns(m, reply);
	json_decref(reply);
	patience_read_threads(m->proc.pid, m->vcpus, m->n_vcpus, &m->look);
	patience_start(&m->patience, m->deadline_s, &m->look);
	m->look_ns = m->look.now_ns + LOOK_NS;
	return 0;
}

int machine_continue(struct machine *m, struct err *e)
{
	int r = start_patience(m, e);

	if (r < 0)
		return r;
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
	/* A guest that paused without its report's memory in place; all else is QEMU's or the
	 * disk's. */
	if (r == -EIO && strstr(e->text, "Invalid addr"))
		e->status = ERR_UNMEASURED;
	if (r < 0)
		return err_wrap(e, "reading the guest's report");
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

/* 1 when done, 0 while under way, -errno. @written: bytes so far. */
static int save_state(struct machine *m, json_int_t *written, struct err *e)
{
	json_t *info = NULL;
	const char *status;
	int r = command(m, "query-migrate", NULL, -1, &info, e);

	if (r < 0)
		return r;
	*written = json_integer_value(json_object_get(json_object_get(info, "ram"), "transferred"));
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

/* A slow disk is waited for as long as it takes something. */
static int wait_saved(struct machine *m, struct err *e)
{
	struct timespec pause = { .tv_nsec = SAVE_POLL_MS * 1000000 };
	json_int_t before = -1, written = 0;
	uint64_t give_up = 0;

	for (;;) {
		int r = save_state(m, &written, e);

		if (r)
			return r < 0 ? r : 0;
		if (written != before) {
			give_up = clock_ns() + (uint64_t)m->deadline_s * 1000000000u;
			show_life(m);
		}
		before = written;
		if (clock_ns() > give_up)
			return err_set(e, ETIMEDOUT,
				       "QEMU has saved nothing more of the machine for %u s; a "
				       "larger --deadline waits longer",
				       m->deadline_s);
		nanosleep(&pause, NULL);
	}
}

static int save_to(struct machine *m, int fd, struct err *e)
{
	/* The default bandwidth limit is for networks. */
	json_t *fast = json_pack("{s:I}", "max-bandwidth", (json_int_t)1 << 40);
	int r = command(m, "migrate-set-parameters", fast, -1, NULL, e);
	char uri[64];

	if (r == 0)
		r = hand_over(m, fd, uri, e);
	if (r == 0)
		r = command(m, "migrate", json_pack("{s:s}", "uri", uri), -1, NULL, e);
	return r < 0 ? r : wait_saved(m, e);
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
