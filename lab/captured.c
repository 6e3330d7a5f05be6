// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/captured.h"

#include "base/clock.h"
#include "base/file.h"
#include "lab/boot.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More would execute the same again: a first window is looked at, and the next is captured. */
#define ITERATIONS 1

struct capturing {
	struct run_request request;
	const struct captured_ask *ask;
};

/* Where functions are entered that go by a name, clones of one among them. */
struct entries {
	const struct symbols *symbols;
	long function;
	unsigned n;
	struct buf *out;
};

static int add_entry(void *arg, const struct symbols_stretch *at, struct err *e)
{
	struct entries *x = arg;

	(void)e;
	if ((long)at->function == x->function && at->entry && x->n < CAPTURE_FUNCTIONS_MAX)
		buf_printf(x->out, "%s%" PRIx64, x->n++ ? "+" : "", at->start);
	return 0;
}

/* Adds the addresses of "a|b", of which a kernel has either, as the plugin takes them. */
static void add_functions(struct entries *x, const char *either)
{
	while (*either) {
		size_t n = strcspn(either, "|");
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)n, either);
		x->function = symbols_index(x->symbols, name);
		if (x->function >= 0)
			symbols_each(x->symbols, add_entry, x, NULL);
		either += n + (either[n] == '|');
	}
}

static int find_functions(const struct capturing *c, const struct symbols *symbols, struct buf *out,
			  struct err *e)
{
	const struct scenario *s = c->request.scenario;
	struct entries x = { .symbols = symbols, .out = out };

	if (c->ask->function)
		add_functions(&x, c->ask->function);
	for (size_t i = 0; !c->ask->function && i < s->n_source; i++)
		add_functions(&x, s->source[i]);
	if (buf_error(out))
		return err_oom(e);
	if (x.n)
		return 0;
	if (c->ask->function)
		return err_unmeasured(e, ENOTSUP, "this kernel has no function %s",
				      c->ask->function);
	return err_unmeasured(e, ENOTSUP,
			      "%s names no function that this kernel has (its 'source:'); "
			      "--function chooses one",
			      s->name);
}

static int put_words(struct boot *b, const struct capturing *c, const struct symbols *symbols,
		     struct err *e)
{
	_cleanup_buf_ struct buf functions = { 0 }, words = { 0 };
	int r = find_functions(c, symbols, &functions, e);

	if (r < 0)
		return r;
	buf_printf(&words, ",functions=%s,ram=%" PRIu64, buf_str(&functions),
		   (uint64_t)b->machine.memory_mib << 20);
	if (c->ask->segment >= 0)
		buf_printf(&words, ",segment=%d", c->ask->segment);
	b->words = buf_steal(&words);
	return b->words ? 0 : err_oom(e);
}

static int put_files(struct boot *b, const struct capturing *c, const struct symbols *symbols,
		     struct err *e)
{
	const struct plan_request pq = { .online_cpus = c->request.cpus, .iterations = ITERATIONS };
	_cleanup_free_ void *plan = NULL;
	_cleanup_buf_ struct buf places = { 0 };
	size_t len = 0;
	int r = scenario_plan(c->request.scenario, &pq, &plan, &len, e);

	if (r == 0)
		r = workdir_put(&b->dir, "plan", plan, len, e);
	if (r == 0)
		r = symbols_places(symbols, &places, e);
	if (r == 0)
		r = workdir_put(&b->dir, "places", places.data, places.len, e);
	b->page_fault = symbols_address(symbols, symbols_arch(symbols)->page_fault);
	return r < 0 ? r : put_words(b, c, symbols, e);
}

static int take_file(const struct boot *b, const struct captured_ask *ask, const char *name,
		     struct err *e)
{
	_cleanup_free_ char *from = str_printf("%s/%s", b->dir.path, name);
	_cleanup_free_ char *to = str_printf("%s/%s", ask->dir, name);

	if (!from || !to)
		return err_oom(e);
	if (!file_exists(from) || rename(from, to) == 0)
		return 0;
	return errno == EXDEV ? file_copy(from, to, e) : err_errno(e, errno, "%s", to);
}

/* What the plugin left; why it is not whole is told by who reads it. */
static int take_files(const struct boot *b, const struct captured_ask *ask, struct err *e)
{
	_cleanup_free_ char *symbols = str_printf("%s/%s", ask->dir, CAPTURED_SYMBOLS);
	int r = symbols ? boot_copy_symbols(b, symbols, e) : err_oom(e);

	if (r == 0)
		r = take_file(b, ask, CAPTURE_RAM_BEFORE, e);
	if (r == 0)
		r = take_file(b, ask, CAPTURE_RAM_AFTER, e);
	return r < 0 ? r : take_file(b, ask, CAPTURE_CALL, e);
}

static int carry_out(struct boot *b, const struct capturing *c, const char *snapshot,
		     struct run *out, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	int r = run_guest(b, &c->request, c->ask->plugin, snapshot, out, &report, e);

	return r < 0 ? r : take_files(b, c->ask, e);
}

static int measure(struct boot *b, const struct run_request *q, struct run *out, struct err *e)
{
	const struct capturing *c = (const struct capturing *)q; /* its first member */
	_cleanup_snapshot_ struct snapshot snapshot = SNAPSHOT_NONE;
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	uint64_t start_ns;
	int r = run_prepare(b, q, q->fresh ? NULL : &snapshot, &symbols, out, e);

	if (r < 0)
		return r;
	start_ns = clock_ns();
	boot_progress(b, "capturing a call in");
	r = put_files(b, c, symbols, e);
	if (r == 0)
		r = carry_out(b, c, q->fresh ? NULL : snapshot.state, out, e);
	out->measure_seconds = (double)(clock_ns() - start_ns) / 1e9;
	if (r == -EBADMSG)
		snapshot_discard(&snapshot);
	return r;
}

int captured_measure(const struct lab *lab, const struct run_request *q,
		     const struct captured_ask *ask, struct run *out, struct err *e)
{
	struct capturing c = { .request = *q, .ask = ask };

	*out = (struct run){ 0 };
	if (kernel_arch(q->kernel) != arch_default())
		return err_unmeasured(
			e, ENOTSUP, "calls are captured of kernels for %s, and %s is for %s",
			arch_default()->name, q->kernel->spec, kernel_arch(q->kernel)->name);
	if (q->cpus != 1)
		return err_unmeasured(e, ENOTSUP, "a call is captured on one CPU, not on %u",
				      q->cpus);
	if (q->memory_mib > CAPTURED_MEMORY_MAX_MIB)
		return err_unmeasured(e, ENOTSUP,
				      "a guest of %u MiB is too large to be captured: %u are the "
				      "most",
				      q->memory_mib, CAPTURED_MEMORY_MAX_MIB);
	c.request.iterations = ITERATIONS;
	return run_in_boot(lab, &c.request, out, measure, e);
}
