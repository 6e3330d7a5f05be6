// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/traced.h"

#include "base/clock.h"
#include "lab/boot.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the phases, the first that has two iterations, behind one of one. */
#define ITERATIONS (TRACED_ITERATIONS / 2)

static int map_file(int fd, struct traced *out, struct err *e)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0)
		return err_errno(e, errno, "the trace");
	if (st.st_size < (off_t)sizeof(uint64_t))
		return err_unmeasured(e, EPROTO, "the trace is empty");
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_errno(e, errno, "the trace");
	out->words = at;
	out->n_words = (size_t)st.st_size / sizeof(uint64_t);
	return 0;
}

static int take_trace(const struct workdir *w, struct traced *out, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/counts", w->path);
	int fd, r;

	if (!path)
		return err_oom(e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno, "the trace");
	r = map_file(fd, out, e);
	close(fd);
	return r;
}

static void set_trace(struct boot *b, const struct run_request *q, const struct symbols *symbols)
{
	b->page_fault = symbols_address(symbols, symbols_arch(symbols)->page_fault);
	b->trace = q->traced->regions ? BOOT_TRACE_REGIONS : BOOT_TRACE_WINDOWS;
}

static int take(struct boot *b, const struct run_request *q, const struct report *report,
		struct run *run, struct err *e)
{
	(void)report;
	(void)run;
	return take_trace(&b->dir, q->traced, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *run, struct err *e)
{
	const struct run_watch w = { .doing = "tracing",
				     .iterations = ITERATIONS,
				     .pairs = 1,
				     .prepare = set_trace,
				     .take = take };

	return run_watched(b, q, &w, run, e);
}

int traced_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		   struct err *e)
{
	return run_in_boot(lab, q, run, measure, e);
}

void traced_free(struct traced *t)
{
	if (t->words)
		munmap((void *)(uintptr_t)t->words, t->n_words * sizeof(uint64_t));
	*t = (struct traced){ 0 };
}
