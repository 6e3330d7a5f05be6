// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The short reproducer: one main() of about a screen, for a mail. The statements are those of the
 * full one; what is around them is not: it looks at no state, sets and checks nothing, and prints
 * one number.
 */
#include "report/reproducer/reproducer.h"

#include "report/reproducer/reproducer_maps.h"
#include "report/reproducer/reproducer_ops.h"
#include "report/reproducer/reproducer_vectors.h"
#include "scenario/describe.h"
#include "scenario/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 60
#define ROUNDS 25
#define PLACE_BYTES 128

/* What takes more than a statement; NULL: it fits. */
static const char *too_long(const struct plan_op *op)
{
	switch (op->code) {
	case PLAN_OP_UFFD_REGISTER:
	case PLAN_OP_UFFD_UNREGISTER:
	case PLAN_OP_UFFD_PROTECT:
	case PLAN_OP_UFFD_RESOLVE:
		return "userfaultfd takes";
	case PLAN_OP_PAGEMAP_SCAN:
		return "PAGEMAP_SCAN takes";
	case PLAN_OP_KILL:
	case PLAN_OP_MRELEASE:
		return "a killed child that must not run takes";
	case PLAN_OP_MOVE_PAGES:
	case PLAN_OP_PROCESS_MADVISE:
		return "a vector of pages takes";
	case PLAN_OP_TOUCH_READ:
	case PLAN_OP_TOUCH_WRITE:
		return op->seed ? "a random order takes" : NULL;
	}
	return op->code >= PLAN_OP_PROCESS_VM_READ ? "what it opens first takes" : NULL;
}

static int refuse(const struct scenario *s, const char *what, struct err *e)
{
	return err_set(e, EINVAL,
		       "scenario '%s': %s more than a screen of C: there is only the full "
		       "reproducer, without --short",
		       s->name, what);
}

static int check(const struct scenario *s, struct err *e)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		if (too_long(&s->ops[i]))
			return refuse(s, too_long(&s->ops[i]), e);
	}
	for (size_t i = 0; i < s->n_segments; i++) {
		if (s->segments[i].flags & PLAN_SEGMENT_THREADS)
			return refuse(s, "a thread on every CPU takes", e);
	}
	return 0;
}

static bool uses(const struct scenario *s, uint32_t code)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		if (s->ops[i].code == code)
			return true;
	}
	return false;
}

static bool has_files(const struct scenario *s)
{
	for (size_t i = 0; i < s->n_maps; i++) {
		if (map_has_file(&s->maps[i]))
			return true;
	}
	return false;
}

static bool touches(const struct scenario *s)
{
	return uses(s, PLAN_OP_TOUCH_READ) || uses(s, PLAN_OP_TOUCH_WRITE);
}

static void say_title(struct text *t, const struct reproducer_request *q)
{
	_cleanup_buf_ struct buf line = { 0 }, needs = { 0 };

	buf_printf(&line, "%s: %s.", t->s->name, t->s->help);
	say(t, "// SPDX-License-Identifier: GPL-2.0-or-later\n");
	say_comment(t, "// ", buf_str(&line));
	line.len = 0;
	scenario_needs(t->s, ", ", &needs);
	for (size_t i = 0; i < t->s->n_settings; i++)
		buf_printf(&needs, "%s%s = %s", needs.len ? ", " : "", t->s->settings[i].path,
			   t->s->settings[i].value);
	if (needs.len) {
		buf_printf(&line, "It needs: %s.", buf_str(&needs));
		say_comment(t, "// ", buf_str(&line));
		line.len = 0;
	}
	buf_printf(&line, "slowpath %s: slowpath reproducer --short %s", q->version, t->s->name);
	for (size_t i = 0; i < q->n_settings; i++)
		buf_printf(&line, " --set %s=%s", q->settings[i].key, q->settings[i].value);
	say_comment(t, "// ", buf_str(&line));
	say(t, "// cc -O2 -Wall -Wextra -o short short.c && ./short (the state is not "
	       "checked)\n#define _GNU_SOURCE\n");
	buf_keep(t->out, buf_error(&needs));
	buf_keep(t->out, buf_error(&line));
}

static void say_short_includes(struct text *t)
{
	const struct scenario *s = t->s;
	const bool node = uses(s, PLAN_OP_MBIND);
	const bool call = node || uses(s, PLAN_OP_MSEAL) || uses(s, PLAN_OP_MIGRATE_PAGES);
	const bool forks = uses(s, PLAN_OP_FORK), files = has_files(s);
	const struct {
		const char *name;
		bool wanted;
	} list[] = {
		{ "err.h", true },
		{ "fcntl.h", files },
		{ "linux/mempolicy.h", node },
		{ "stdio.h", true },
		{ "stdlib.h", true },
		{ "sys/mman.h", true },
		{ "sys/socket.h", forks },
		{ "sys/syscall.h", call },
		{ "sys/wait.h", forks },
		{ "time.h", true },
		{ "unistd.h", forks || files || call },
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		if (list[i].wanted)
			say(t, "#include <%s>\n", list[i].name);
	}
	say(t, "\n");
	say_missing_constants(t);
}

static void say_helpers(struct text *t)
{
	say(t, "#define PAGE 4096UL\n"
	       "#define DO(call) do { if ((call) < 0) err(1, \"%%s\", #call); } while (0)\n");
	if (touches(t->s))
		say(t, "#define AT(map, at) (*(volatile char *)((map) + (at)))\n");
	say(t,
	    "enum { WARM_UP = %u, ROUNDS = %d };\n\n"
	    "static double now(void)\n{\n"
	    "\tstruct timespec t;\n\n"
	    "\tclock_gettime(CLOCK_MONOTONIC, &t);\n"
	    "\treturn 1e9 * (double)t.tv_sec + (double)t.tv_nsec;\n}\n\n"
	    "static int by_value(const void *a, const void *b)\n{\n"
	    "\treturn (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);\n}\n\n",
	    t->s->warmup_iterations, ROUNDS);
}

/* "area_start + (4UL << 10)" */
static const char *place(const struct text *t, uint32_t map, uint64_t offset, char out[PLACE_BYTES])
{
	char size[TEXT_SIZE_BYTES];

	snprintf(out, PLACE_BYTES, "%s_start%s%s", t->maps[map], offset ? " + " : "",
		 offset ? size_text(offset, size) : "");
	return out;
}

static void mmap_text(const struct text *t, uint32_t map, const char *from, const char *bytes,
		      const char *offset, struct buf *out)
{
	const struct plan_map *m = &t->s->maps[map];
	const bool anywhere = m->flags & PLAN_MAP_ANYWHERE;

	buf_printf(out, "DO((long)%s%s%smmap(%s, %s, %s, %s%s%s, %s%s, %s)%s);",
		   anywhere ? "(" : "", anywhere ? t->maps[map] : "", anywhere ? "_start = " : "",
		   anywhere ? "NULL" : from, bytes, prot_text(m->prot), map_kind_flags(m->kind),
		   map_more_flags(m), anywhere ? "" : " | MAP_FIXED_NOREPLACE",
		   map_has_file(m) ? t->maps[map] : "-1", map_has_file(m) ? "_fd" : "", offset,
		   anywhere ? ")" : "");
}

static void say_statement(struct text *t, unsigned depth, const struct buf *text)
{
	say_wrapped(t, depth, "%s", buf_str(text));
	buf_keep(t->out, buf_error(text));
}

static void say_map(struct text *t, uint32_t map)
{
	const struct plan_map *m = &t->s->maps[map];
	const bool tmpfs = m->kind == PLAN_MAP_TMPFS_PRIVATE || m->kind == PLAN_MAP_TMPFS_SHARED;
	_cleanup_buf_ struct buf text = { 0 };
	char start[PLACE_BYTES], size[TEXT_SIZE_BYTES];

	size_text(m->bytes, size);
	place(t, map, 0, start);
	if (map_has_file(m))
		say_wrapped(t, 1, "DO(ftruncate(%s_fd = %s, %s));", t->maps[map],
			    tmpfs ? "open(\"/dev/shm\", O_TMPFILE | O_RDWR, 0600)"
				  : "memfd_create(\"short\", 0)",
			    size);
	if (m->kind == PLAN_MAP_PLACE || m->flags & PLAN_MAP_UNMAPPED)
		return;
	mmap_text(t, map, start, size, "0", &text);
	say_statement(t, 1, &text);
	if (m->advice)
		say_wrapped(t, 1, "DO(madvise(%s, %s, %s));", start, size,
			    advice_text(m->advice, (char[ADVICE_BYTES]){ 0 }));
}

static void say_variables(struct text *t)
{
	for (uint32_t i = 0; i < t->s->n_maps; i++) {
		const struct plan_map *m = &t->s->maps[i];

		if (m->flags & PLAN_MAP_ANYWHERE)
			say(t, "\tchar *%s_start;\n", t->maps[i]);
		else
			say(t, "\tchar *%s_start = (char *)0x%llx;\n", t->maps[i],
			    (unsigned long long)(PLAN_MAPS_BASE + i * PLAN_MAPS_STEP));
		if (map_has_file(m))
			say(t, "\tint %s_fd;\n", t->maps[i]);
	}
	if (uses(t->s, PLAN_OP_MINCORE))
		say(t, "\tstatic unsigned char resident[%llu];\n",
		    (unsigned long long)mincore_bytes(t->s) / 4096);
	if (uses(t->s, PLAN_OP_FORK))
		say(t, "\tint ends[2]; /* of the parent, of the child */\n\tpid_t child;\n\tchar c "
		       "= 0;\n");
	say(t, "\tdouble ns[ROUNDS];\n\n");
	if (uses(t->s, PLAN_OP_FORK))
		say(t, "\tDO(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));\n");
}

/* The call of one piece of an operation's range, checked. */
static void piece_text(const struct text *t, size_t index, const char *from, const char *bytes,
		       const char *at, struct buf *out)
{
	const struct plan_op *op = &t->s->ops[index];

	if (op->code == PLAN_OP_MMAP) {
		mmap_text(t, op->map, from, bytes, map_has_file(&t->s->maps[op->map]) ? at : "0",
			  out);
		return;
	}
	buf_puts(out, op->fails ? "if (" : "DO(");
	op_call_text(t, index, from, bytes, out);
	if (op->fails)
		buf_printf(out, " == 0)");
	else
		buf_puts(out, ");");
}

static void say_call(struct text *t, size_t index, unsigned depth, const char *from,
		     const char *bytes, const char *at)
{
	_cleanup_buf_ struct buf text = { 0 };

	piece_text(t, index, from, bytes, at, &text);
	say_statement(t, depth, &text);
	if (t->s->ops[index].fails)
		say_wrapped(t, depth + 1, "errx(1, \"it has to fail with %s\");",
			    words_name(&words_errors, t->s->ops[index].fails));
}

static void say_range(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];
	char from[PLACE_BYTES], bytes[TEXT_SIZE_BYTES], at[TEXT_SIZE_BYTES], end[TEXT_SIZE_BYTES],
		stride[TEXT_SIZE_BYTES];

	snprintf(at, sizeof(at), "0");
	if (op->offset)
		size_text(op->offset, at);
	if (!op->each || op->each == op->bytes) {
		say_call(t, index, depth, place(t, op->map, op->offset, from),
			 size_text(op->bytes, bytes), at);
		return;
	}
	say_wrapped(t, depth, "for (size_t at = %s; at + %s <= %s; at += %s)", at,
		    size_text(op->each, bytes), size_text(op->offset + op->bytes, end),
		    size_text(op->stride, stride));
	snprintf(from, sizeof(from), "%s_start + at", t->maps[op->map]);
	say_call(t, index, depth + 1, from, bytes, "at");
}

static void say_touches(struct text *t, const struct plan_op *op, unsigned depth)
{
	char at[TEXT_SIZE_BYTES], end[TEXT_SIZE_BYTES], stride[TEXT_SIZE_BYTES];

	say_wrapped(t, depth, "for (size_t at = %s; at < %s; at += %s)",
		    op->offset ? size_text(op->offset, at) : "0",
		    size_text(op->offset + op->bytes, end), size_text(op->stride, stride));
	if (op->code == PLAN_OP_TOUCH_WRITE)
		say_wrapped(t, depth + 1, "AT(%s_start, at) = 1;", t->maps[op->map]);
	else
		say_wrapped(t, depth + 1, "(void)AT(%s_start, at);", t->maps[op->map]);
}

static void say_move(struct text *t, const struct plan_op *op, unsigned depth)
{
	_cleanup_buf_ struct buf text = { 0 };
	char from[PLACE_BYTES], to[PLACE_BYTES], bytes[TEXT_SIZE_BYTES], grown[TEXT_SIZE_BYTES];

	buf_puts(&text, "DO((long)");
	op_mremap_text(place(t, op->map, op->offset, from), size_text(op->bytes, bytes),
		       size_text(op->arg ? op->arg : op->bytes, grown),
		       op->map2 == PLAN_NO_MAP ? NULL : place(t, op->map2, 0, to), &text);
	buf_puts(&text, ");");
	say_statement(t, depth, &text);
}

static void say_short_ops(struct text *t, size_t from, size_t n, unsigned depth);

static void say_child(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];

	say_wrapped(t, depth, "DO(child = fork());");
	say_wrapped(t, depth, "if (child == 0) {");
	if (op->n_body) {
		say_short_ops(t, index + 1, op->n_body, depth + 1);
		say_wrapped(t, depth + 1, "DO(write(ends[1], &c, 1));");
	}
	say_wrapped(t, depth + 1, "DO(read(ends[1], &c, 1)); /* until it is told to end */");
	say_wrapped(t, depth + 1, "_exit(0);");
	say_wrapped(t, depth, "}");
	if (op->n_body)
		say_wrapped(t, depth, "DO(read(ends[0], &c, 1)); /* until it has done its work */");
}

static void say_short_op(struct text *t, size_t index, unsigned depth)
{
	const struct plan_op *op = &t->s->ops[index];
	const char i = (char)('i' + depth % 8);

	switch (op->code) {
	case PLAN_OP_TOUCH_READ:
	case PLAN_OP_TOUCH_WRITE:
		say_touches(t, op, depth);
		break;
	case PLAN_OP_MREMAP:
		say_move(t, op, depth);
		break;
	case PLAN_OP_FORK:
		say_child(t, index, depth);
		break;
	case PLAN_OP_WAIT:
		say_wrapped(t, depth, "DO(write(ends[0], &c, 1));");
		say_wrapped(t, depth, "DO(waitpid(child, NULL, 0));");
		break;
	case PLAN_OP_REPEAT:
		say_wrapped(t, depth, "for (long %c = 0; %c < %llu; %c++) {", i, i,
			    (unsigned long long)op->arg, i);
		say_short_ops(t, index + 1, op->n_body, depth + 1);
		say_wrapped(t, depth, "}");
		break;
	case PLAN_OP_MIGRATE_PAGES:
		say_wrapped(t, depth,
			    "DO(syscall(SYS_migrate_pages, 0L, 65UL, &(unsigned long){ %llu }, "
			    "&(unsigned long){ %llu }));",
			    1ull << op->arg, 1ull << op->arg2);
		break;
	default:
		say_range(t, index, depth);
	}
}

static void say_short_ops(struct text *t, size_t from, size_t n, unsigned depth)
{
	for (size_t i = from; i < from + n; i += 1 + t->s->ops[i].n_body)
		say_short_op(t, i, depth);
}

/* What is measured of an iteration; the clock is read where it begins and ends. */
static void say_iteration(struct text *t)
{
	bool running = false;

	for (size_t i = 0; i < t->s->n_segments; i++) {
		const struct plan_segment *g = &t->s->segments[i];
		size_t at = scenario_segment_ops(t->s, i);

		if (running && g->n_before) {
			say_wrapped(t, 2, "took += now();");
			running = false;
		}
		say_short_ops(t, at, g->n_before, 2);
		if (!running)
			say_wrapped(t, 2, "took -= now();");
		say_short_ops(t, at + g->n_before, g->n_ops, 2);
		running = !g->n_after;
		if (!running)
			say_wrapped(t, 2, "took += now();");
		say_short_ops(t, at + g->n_before + g->n_ops, g->n_after, 2);
	}
	if (running)
		say_wrapped(t, 2, "took += now();");
}

static size_t lines_of(const struct buf *text, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < text->len; i++)
		n += text->data[i] == '\n';
	return n;
}

int reproducer_write_short(const struct reproducer_request *q, struct buf *out, struct err *e)
{
	struct text t = { .s = q->scenario, .out = out };
	size_t before = out->len;
	char what[40];
	int r = reproducer_possible(q->scenario, e);

	if (r == 0)
		r = check(q->scenario, e);
	if (r < 0)
		return r;
	text_make_names(&t);
	say_title(&t, q);
	say_short_includes(&t);
	say_helpers(&t);
	say(&t, "int main(void)\n{\n");
	say_variables(&t);
	for (uint32_t i = 0; i < t.s->n_maps; i++)
		say_map(&t, i);
	say_short_ops(&t, 0, t.s->n_prepare, 1);
	say(&t,
	    "\tfor (int round = -WARM_UP; round < ROUNDS; round++) {\n\t\tdouble took = 0;\n\n");
	say_iteration(&t);
	say(&t,
	    "\t\tif (round >= 0)\n\t\t\tns[round] = took;\n\t}\n"
	    "\tqsort(ns, ROUNDS, sizeof(ns[0]), by_value);\n"
	    "\tprintf(\"%%.3f ns per %s\\n\", ns[ROUNDS / 2] / %llu);\n"
	    "}\n",
	    scenario_item_name(t.s), (unsigned long long)scenario_items(t.s));
	if (buf_error(out))
		return err_oom(e);
	if (lines_of(out, before) <= LINES_MAX)
		return 0;
	snprintf(what, sizeof(what), "its %zu lines are", lines_of(out, before));
	return refuse(t.s, what, e);
}
