// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_qemu.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "proto/marker.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char kallsyms[] = "ffffffff81001000 T work\n"
			       "ffffffff81001100 t handler\n"
			       "ffffffff81001200 T last\n"
			       "ffffffff82000000 T irq_entries_start\n"
			       "ffffffff82000080 T spurious_entries_start\n"
			       "ffffffff82001000 T asm_sysvec_apic_timer_interrupt\n"
			       "ffffffff82001040 T asm_exc_page_fault\n"
			       "ffffffff82002000 T entry_SYSCALL_64\n"
			       "ffffffff82003000 T __switch_to_asm\n"
			       "ffffffff82003040 T end_of_text\n";

void fake_run_until(struct qemu_plugin_tb *tb, size_t n)
{
	fake_enter(tb);
	for (size_t i = 0; i < n; i++)
		fake_step(tb, i);
}

void fake_run(struct qemu_plugin_tb *tb)
{
	fake_run_until(tb, qemu_plugin_tb_n_insns(tb));
	fake_finished();
}

static void marker(uint32_t what)
{
	uint32_t d = MARKER_MAGIC | what;
	char hex[64];

	snprintf(hex, sizeof(hex), "0f 1f 84 00 %02x %02x %02x %02x", d & 0xff, d >> 8 & 0xff,
		 d >> 16 & 0xff, d >> 24);
	fake_run(fake_translate(FAKE_USER - 0x1000 + 8 * (what & 0xff), hex));
}

void fake_open(unsigned slot)
{
	marker(MARKER_OPEN | slot);
}

void fake_close(void)
{
	marker(MARKER_CLOSE);
}

void fake_announce(void)
{
	marker(MARKER_CLOCK);
}

void fake_clock(void)
{
	fake_run(fake_translate(FAKE_USER - 0x800, "89 c3", "0f 31"));
}

void fake_dump(void)
{
	marker(MARKER_DUMP);
}

struct qemu_plugin_info fake_info(int vcpus)
{
	return (struct qemu_plugin_info){
		.target_name = "x86_64",
		.version = { .min = 0, .cur = PLUGIN_API },
		.system_emulation = true,
		.system = { .smp_vcpus = vcpus, .max_vcpus = vcpus },
	};
}

/* In a process of its own: the plugin keeps static state, as it is loaded but once. */
static int in_child(const struct qemu_plugin_info *info, int argc, const char *const *argv,
		    void (*play)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		char *copies[8] = { NULL };

		for (int i = 0; i < argc; i++)
			copies[i] = strdup(argv[i]);
		if (!play)
			(void)!freopen("/dev/null", "w", stderr);
		if (qemu_plugin_install(1, info, argc, copies) < 0)
			_exit(1);
		if (play) {
			play();
			fake_dump();
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int fake_install(const struct qemu_plugin_info *info, int argc, const char *const *argv)
{
	int status = in_child(info, argc, argv, NULL);

	assert_in_range(status, 0, 1);
	return -status;
}

static void read_counts(const char *path, const struct symbols *symbols, struct fake_counts *out)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_read(path, 64 << 20, &bytes, &e), 0);
	assert_true(bytes.len >= sizeof(out->header));
	if (profile_read(bytes.data, bytes.len, symbols, false, &out->profile, &e) < 0)
		fail_msg("%s", e.text);
	memcpy(&out->header, bytes.data, sizeof(out->header));
	out->records = malloc(bytes.len);
	assert_non_null(out->records);
	memcpy(out->records, bytes.data + sizeof(out->header), bytes.len - sizeof(out->header));
}

/* The plugin's files of one play, in a folder of their own. */
struct files {
	struct symbols *symbols;
	char *dir, *counts, *tree;
	char *out, *places, *page_fault, *tree_out, *functions; /* arguments */
};

static void files_close(struct files *f)
{
	dir_remove(f->dir, NULL);
	symbols_free(f->symbols);
	free(f->dir);
	free(f->counts);
	free(f->tree);
	free(f->out);
	free(f->places);
	free(f->page_fault);
	free(f->tree_out);
	free(f->functions);
}

static void files_open(struct files *f)
{
	_cleanup_buf_ struct buf text = { 0 }, starts = { 0 };
	struct err e = { 0 };

	assert_int_equal(dir_temp("/tmp", "slowpath-test-", &f->dir, &e), 0);
	f->counts = str_printf("%s/counts", f->dir);
	f->tree = str_printf("%s/tree", f->dir);
	f->out = str_printf("out=%s", f->counts);
	f->places = str_printf("places=%s/places", f->dir);
	f->page_fault = str_printf("page_fault=%llx", FAKE_FAULT);
	f->tree_out = str_printf("tree=%s", f->tree);
	f->functions = str_printf("functions=%s/functions", f->dir);
	if (symbols_parse(kallsyms, strlen(kallsyms), &f->symbols, &e) < 0 ||
	    symbols_places(f->symbols, &text, &e) < 0 ||
	    symbols_starts(f->symbols, &starts, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(file_write(strchr(f->places, '=') + 1, text.data, text.len, &e), 0);
	assert_int_equal(file_write(strchr(f->functions, '=') + 1, starts.data, starts.len, &e), 0);
}

static void play_and_read(const struct files *f, const char *const *argv, int argc,
			  void (*play)(void), int vcpus, struct fake_counts *out)
{
	struct qemu_plugin_info info = fake_info(vcpus);

	assert_int_equal(in_child(&info, argc, argv, play), 0);
	*out = (struct fake_counts){ 0 };
	read_counts(f->counts, f->symbols, out);
}

void fake_play(void (*play)(void), int vcpus, struct fake_counts *out)
{
	_cleanup_(files_close) struct files f = { 0 };

	files_open(&f);
	play_and_read(&f, (const char *[]){ f.out, f.places, f.page_fault }, 3, play, vcpus, out);
}

void fake_play_tree(void (*play)(void), struct fake_counts *out)
{
	_cleanup_(files_close) struct files f = { 0 };
	_cleanup_buf_ struct buf bytes = { 0 };
	struct err e = { 0 };

	files_open(&f);
	play_and_read(&f,
		      (const char *[]){ f.out, f.places, f.functions, f.tree_out, f.page_fault }, 5,
		      play, 1, out);
	if (file_read(f.tree, 64 << 20, &bytes, &e) < 0 ||
	    calltree_read(bytes.data, bytes.len, f.symbols, &out->tree, &e) < 0)
		fail_msg("%s", e.text);
}

void fake_counts_free(struct fake_counts *c)
{
	profile_free(&c->profile);
	calltree_free(&c->tree);
	free(c->records);
}

struct counts_record fake_span(const struct fake_counts *c, unsigned slot, unsigned context,
			       uint64_t vaddr, unsigned insns)
{
	struct counts_record sum = { .vaddr = vaddr };

	for (uint64_t i = 0; i < c->header.n_records; i++) {
		const struct counts_record *r = &c->records[i];

		if (r->slot != slot || r->context != context || r->vaddr != vaddr ||
		    r->insns != insns)
			continue;
		sum.executions += r->executions;
		sum.retries += r->retries;
		sum.rep_iterations += r->rep_iterations;
	}
	return sum;
}

uint64_t fake_insns(const struct fake_counts *c, unsigned slot, const char *function)
{
	for (size_t i = 0; i < c->profile.count; i++) {
		if (!strcmp(c->profile.functions[i].name, function))
			return c->profile.functions[i].insns[slot];
	}
	return 0;
}
