// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/files.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"
#include "proto/parcel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NULL_FILE "/" PARCEL_OWN "/null"
#define DROP_CACHES "/proc/sys/vm/drop_caches"

/* Less than was asked for is an error: the next kernel might do all of it. */
static long whole(long r, const struct op *op)
{
	return r == (long)op->each ? 0 : r < 0 ? r : -EIO;
}

static long seek(const struct map *m, size_t offset)
{
	long r = call3(SYS_lseek, m->fd, offset, SEEK_SET);

	return r < 0 ? r : 0;
}

static long run_stream(const struct op *op)
{
	long r = seek(op->map, op->offset);

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride)
		r = whole(call3(op->number, op->map->fd, op->data, op->each), op);
	return r;
}

static long run_at(const struct op *op)
{
	long r = 0;

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride)
		r = whole(call6(op->number, op->map->fd, (long)op->data, (long)op->each, (long)at,
				0, 0),
			  op);
	return r;
}

static long run_whole_file(const struct op *op)
{
	return call2(op->number, op->map->fd, op->arg);
}

/* (fd, offset, length, advice): nothing comes back. */
static long run_range(const struct op *op)
{
	long r = 0;

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride)
		r = call6(op->number, op->map->fd, (long)at, (long)op->each, op->arg, 0, 0);
	return r;
}

/* (fd, mode, offset, length). */
static long run_fallocate(const struct op *op)
{
	long r = 0;

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride)
		r = call6(op->number, op->map->fd, op->arg, (long)at, (long)op->each, 0, 0);
	return r;
}

/* A pipe takes less at once if folios do not lie well in it, which is no error. */
static long splice_piece(const struct op *op, size_t at)
{
	const int *pipe = op->data;
	int64_t offset = (int64_t)at, end = (int64_t)(at + op->each);

	while (offset < end) {
		long r = call6(op->number, op->map->fd, (long)&offset, pipe[1], 0,
			       (long)(end - offset), 0);

		if (r > 0)
			r = call6(op->number, pipe[0], 0, op->arg, 0, r, 0);
		if (r <= 0)
			return r < 0 ? r : -EIO;
	}
	return 0;
}

static long run_splice(const struct op *op)
{
	long r = 0;

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride)
		r = splice_piece(op, at);
	return r;
}

/* Both may do less than they are asked for, and go on where they were. */
static long run_sendfile(const struct op *op)
{
	long r = seek(op->map2, op->offset);

	for (size_t at = op->offset; r == 0 && at + op->each <= op->end; at += op->stride) {
		int64_t from = (int64_t)at, end = (int64_t)(at + op->each);

		while (from < end) {
			r = call6(op->number, op->map2->fd, op->map->fd, (long)&from,
				  (long)(end - from), 0, 0);
			if (r <= 0)
				return r < 0 ? r : -EIO;
		}
		r = 0;
	}
	return r;
}

static long run_copy(const struct op *op)
{
	for (size_t at = op->offset; at + op->each <= op->end; at += op->stride) {
		int64_t from = (int64_t)at, to = from, end = (int64_t)(at + op->each);

		while (from < end) {
			long r = call6(op->number, op->map->fd, (long)&from, op->map2->fd,
				       (long)&to, (long)(end - from), 0);

			if (r <= 0)
				return r < 0 ? r : -EIO;
		}
	}
	return 0;
}

static long run_drop(const struct op *op)
{
	long r = call6(SYS_pwrite64, op->arg2, (long)op->data, op->arg3, 0, 0, 0);

	return r < 0 ? r : 0;
}

/* After a 4 the kernel does not say it each time. */
static int drop_resolve(struct op *out)
{
	char *text = arena_get(2);
	int fd = open(DROP_CACHES, O_WRONLY | O_CLOEXEC);

	if (!text)
		return -ENOMEM;
	if (fd < 0 || pwrite(fd, "4\n", 2, 0) < 0)
		return -errno;
	text[0] = (char)('0' + out->arg);
	text[1] = '\n';
	out->data = text;
	out->arg2 = fd;
	out->arg3 = 2;
	out->run = run_drop;
	return 0;
}

static int buffer_resolve(struct op *out, long (*run)(const struct op *op))
{
	void *buffer = arena_get(out->each);

	if (!buffer)
		return -ENOMEM;
	memset(buffer, 0xa5, out->each);
	out->data = buffer;
	out->run = run;
	return 0;
}

static int splice_resolve(struct op *out)
{
	int *pipe_ends = arena_get(2 * sizeof(int));

	mkdir("/" PARCEL_OWN, 0755);
	if (!pipe_ends)
		return -ENOMEM;
	if (mknod(NULL_FILE, S_IFCHR | 0600, makedev(1, 3)) < 0 && errno != EEXIST)
		return -errno;
	out->arg = open(NULL_FILE, O_WRONLY | O_CLOEXEC);
	if (out->arg < 0 || pipe2(pipe_ends, O_CLOEXEC) < 0 ||
	    fcntl(pipe_ends[0], F_SETPIPE_SZ, (int)out->each) < 0)
		return -errno;
	out->data = pipe_ends;
	out->run = run_splice;
	return 0;
}

static long number_of(uint32_t code)
{
	switch (code) {
	case PLAN_OP_READ:
		return SYS_read;
	case PLAN_OP_WRITE:
		return SYS_write;
	case PLAN_OP_PREAD:
		return SYS_pread64;
	case PLAN_OP_PWRITE:
		return SYS_pwrite64;
	case PLAN_OP_FSYNC:
		return SYS_fsync;
	case PLAN_OP_FDATASYNC:
		return SYS_fdatasync;
	case PLAN_OP_FTRUNCATE:
		return SYS_ftruncate;
	case PLAN_OP_FALLOCATE:
		return SYS_fallocate;
	case PLAN_OP_FADVISE:
		return SYS_fadvise64;
	case PLAN_OP_READAHEAD:
		return SYS_readahead;
	case PLAN_OP_SPLICE:
		return SYS_splice;
	case PLAN_OP_SENDFILE:
		return SYS_sendfile;
	case PLAN_OP_COPY_FILE_RANGE:
		return SYS_copy_file_range;
	}
	return -1;
}

int files_resolve(const struct plan_op *p, struct op *out)
{
	out->number = number_of(p->code);
	if (p->code == PLAN_OP_DROP_CACHES)
		return drop_resolve(out);
	if (!out->map || out->map->fd < 0 || (out->map2 && out->map2->fd < 0))
		return -EBADF;
	switch (p->code) {
	case PLAN_OP_READ:
	case PLAN_OP_WRITE:
		return buffer_resolve(out, run_stream);
	case PLAN_OP_PREAD:
	case PLAN_OP_PWRITE:
		return buffer_resolve(out, run_at);
	case PLAN_OP_FSYNC:
	case PLAN_OP_FDATASYNC:
	case PLAN_OP_FTRUNCATE:
		out->run = run_whole_file;
		return 0;
	case PLAN_OP_FADVISE:
	case PLAN_OP_READAHEAD:
		out->run = run_range;
		return 0;
	case PLAN_OP_FALLOCATE:
		out->run = run_fallocate;
		return 0;
	case PLAN_OP_SPLICE:
		return splice_resolve(out);
	case PLAN_OP_SENDFILE:
		out->run = run_sendfile;
		return out->map2 ? 0 : -EINVAL;
	case PLAN_OP_COPY_FILE_RANGE:
		out->run = run_copy;
		return out->map2 ? 0 : -EINVAL;
	}
	return -ENOSYS;
}
