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

static int put_files(const struct boot *b, const struct run_request *q,
		     const struct symbols *symbols, struct err *e)
{
	struct plan_request pq = { .online_cpus = q->cpus, .iterations = ITERATIONS, .pairs = 1 };
	_cleanup_buf_ struct buf places = { 0 };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = scenario_plan(q->scenario, &pq, &plan, &len, e);

	if (r == 0)
		r = workdir_put(&b->dir, "plan", plan, len, e);
	if (r == 0)
		r = symbols_places(symbols, &places, e);
	return r < 0 ? r : workdir_put(&b->dir, "places", places.data, places.len, e);
}

static int carry_out(struct boot *b, const struct run_request *q, const char *snapshot,
		     struct symbols **symbols, struct run *run, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	struct symbols *with_modules = NULL;
	int r = put_files(b, q, *symbols, e);

	b->page_fault = symbols_address(*symbols, symbols_arch(*symbols)->page_fault);
	b->trace = q->traced->regions ? BOOT_TRACE_REGIONS : BOOT_TRACE_WINDOWS;
	boot_progress(b, "tracing");
	if (r == 0)
		r = run_guest(b, q, b->lab->tracer, snapshot, run, &report, e);
	if (r == 0)
		r = run_name_modules(b, &report, &with_modules, e);
	if (r == 0 && with_modules) {
		symbols_free(*symbols);
		*symbols = with_modules;
	}
	return r < 0 ? r : take_trace(&b->dir, q->traced, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *run, struct err *e)
{
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, q->fresh ? NULL : &snapshot, &symbols, run, e);

	if (r < 0)
		return r;
	start_ns = clock_ns();
	r = carry_out(b, q, q->fresh ? NULL : snapshot.state, &symbols, run, e);
	run->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	if (r == 0)
		run->symbols = steal(&symbols);
	return r;
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
