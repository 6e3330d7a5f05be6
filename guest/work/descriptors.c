// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/descriptors.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"
#include "proto/plan_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NULL_DEVICE "/slowpath-null"
#define READ_BYTES (1u << 16)
#define ENTRY_BYTES 8 /* of a page, in a file that has a number for each */

static const struct {
	const char *path;
	unsigned how;
	const char *option;
} files[] = {
#define FILE_ROW(code, word, path, how, option) { path, how, option },
	PLAN_FILES(FILE_ROW)
#undef FILE_ROW
};

/* Those that are open because operations opened them; a pipe has two. */
struct descriptors {
	int fd[2 * PLAN_DESCRIPTORS_MAX];
	unsigned count;
};

static struct descriptors opened, pipes;

long descriptors_null(int flags)
{
	long fd;

	if (mknod(NULL_DEVICE, S_IFCHR | 0600, makedev(1, 3)) < 0 && errno != EEXIST)
		return -errno;
	fd = open(NULL_DEVICE, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

const char *descriptors_option(const struct plan_op *p)
{
	if ((p->code != PLAN_OP_READ_FILE && p->code != PLAN_OP_WRITE_FILE) ||
	    p->arg >= PLAN_FILE_KINDS || !*files[p->arg].option)
		return NULL;
	return files[p->arg].option;
}

static long run_read(const struct op *op)
{
	long r = 1;

	for (long at = 0; r > 0 && at < op->arg2; at += r)
		r = call6(SYS_pread64, op->arg, (long)op->data, READ_BYTES, at, 0, 0);
	return r < 0 ? r : 0;
}

/* The entries of the range's pages. */
static long run_read_range(const struct op *op)
{
	uint64_t start = (uint64_t)op->map->start;
	uint64_t at = (start + op->offset) / 4096 * ENTRY_BYTES;
	uint64_t end = (start + op->end) / 4096 * ENTRY_BYTES;

	while (at < end) {
		uint64_t want = end - at < READ_BYTES ? end - at : READ_BYTES;
		long r = call6(SYS_pread64, op->arg, (long)op->data, (long)want, (long)at, 0, 0);

		if (r != (long)want)
			return r < 0 ? r : -EIO;
		at += want;
	}
	return 0;
}

static long run_write(const struct op *op)
{
	long r = call6(SYS_pwrite64, op->arg, (long)op->data, op->arg2, 0, 0, 0);

	return r == op->arg2 ? 0 : r < 0 ? r : -EIO;
}

static int read_resolve(const struct plan_op *p, struct op *out)
{
	const int range = !!(files[p->arg].how & PLAN_FILE_RANGE);

	if (!(files[p->arg].how & PLAN_FILE_READ) || range != !!out->map)
		return -EINVAL;
	out->arg = open(files[p->arg].path, O_RDONLY | O_CLOEXEC);
	out->arg2 = files[p->arg].how & PLAN_FILE_HEAD ? PLAN_FILE_HEAD_BYTES : LONG_MAX;
	out->data = arena_get(READ_BYTES);
	out->run = range ? run_read_range : run_read;
	if (!out->data)
		return -ENOMEM;
	return out->arg < 0 ? -errno : 0;
}

static int write_resolve(const struct plan_op *p, struct op *out)
{
	char *text = arena_get(32);

	if (!text)
		return -ENOMEM;
	if (!(files[p->arg].how & PLAN_FILE_WRITE))
		return -EINVAL;
	out->arg = open(files[p->arg].path, O_WRONLY | O_CLOEXEC);
	out->arg2 = snprintf(text, 32, "%llu", (unsigned long long)p->arg2);
	out->data = text;
	out->run = run_write;
	return out->arg < 0 ? -errno : 0;
}

static long run_open(const struct op *op)
{
	for (long i = 0; i < op->arg; i++) {
		long r = opened.count == PLAN_DESCRIPTORS_MAX
				 ? -EMFILE
				 : call_open(NULL_DEVICE, O_RDONLY | O_CLOEXEC);

		if (r < 0)
			return r;
		opened.fd[opened.count++] = (int)r;
	}
	return 0;
}

static long close_all(struct descriptors *d)
{
	while (d->count) {
		long r = call1(SYS_close, d->fd[--d->count]);

		if (r < 0)
			return r;
	}
	return 0;
}

static long run_close(const struct op *op)
{
	(void)op;
	return close_all(&opened);
}

static long run_pipe(const struct op *op)
{
	for (long i = 0; i < op->arg; i++) {
		long r = pipes.count == 2 * PLAN_DESCRIPTORS_MAX
				 ? -EMFILE
				 : call2(SYS_pipe2, &pipes.fd[pipes.count], O_CLOEXEC | O_NONBLOCK);

		if (r < 0)
			return r;
		pipes.count += 2;
	}
	return 0;
}

/* Of each pipe the end for reading, or, one further on, the one for writing. */
static long run_pipe_bytes(const struct op *op)
{
	for (unsigned i = 0; i < pipes.count; i += 2) {
		long r = call3(op->number, pipes.fd[i + (op->number == SYS_write)], op->data,
			       op->arg);

		if (r != op->arg)
			return r < 0 ? r : -EIO;
	}
	return 0;
}

static long run_pipe_close(const struct op *op)
{
	(void)op;
	return close_all(&pipes);
}

static int pipe_bytes_resolve(const struct plan_op *p, struct op *out)
{
	static void *buffer;

	if (p->arg > PLAN_PIPE_BYTES_MAX)
		return -EINVAL;
	buffer = buffer ? buffer : arena_get(PLAN_PIPE_BYTES_MAX);
	out->data = buffer;
	out->number = p->code == PLAN_OP_PIPE_WRITE ? SYS_write : SYS_read;
	out->run = run_pipe_bytes;
	return buffer ? 0 : -ENOMEM;
}

/* Room for all that may be opened, besides what the guest itself has open. */
static int allow_descriptors(void)
{
	const struct rlimit many = { 4 * PLAN_DESCRIPTORS_MAX, 4 * PLAN_DESCRIPTORS_MAX };
	long fd = descriptors_null(O_RDONLY);

	if (fd < 0)
		return (int)fd;
	close((int)fd);
	return setrlimit(RLIMIT_NOFILE, &many) < 0 ? -errno : 0;
}

int descriptors_resolve(const struct plan_op *p, struct op *out)
{
	switch (p->code) {
	case PLAN_OP_READ_FILE:
		return p->arg < PLAN_FILE_KINDS ? read_resolve(p, out) : -EINVAL;
	case PLAN_OP_WRITE_FILE:
		return p->arg < PLAN_FILE_KINDS ? write_resolve(p, out) : -EINVAL;
	case PLAN_OP_PIPE_WRITE:
	case PLAN_OP_PIPE_READ:
		return pipe_bytes_resolve(p, out);
	}
	out->run = p->code == PLAN_OP_OPEN    ? run_open
		   : p->code == PLAN_OP_CLOSE ? run_close
		   : p->code == PLAN_OP_PIPE  ? run_pipe
					      : run_pipe_close;
	return allow_descriptors();
}
