// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What counting costs: the same plan from the same snapshot, without the plugin, with it, and with
 *it and a call tree, in turn. Prints one JSON object with the medians of the host seconds of each,
 *from "cont" to the guest's report, and of the whole process, from the start of QEMU; and of QEMU's
 *CPU seconds, which hardly depend on what else the host does.
 *
 *	counting_cost SLOWPATH_BUILD_DIR HOME KERNEL SCENARIO REPEATS
 *
 * The kernel has to be in the home's store.
 */
#include "base/clock.h"
#include "stats/stats.h"
#include "lab/boot.h"
#include "scenario/library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define REPEATS_MAX 64
enum variant { PLAIN, COUNTED, WITH_TREE, VARIANTS };

struct bench {
	struct lab lab;
	struct qemu qemu;
	struct kernel *kernel;
	const struct scenario *scenario;
	struct boot boot;
	struct snapshot snapshot;
	struct symbols *symbols;
};

struct seconds {
	double whole, plan, cpu;
};

static int run_once(struct bench *b, const char *plugin, struct seconds *out, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	struct plan_request pq = { .online_cpus = 1 };
	_cleanup_free_ void *plan = NULL;
	uint64_t start = clock_ns(), running;
	size_t len = 0;
	int r = scenario_plan(b->scenario, &pq, &plan, &len, e);

	if (r == 0)
		r = workdir_put(&b->boot.dir, "plan", plan, len, e);
	if (r == 0)
		r = boot_start(&b->boot, plugin, b->snapshot.state, &m, e);
	running = clock_ns();
	if (r == 0)
		r = machine_wait_pause(m, "running the scenario", e);
	out->whole = (double)(clock_ns() - start) / 1e9;
	out->plan = (double)(clock_ns() - running) / 1e9;
	return r;
}

static int prepare(struct bench *b, const char *plugin, struct err *e)
{
	struct run_request q = {
		.kernel = b->kernel, .scenario = b->scenario, .cpus = 1, .memory_mib = 512
	};
	_cleanup_buf_ struct buf places = { 0 }, starts = { 0 };
	bool from_snapshot;
	int r;

	b->lab.plugin = plugin;
	r = boot_open(&b->lab, &q, &b->boot, e);
	if (r == 0)
		r = boot_prepare(&b->boot, &b->snapshot, &b->symbols, &from_snapshot, e);
	if (r == 0)
		r = symbols_places(b->symbols, &places, e);
	if (r == 0)
		r = workdir_put(&b->boot.dir, "places", places.data, places.len, e);
	if (r == 0)
		r = symbols_starts(b->symbols, &starts, e);
	return r < 0 ? r : workdir_put(&b->boot.dir, "functions", starts.data, starts.len, e);
}

static double median(double *values, int n)
{
	stats_sort(values, (size_t)n);
	return stats_median_sorted(values, (size_t)n);
}

/* What children that have ended used of the CPU. */
static double children_cpu_s(void)
{
	struct rusage u = { 0 };

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int run_variant(struct bench *b, enum variant v, struct seconds *out, struct err *e)
{
	double before_s = children_cpu_s();
	int r;

	b->boot.page_fault = v == WITH_TREE ? symbols_address(b->symbols, "asm_exc_page_fault") : 0;
	r = run_once(b, v == PLAIN ? NULL : b->lab.plugin, out, e);
	out->cpu = children_cpu_s() - before_s;
	return r;
}

/* Medians of one kind of seconds, and ratios: of counting to not, of what else is counted to that.
 */
static void print(const char *suffix, double values[VARIANTS][REPEATS_MAX], int variants, int n)
{
	static const char *const names[] = { "plain", "counted", "tree" };
	double medians[VARIANTS];

	for (int v = 0; v < variants; v++) {
		medians[v] = median(values[v], n);
		printf(", \"%s%s_s\": %.4f", names[v], suffix, medians[v]);
	}
	printf(", \"ratio%s\": %.4f", suffix, medians[COUNTED] / medians[PLAIN]);
	for (int v = WITH_TREE; v < variants; v++)
		printf(", \"ratio_%s%s\": %.4f", names[v], suffix, medians[v] / medians[COUNTED]);
}

static int measure(struct bench *b, int repeats, struct err *e)
{
	double whole[VARIANTS][REPEATS_MAX], plan[VARIANTS][REPEATS_MAX];
	double cpu[VARIANTS][REPEATS_MAX];
	/* The call tree needs API 1. */
	int variants = b->qemu.plugin_api == 1 ? VARIANTS : WITH_TREE;

	for (int i = 0; i < repeats; i++) {
		for (int v = 0; v < variants; v++) {
			struct seconds t = { 0 };
			int r = run_variant(b, (enum variant)v, &t, e);

			if (r < 0)
				return r;
			whole[v][i] = t.whole;
			plan[v][i] = t.plan;
			cpu[v][i] = t.cpu;
		}
	}
	printf("{\"repeats\": %d", repeats);
	print("", whole, variants, repeats);
	print("_plan", plan, variants, repeats);
	print("_cpu", cpu, variants, repeats);
	printf("}\n");
	return 0;
}

static int run(char **argv, struct bench *b, struct scenario_list *library, struct err *e)
{
	_cleanup_free_ char *guest = str_printf("%s/guest/slowpath-guest", argv[1]);
	_cleanup_free_ char *scenarios = str_printf("%s/scenarios", argv[1]), *plugin = NULL;
	_cleanup_(kernel_store_close_p) struct kernel_store *store = NULL;
	int repeats = atoi(argv[5]), r = qemu_find(arch_default(), &b->qemu, e);
	size_t *found;

	if (r == 0)
		r = library_open(scenarios, library, e);
	if (r == 0)
		r = kernel_store_open(argv[2], argv[2], &store, e);
	if (r == 0)
		r = kernel_find(store, argv[3], &b->kernel, e);
	if (r < 0)
		return r;
	found = calloc(library->count, sizeof(*found));
	if (!found)
		return err_oom(e);
	r = library_find(library, argv[4], found, e);
	b->scenario = r > 0 && library->items ? library->items[found[0]] : NULL;
	free(found);
	if (!b->scenario)
		return r < 0 ? r : -ENOENT;
	plugin = str_printf("%s/plugin/slowpath-plugin-v%u.so", argv[1], b->qemu.plugin_api);
	b->lab = (struct lab){
		.qemu = &b->qemu, .guest = guest, .cache_dir = argv[2], .deadline_s = 120
	};
	r = prepare(b, plugin, e);
	if (r == 0)
		r = measure(b, repeats < 1 ? 1 : repeats > REPEATS_MAX ? REPEATS_MAX : repeats, e);
	boot_close(&b->boot);
	return r;
}

int main(int argc, char **argv)
{
	struct bench b = { .boot = { .dir = WORKDIR_NONE }, .snapshot = SNAPSHOT_NONE };
	struct scenario_list library = { 0 };
	struct err e = { 0 };
	int r;

	if (argc != 6) {
		fprintf(stderr, "usage: counting_cost BUILD HOME KERNEL SCENARIO REPEATS\n");
		return 2;
	}
	r = run(argv, &b, &library, &e);
	if (r < 0)
		fprintf(stderr, "counting_cost: %s\n", e.text);
	snapshot_close(&b.snapshot);
	symbols_free(b.symbols);
	kernel_free(b.kernel);
	scenario_list_free(&library);
	qemu_free(&b.qemu);
	return r < 0;
}
