// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/call/capture.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "lab/captured.h"
#include "proto/crc32.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CALL_BYTES_MAX                                                 \
	(sizeof(struct capture_header) +                               \
	 CAPTURE_FUNCTIONS_MAX * 8 * sizeof(struct capture_function) + \
	 CAPTURE_EXECUTED_MAX * sizeof(struct executed) +              \
	 (size_t)CAPTURE_ACCESSES_MAX * sizeof(struct access))
#define SYMBOLS_BYTES_MAX (64u << 20)
#define RAM_BYTES_MAX ((uint64_t)CAPTURED_MEMORY_MAX_MIB << 20)
#define TIMES_MAX (1ull << 56)

const char *capture_why(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *words;
	} whys[] = {
		{ CAPTURE_UNWRITTEN, "its memory could not be written" },
		{ CAPTURE_FULL, "it executes or touches more than can be kept of a call" },
		{ CAPTURE_FAULT, "it takes a page fault or another exception" },
		{ CAPTURE_SWITCH, "it sleeps, and another task runs" },
		{ CAPTURE_USER, "it leads back to user code before it returns" },
		{ CAPTURE_OPEN, "it does not return before its window is closed" },
		{ CAPTURE_INTERRUPT, "interrupts fall into it" },
		{ CAPTURE_NEVER, "no later window has a call like the one that was chosen" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(whys); i++) {
		if (flags & whys[i].flag)
			return whys[i].words;
	}
	return "nothing is known against it";
}

const char *capture_function_name(const struct capture *c)
{
	bool entry;
	long i = c->symbols ? symbols_find(c->symbols, c->function_va, &entry) : -1;

	return i < 0 ? "?" : symbols_name(c->symbols, (size_t)i);
}

/* Copies @n elements of @size and goes on behind them. */
static int take(const struct buf *b, size_t *at, size_t n, size_t size, void *out, struct err *e)
{
	void *copy;

	if ((b->len - *at) / size < n)
		return err_set(e, EBADMSG, "it ends early");
	copy = calloc(n + 1, size);
	if (!copy)
		return err_oom(e);
	if (n)
		memcpy(copy, b->data + *at, n * size);
	*(void **)out = copy;
	*at += n * size;
	return 0;
}

static int check_header(const struct capture_header *h, struct err *e)
{
	const bool whole = h->flags == 0;

	if (h->magic != CAPTURE_MAGIC)
		return err_set(e, EBADMSG, "it is no capture");
	if (h->version != CAPTURE_VERSION)
		return err_set(e, EBADMSG, "it has format %u, and %d is known", h->version,
			       CAPTURE_VERSION);
	if (h->n_functions > CAPTURE_FUNCTIONS_MAX * MARKER_SEGMENTS ||
	    h->segment >= MARKER_SEGMENTS || h->n_executed > CAPTURE_EXECUTED_MAX ||
	    h->n_accesses > 2u * CAPTURE_ACCESSES_MAX)
		return err_set(e, EBADMSG, "it holds more than any capture");
	if (!whole)
		return 0;
	if (!h->ram_bytes || h->ram_bytes > RAM_BYTES_MAX || h->ram_bytes % 4096)
		return err_set(e, EBADMSG, "it has %" PRIu64 " bytes of memory", h->ram_bytes);
	if (!h->n_executed || h->insns > TIMES_MAX || h->before.rip != h->function_va ||
	    h->after.rip != h->return_va)
		return err_set(e, EBADMSG, "it contradicts itself");
	return 0;
}

static int check_lists(const struct capture *c, struct err *e)
{
	for (size_t i = 0; i < c->n_executed; i++) {
		const struct executed *x = &c->executed[i];

		if (!x->n_bytes || x->n_bytes > sizeof(x->bytes) || !x->times ||
		    x->times > TIMES_MAX || (i && x->va < x[-1].va))
			return err_set(e, EBADMSG, "its instruction %zu is impossible", i);
	}
	for (size_t i = 0; i < c->n_accesses; i++) {
		const struct access *a = &c->accesses[i];

		if (a->va % 8 || a->n_loads > TIMES_MAX || a->n_stores > TIMES_MAX ||
		    !(a->n_loads + a->n_stores) || (i && a->va <= a[-1].va))
			return err_set(e, EBADMSG, "its access %zu is impossible", i);
	}
	return 0;
}

int capture_parse(const void *data, size_t len, struct capture *out, struct err *e)
{
	const struct buf b = { .data = (char *)(uintptr_t)data, .len = len };
	const size_t summed = offsetof(struct capture_header, flags);
	struct capture_header *h = &out->header;
	size_t at = sizeof(*h);
	int r;

	if (len < sizeof(*h))
		return err_set(e, EBADMSG, "it is %zu bytes long", len);
	memcpy(h, data, sizeof(*h));
	r = check_header(h, e);
	if (r == 0 && crc32_update(0, (const uint8_t *)data + summed, len - summed) != h->crc)
		r = err_set(e, EBADMSG, "its checksum is wrong");
	if (r == 0)
		r = take(&b, &at, h->n_functions, sizeof(*out->functions), &out->functions, e);
	if (r == 0)
		r = take(&b, &at, h->n_executed, sizeof(*out->executed), &out->executed, e);
	if (r == 0)
		r = take(&b, &at, h->n_accesses, sizeof(*out->accesses), &out->accesses, e);
	if (r == 0 && at != len)
		r = err_set(e, EBADMSG, "something follows it");
	if (r < 0)
		return r;
	out->n_functions = h->n_functions;
	out->n_executed = h->n_executed;
	out->n_accesses = h->n_accesses;
	out->function_va = h->function_va;
	out->return_va = h->return_va;
	out->before = h->before;
	out->after = h->after;
	out->ram_bytes = h->ram_bytes;
	out->insns = h->insns;
	out->disturbed = h->flags != 0;
	return check_lists(out, e);
}

static int map_ram(const char *dir, const char *name, uint64_t bytes, uint8_t **out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, name);
	_cleanup_close_ int fd = -1;
	void *p;

	if (!path)
		return err_oom(e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	if (file_size(path) != (int64_t)bytes)
		return err_set(e, EBADMSG, "%s has %" PRId64 " bytes, not %" PRIu64, path,
			       file_size(path), bytes);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (p == MAP_FAILED)
		return err_errno(e, errno, "%s", path);
	*out = p;
	return 0;
}

static int read_symbols(const char *dir, struct capture *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, CAPTURED_SYMBOLS);
	_cleanup_buf_ struct buf text = { 0 };
	int r = path ? file_read(path, SYMBOLS_BYTES_MAX, &text, e) : err_oom(e);

	if (r == 0)
		r = symbols_parse((const char *)text.data, text.len, &out->symbols, e);
	if (r == 0)
		symbols_set_arch(out->symbols, arch_default());
	return r < 0 && path ? err_wrap(e, "%s", path) : r;
}

int capture_open(const char *dir, struct capture *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, CAPTURE_CALL);
	_cleanup_buf_ struct buf call = { 0 };
	int r = path ? file_read(path, CALL_BYTES_MAX, &call, e) : err_oom(e);

	*out = (struct capture){ 0 };
	if (r < 0)
		return r;
	r = capture_parse(call.data, call.len, out, e);
	if (r < 0)
		err_wrap(e, "%s", path);
	if (r == 0)
		r = read_symbols(dir, out, e);
	if (r == 0 && !out->disturbed)
		r = map_ram(dir, CAPTURE_RAM_BEFORE, out->ram_bytes, &out->ram_before, e);
	if (r == 0 && !out->disturbed)
		r = map_ram(dir, CAPTURE_RAM_AFTER, out->ram_bytes, &out->ram_after, e);
	if (r < 0)
		capture_close(out);
	return r;
}

void capture_close(struct capture *c)
{
	if (c->ram_before)
		munmap(c->ram_before, c->ram_bytes);
	if (c->ram_after)
		munmap(c->ram_after, c->ram_bytes);
	symbols_free(c->symbols);
	free(c->functions);
	free(c->executed);
	free(c->accesses);
	*c = (struct capture){ 0 };
}
