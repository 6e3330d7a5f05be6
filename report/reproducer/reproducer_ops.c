// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/reproducer/reproducer_ops.h"

#include "proto/plan_files.h"
#include "report/reproducer/reproducer_maps.h"
#include "report/reproducer/reproducer_vectors.h"
#include "scenario/describe.h"
#include "scenario/op_words.h"
#include "scenario/words.h"

#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define EXPRESSION_BYTES 256
#define WORD_BYTES 32

/* Where an operation's range is, in C. */
struct range {
	char offset[EXPRESSION_BYTES]; /* within its map; "" if 0 */
	char from[EXPRESSION_BYTES];
	char bytes[EXPRESSION_BYTES];
	char end[EXPRESSION_BYTES];   /* offset of its end, if it is not a slice */
	char whole[EXPRESSION_BYTES]; /* bytes of all threads together */
};

bool op_may_be_impossible(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_MADVISE:
		return op->arg >= MADV_MERGEABLE;
	case PLAN_OP_MLOCK:
	case PLAN_OP_MSEAL:
	case PLAN_OP_MBIND:
	case PLAN_OP_MRELEASE:
	case PLAN_OP_MIGRATE_PAGES:
	case PLAN_OP_MOVE_PAGES:
	case PLAN_OP_PROCESS_MADVISE:
	case PLAN_OP_PAGEMAP_SCAN:
	case PLAN_OP_UFFD_REGISTER:
	case PLAN_OP_UFFD_PROTECT:
		return true;
	}
	return op->code >= PLAN_OP_PROCESS_VM_READ;
}

static struct range find_range(struct text *t, size_t index, bool own)
{
	const struct plan_op *op = &t->s->ops[index];
	const char *map = t->maps[op->map], *size = t->sizes[op->map];
	char text[TEXT_SIZE_BYTES];
	struct range r = { .offset = "" };

	if (op->bytes == t->s->maps[op->map].bytes)
		snprintf(r.whole, sizeof(r.whole), "%s_BYTES", size);
	else if (t->s->to_end[index])
		snprintf(r.whole, sizeof(r.whole), "%s_BYTES - %s", size,
			 size_text(op->offset, text));
	else
		snprintf(r.whole, sizeof(r.whole), "%s", size_text(op->bytes, text));
	if (op->offset + op->bytes == t->s->maps[op->map].bytes)
		snprintf(r.end, sizeof(r.end), "%s_BYTES", size);
	else
		snprintf(r.end, sizeof(r.end), "%s", size_text(op->offset + op->bytes, text));
	if (op->offset)
		snprintf(r.offset, sizeof(r.offset), "%s", size_text(op->offset, text));
	if (own) {
		size_t n = strlen(r.offset);

		snprintf(r.offset + n, sizeof(r.offset) - n, "%sstart_of_slice(%.*s, thread)",
			 n ? " + " : "", TEXT_NAME_BYTES * 2, r.whole);
		snprintf(r.bytes, sizeof(r.bytes), "bytes_of_slice(%.*s, thread)",
			 TEXT_NAME_BYTES * 2, r.whole);
	} else {
		snprintf(r.bytes, sizeof(r.bytes), "%.*s", EXPRESSION_BYTES - 1, r.whole);
	}
	snprintf(r.from, sizeof(r.from), "%s_start%s%.*s", map, *r.offset ? " + " : "",
		 EXPRESSION_BYTES - TEXT_NAME_BYTES - 16, r.offset);
	return r;
}

/* "populate-write" as MADV_POPULATE_WRITE. */
static const char *constant(const char *prefix, const struct words *w, uint64_t value,
			    char out[WORD_BYTES])
{
	snprintf(out, WORD_BYTES, "%s%s", prefix, words_name(w, value));
	for (char *c = out; *c; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	return out;
}

/* Behind the name of its map, a place is the same in another map of the same length. */
static const char *behind_name(const struct text *t, const struct plan_op *op, const char *from)
{
	return from + strlen(t->maps[op->map]);
}

/* "map_start + at" is at "at" of its file. */
static const char *offset_in_file(const struct text *t, const struct plan_op *op, const char *from)
{
	const char *plus = strstr(behind_name(t, op, from), " + ");

	return plus ? plus + 3 : "0";
}

static void other_call_text(const struct text *t, const struct plan_op *op, const char *from,
			    const char *bytes, struct buf *out)
{
	const char *other = op->map2 == PLAN_NO_MAP ? "" : t->maps[op->map2];
	const char *behind = behind_name(t, op, from);

	switch (op->code) {
	case PLAN_OP_PROCESS_VM_READ:
		buf_printf(out,
			   "process_vm_readv(getpid(), &(struct iovec){ %s%s, %s }, 1UL, "
			   "&(struct iovec){ %s, %s }, 1UL, 0UL)",
			   other, behind, bytes, from, bytes);
		return;
	case PLAN_OP_PROCESS_VM_WRITE:
		buf_printf(out,
			   "process_vm_writev(getpid(), &(struct iovec){ %s, %s }, 1UL, "
			   "&(struct iovec){ %s%s, %s }, 1UL, 0UL)",
			   from, bytes, other, behind, bytes);
		return;
	case PLAN_OP_VMSPLICE:
		buf_printf(out, "through_pipe(%s, %s)", from, bytes);
		return;
	case PLAN_OP_UFFD_COPY:
		buf_printf(out, "uffd_copy(%s, %s, %s%s)", from, bytes, other, behind);
		return;
	case PLAN_OP_UFFD_ZERO:
		buf_printf(out, "uffd_zeropage(%s, %s)", from, bytes);
		return;
	case PLAN_OP_UFFD_CONTINUE:
		buf_printf(out, "uffd_continue(%s, %s)", from, bytes);
		return;
	case PLAN_OP_UFFD_MOVE:
		buf_printf(out, "uffd_move(%s, %s, %s%s)", from, bytes, other, behind);
		return;
	case PLAN_OP_PKEY_MPROTECT:
		buf_printf(out, "pkey_mprotect(%s, %s, %s, %s)", from, bytes, prot_text(op->arg),
			   op->flags & PLAN_OP_KEY_0 ? "0" : "own_key");
		return;
	case PLAN_OP_FALLOCATE:
		buf_printf(out, "fallocate(%s_fd, %s, %s, %s)", t->maps[op->map],
			   !op->arg ? "0"
			   : op->arg == FALLOC_FL_KEEP_SIZE
				   ? "FALLOC_FL_KEEP_SIZE"
				   : "FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE",
			   offset_in_file(t, op, from), bytes);
		return;
	}
}

void op_call_text(const struct text *t, size_t index, const char *from, const char *bytes,
		  struct buf *out)
{
	const struct plan_op *op = &t->s->ops[index];
	char word[WORD_BYTES];

	switch (op->code) {
	case PLAN_OP_MPROTECT:
		buf_printf(out, "mprotect(%s, %s, %s)", from, bytes, prot_text(op->arg));
		return;
	case PLAN_OP_MADVISE:
		buf_printf(out, "madvise(%s, %s, %s)", from, bytes,
			   constant("MADV_", &words_advices, op->arg, word));
		return;
	case PLAN_OP_MUNMAP:
		buf_printf(out, "munmap(%s, %s)", from, bytes);
		return;
	case PLAN_OP_MINCORE:
		buf_printf(out, "mincore(%s, %s, resident)", from, bytes);
		return;
	case PLAN_OP_MLOCK:
		if (op->flags & PLAN_OP_ONFAULT)
			buf_printf(out, "mlock2(%s, %s, MLOCK_ONFAULT)", from, bytes);
		else
			buf_printf(out, "mlock(%s, %s)", from, bytes);
		return;
	case PLAN_OP_MUNLOCK:
		buf_printf(out, "munlock(%s, %s)", from, bytes);
		return;
	case PLAN_OP_MSYNC:
		buf_printf(out, "msync(%s, %s, %s)", from, bytes,
			   constant("MS_", &words_syncs, op->arg, word));
		return;
	case PLAN_OP_MSEAL:
		buf_printf(out, "syscall(SYS_mseal, %s, %s, 0UL)", from, bytes);
		return;
	case PLAN_OP_MBIND:
		constant("MPOL_", &words_policies, op->arg, word);
		if (!op->arg2) {
			buf_printf(out, "syscall(SYS_mbind, %s, %s, %s, NULL, 0UL, %s)", from,
				   bytes, word, op->flags & PLAN_OP_MOVE ? "MPOL_MF_MOVE" : "0UL");
			return;
		}
		buf_printf(out,
			   "syscall(SYS_mbind, %s, %s, %s, &(unsigned long){ %llu }, 65UL, "
			   "%s)",
			   from, bytes, word, (unsigned long long)op->arg2,
			   op->flags & PLAN_OP_MOVE ? "MPOL_MF_MOVE" : "0UL");
		return;
	case PLAN_OP_UFFD_REGISTER:
		buf_printf(out, "uffd_register(%s, %s, %s)", from, bytes,
			   op->arg == PLAN_UFFD_MISSING ? "UFFDIO_REGISTER_MODE_MISSING"
			   : op->arg == PLAN_UFFD_MINOR ? "UFFDIO_REGISTER_MODE_MINOR"
							: "UFFDIO_REGISTER_MODE_WP");
		return;
	case PLAN_OP_UFFD_UNREGISTER:
		buf_printf(out, "uffd_unregister(%s, %s)", from, bytes);
		return;
	case PLAN_OP_UFFD_PROTECT:
		buf_printf(out, "uffd_write_protect(%s, %s, UFFDIO_WRITEPROTECT_MODE_WP)", from,
			   bytes);
		return;
	case PLAN_OP_UFFD_RESOLVE:
		buf_printf(out, "uffd_write_protect(%s, %s, 0)", from, bytes);
		return;
	case PLAN_OP_PAGEMAP_SCAN:
		buf_printf(out, "pagemap_scan(%s, %s, %s, %s)", from, bytes,
			   constant("PAGE_", &words_pages, op->arg, word),
			   op->flags & PLAN_OP_PROTECT ? "SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC"
						       : "0");
		return;
	}
	if (op->map != PLAN_NO_MAP)
		other_call_text(t, op, from, bytes, out);
}

/* A call and what is said of it if it does not do what it has to. */
static void say_checked(struct text *t, unsigned depth, size_t index, const char *call)
{
	const struct plan_op *op = &t->s->ops[index];
	_cleanup_buf_ struct buf words = { 0 }, quoted = { 0 };

	describe_op(t->s, op, &words);
	quote_text(buf_str(&words), &quoted);
	buf_keep(t->out, buf_error(&words));
	buf_keep(t->out, buf_error(&quoted));
	if (op->fails)
		say_wrapped(t, depth, "has_to_fail(%s, %s, %s);", call,
			    words_name(&words_errors, op->fails), buf_str(&quoted));
	else
		say_wrapped(t, depth, "%s(%s, %s);", op_may_be_impossible(op) ? "possible" : "done",
			    call, buf_str(&quoted));
}

/* What there is no range of, or what one call does with all of it. */
static void say_whole_op(struct text *t, size_t index, unsigned depth)
{
	static const char *const types[] = { [PLAN_BPF_ARRAY] = "BPF_MAP_TYPE_ARRAY",
					     [PLAN_BPF_PERCPU_ARRAY] = "BPF_MAP_TYPE_PERCPU_ARRAY",
					     [PLAN_BPF_HASH] = "BPF_MAP_TYPE_HASH" };
	const struct plan_op *op = &t->s->ops[index];
	_cleanup_buf_ struct buf call = { 0 };
	const unsigned long long arg = op->arg, arg2 = op->arg2, each = op->each;

	if (op->code == PLAN_OP_URING_REGISTER)
		buf_printf(&call, "register_buffers(vector_%zu, %llu)", index,
			   (unsigned long long)process_pieces(op));
	else if (op->code == PLAN_OP_READ_FILE && op->map != PLAN_NO_MAP)
		buf_printf(&call, "read_entries(file_%zu, %s, %s)", index,
			   find_range(t, index, false).from, find_range(t, index, false).bytes);
	else if (op->code == PLAN_OP_READ_FILE)
		buf_printf(&call, "read_whole(file_%zu, %s)", index,
			   op->arg == PLAN_FILE_KPAGEFLAGS || op->arg == PLAN_FILE_KPAGECOUNT
				   ? "1 << 17"
				   : "LONG_MAX");
	else if (op->code == PLAN_OP_WRITE_FILE)
		buf_printf(&call, "write_number(file_%zu, \"%llu\")", index, arg2);
	else if (op->code == PLAN_OP_BRK)
		buf_printf(&call, "move_break(%lluUL, %lluUL)", arg, each);
	else if (op->code == PLAN_OP_BPF_CREATE)
		buf_printf(&call, "create_bpf_map(%s, %llu, %llu)", types[op->arg], arg2, each);
	else if (op->code == PLAN_OP_OPEN || op->code == PLAN_OP_PIPE)
		buf_printf(&call, "open_%s(%llu)", op->code == PLAN_OP_OPEN ? "many" : "pipes",
			   arg);
	else if (op->code == PLAN_OP_PIPE_WRITE || op->code == PLAN_OP_PIPE_READ)
		buf_printf(&call, "%s_pipes(%llu)",
			   op->code == PLAN_OP_PIPE_WRITE ? "write" : "read", arg);
	else
		buf_puts(&call, op->code == PLAN_OP_URING_UNREGISTER ? "unregister_buffers()"
				: op->code == PLAN_OP_BPF_CLOSE	     ? "close_bpf_maps()"
				: op->code == PLAN_OP_PIPE_CLOSE     ? "close_pipes()"
								     : "close_many()");
	buf_keep(t->out, buf_error(&call));
	say_checked(t, depth, index, buf_str(&call));
}

/* The call of one piece, whose offset in the map is the text @at. */
static void say_piece(struct text *t, unsigned depth, size_t index, const char *from,
		      const char *bytes, const char *at)
{
	const struct plan_op *op = &t->s->ops[index];
	const struct plan_map *m = &t->s->maps[op->map];
	_cleanup_buf_ struct buf call = { 0 };

	if (op->code == PLAN_OP_MMAP) {
		say_map_at(t, depth, op->map, from, bytes, map_has_file(m) && *at ? at : "0");
		return;
	}
	op_call_text(t, index, from, bytes, &call);
	/* Fewer bytes than these are an error. */
	if (op->code == PLAN_OP_PROCESS_VM_READ || op->code == PLAN_OP_PROCESS_VM_WRITE)
		buf_printf(&call, " - (long)(%s)", bytes);
	buf_keep(t->out, buf_error(&call));
	say_checked(t, depth, index, buf_str(&call));
}

static void say_range_op(struct text *t, size_t index, unsigned depth, bool own)
{
	const struct plan_op *op = &t->s->ops[index];
	const struct range r = find_range(t, index, own);
	char each[TEXT_SIZE_BYTES], stride[TEXT_SIZE_BYTES], from[EXPRESSION_BYTES];

	if (!op->each || op->each == op->bytes) {
		say_piece(t, depth, index, r.from, r.bytes, r.offset);
		return;
	}
	size_text(op->each, each);
	size_text(op->stride, stride);
	if (own)
		say_wrapped(t, depth,
			    "for (size_t at = %s, end = at + %s; at + %s <= end; at += %s)",
			    r.offset, r.bytes, each, stride);
	else
		say_wrapped(t, depth, "for (size_t at = %s; at + %s <= %s; at += %s)",
			    *r.offset ? r.offset : "0", each, r.end, stride);
	snprintf(from, sizeof(from), "%s_start + at", t->maps[op->map]);
	say_piece(t, depth + 1, index, from, each, "at");
}

static void say_touch(struct text *t, size_t index, unsigned depth, bool own)
{
	const struct plan_op *op = &t->s->ops[index];
	const struct range r = find_range(t, index, own);
	const char *how = op->code == PLAN_OP_TOUCH_WRITE ? "write" : "read";
	char stride[TEXT_SIZE_BYTES];

	size_text(op->stride, stride);
	if (op->seed)
		say_wrapped(t, depth, "touch_%s_random(%s, %s, order_%zu, %llu);", how, r.from,
			    stride, index, (unsigned long long)op_strides(op));
	else
		say_wrapped(t, depth, "touch_%s(%s, %s, %s);", how, r.from, r.bytes, stride);
}

void op_mremap_text(const char *from, const char *bytes, const char *new_bytes, const char *to,
		    struct buf *out)
{
	buf_printf(out, "mremap(%s, %s, %s, ", from, bytes, new_bytes);
	if (to)
		buf_printf(out, "MREMAP_MAYMOVE | MREMAP_FIXED, %s)", to);
	else
		buf_puts(out, "0)");
}

static void say_mremap(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];
	const struct range r = find_range(t, index, false);
	_cleanup_buf_ struct buf call = { 0 };
	char size[TEXT_SIZE_BYTES], to[TEXT_NAME_BYTES + 8] = "";

	if (op->map2 != PLAN_NO_MAP)
		snprintf(to, sizeof(to), "%s_start", t->maps[op->map2]);
	buf_puts(&call, "(long)");
	op_mremap_text(r.from, r.bytes, op->arg ? size_text(op->arg, size) : r.bytes,
		       *to ? to : NULL, &call);
	buf_keep(t->out, buf_error(&call));
	say_checked(t, depth, index, buf_str(&call));
}

static void say_fork(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];

	say_wrapped(t, depth, "fork_child();");
	if (!op->n_body) {
		say_wrapped(t, depth, "if (child == 0)");
		say_wrapped(t, depth + 1, "end_when_told();");
		return;
	}
	say_wrapped(t, depth, "if (child == 0) {");
	say_ops(t, index + 1, op->n_body, depth + 1, false);
	say_wrapped(t, depth + 1, "tell_done();");
	say_wrapped(t, depth + 1, "end_when_told();");
	say_wrapped(t, depth, "}");
	say_wrapped(t, depth, "wait_until_done();");
}

static void say_repeat(struct text *t, size_t index, unsigned depth, bool own)
{
	const struct plan_op *op = &t->s->ops[index];
	char i = (char)('i' + (depth - 1) % 8);

	say_wrapped(t, depth, "for (long %c = 0; %c < %llu; %c++) {", i, i,
		    (unsigned long long)op->arg, i);
	say_ops(t, index + 1, op->n_body, depth + 1, own);
	say_wrapped(t, depth, "}");
}

static void say_vector_op(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];
	_cleanup_buf_ struct buf call = { 0 };
	char word[WORD_BYTES], each[TEXT_SIZE_BYTES];

	if (op->code == PLAN_OP_MOVE_PAGES)
		buf_printf(&call,
			   "syscall(SYS_move_pages, 0L, %lluUL, pages_%zu, nodes_%zu, "
			   "status_%zu, (long)MPOL_MF_MOVE)",
			   (unsigned long long)op_strides(op), index, index, index);
	else if (op->code == PLAN_OP_MIGRATE_PAGES)
		buf_printf(&call,
			   "syscall(SYS_migrate_pages, 0L, 65UL, &(unsigned long){ %llu }, "
			   "&(unsigned long){ %llu })",
			   1ull << op->arg, 1ull << op->arg2);
	else
		buf_printf(&call,
			   "syscall(SYS_process_madvise, own_fd, vector_%zu, %lluUL, %s, "
			   "0UL) - (long)(%lluUL * %s)",
			   index, (unsigned long long)process_pieces(op),
			   constant("MADV_", &words_advices, op->arg, word),
			   (unsigned long long)process_pieces(op),
			   size_text(op->each ? op->each : op->bytes, each));
	buf_keep(t->out, buf_error(&call));
	say_checked(t, depth, index, buf_str(&call));
}

static void say_op(struct text *t, size_t index, unsigned depth, bool own)
{
	const struct plan_op *op = &t->s->ops[index];

	switch (op->code) {
	case PLAN_OP_TOUCH_READ:
	case PLAN_OP_TOUCH_WRITE:
		say_touch(t, index, depth, own);
		break;
	case PLAN_OP_MREMAP:
		say_mremap(t, index, depth);
		break;
	case PLAN_OP_FORK:
		say_fork(t, index, depth);
		break;
	case PLAN_OP_KILL:
		say_wrapped(t, depth, "kill_child();");
		break;
	case PLAN_OP_WAIT:
		say_wrapped(t, depth, "wait_for_child();");
		break;
	case PLAN_OP_MRELEASE:
		say_checked(t, depth, index, "syscall(SYS_process_mrelease, pidfd, 0U)");
		break;
	case PLAN_OP_REPEAT:
		say_repeat(t, index, depth, own);
		break;
	case PLAN_OP_MOVE_PAGES:
	case PLAN_OP_MIGRATE_PAGES:
	case PLAN_OP_PROCESS_MADVISE:
		say_vector_op(t, index, depth);
		break;
	case PLAN_OP_URING_REGISTER:
	case PLAN_OP_READ_FILE:
		say_whole_op(t, index, depth);
		break;
	default:
		if (op->map == PLAN_NO_MAP)
			say_whole_op(t, index, depth);
		else
			say_range_op(t, index, depth, own);
	}
}

void say_ops(struct text *t, size_t from, size_t n, unsigned depth, bool own)
{
	for (size_t i = from; i < from + n; i += 1 + t->s->ops[i].n_body)
		say_op(t, i, depth, own);
}
