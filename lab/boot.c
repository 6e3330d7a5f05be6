// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/boot.h"

#include "base/file.h"
#include "kernel/store/title.h"
#include "lab/guest_error.h"
#include "scenario/program.h"
#include "vm/initrd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SYMBOLS_BYTES_MAX (64u << 20)

/* The guest's files are in its memory, and what it renews for each execution there twice. */
static int write_parcel(const struct run_request *q, const struct parcel *parcel, struct boot *out,
			struct err *e)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	int r;

	if (parcel->bytes > (uint64_t)q->memory_mib << 18)
		return err_unmeasured(e, ENOTSUP,
				      "the files of %s take %llu MiB, more than a quarter of the "
				      "guest's %u MiB",
				      q->scenario->name,
				      (unsigned long long)(parcel->bytes + (1 << 20) - 1) >> 20,
				      q->memory_mib);
	r = parcel_write(parcel, &bytes, e);
	if (r == 0)
		r = workdir_put(&out->dir, "parcel", bytes.data, bytes.len, e);
	out->parcel = r == 0;
	return r;
}

/* Beside them a program's files, which both sides share; modules are each kernel's own. */
static int put_modules(const struct run_request *q, const struct parcel *program, struct boot *out,
		       struct err *e)
{
	_cleanup_(parcel_free_p) struct parcel *parcel = NULL;
	int r;

	boot_progress(out, "fetching modules of");
	r = modules_find(out->lab->kernels, q->kernel, q->scenario, NULL, NULL, &out->modules, e);
	if (r < 0 || (!out->modules.count && !program))
		return r;
	parcel = parcel_new();
	r = parcel && program ? parcel_add(parcel, program, e) : 0;
	if (r == 0)
		r = parcel ? modules_pack(&out->modules, parcel, e) : err_oom(e);
	return r < 0 ? r : write_parcel(q, parcel, out, e);
}

/* A program of one architecture on a kernel of another. */
static int check_program(const struct run_request *q, struct err *e)
{
	const struct program *p = q->scenario ? q->scenario->program : NULL;
	const struct arch *arch = p && p->parcel ? p->parcel->arch : NULL;

	if (!p || !p->parcel || (arch ? arch : arch_default()) == kernel_arch(q->kernel))
		return 0;
	return err_set(e, EINVAL, "the program %s is for %s, and %s is for %s", p->path,
		       (arch ? arch : arch_default())->name, q->kernel->spec,
		       kernel_arch(q->kernel)->name);
}

static int put_parcel(const struct run_request *q, struct boot *out, struct err *e)
{
	const struct program *program = q->scenario->program;

	int r = check_program(q, e);

	if (r < 0)
		return r;
	if (program && !program->parcel)
		return err_set(e, EINVAL, "%s: the program is not at hand", q->scenario->name);
	if (modules_wanted(q->scenario))
		return put_modules(q, program ? program->parcel : NULL, out, e);
	return program ? write_parcel(q, program->parcel, out, e) : 0;
}

/* A disk of QEMU's, which comes when the guest stands. */
static bool is_plugged(const struct scenario *s)
{
	return s->disk_fs && s->disk_on == PLAN_DISK_NVME;
}

static int put_disk(const struct run_request *q, struct boot *out, struct err *e)
{
	uint64_t ram = scenario_device_bytes(q->scenario);
	int r;

	/* Half of it, as a scenario's own memory may be: whoever chose less (--mem) is told. */
	if (ram > (uint64_t)q->memory_mib << 19)
		return err_unmeasured(e, ENOTSUP,
				      "the devices of %s take %llu MiB, more than half of the "
				      "guest's %u MiB",
				      q->scenario->name, (unsigned long long)ram >> 20,
				      q->memory_mib);
	r = is_plugged(q->scenario)
		    ? workdir_hole(&out->dir, ARGV_DISK_FILE, q->scenario->disk_bytes, e)
		    : 0;

	out->disk = r == 0 && is_plugged(q->scenario);
	return r;
}

static unsigned memory_mib(const struct run_request *q)
{
	return (unsigned)((int)q->memory_mib + q->perturbation.extra_memory_mib);
}

int boot_check(const struct run_request *q, struct err *e)
{
	const struct machine_spec machine = { .arch = kernel_arch(q->kernel),
					      .accel = q->accel,
					      .memory_mib = memory_mib(q),
					      .cmdline = q->cmdline };
	int r = argv_check(&machine, e);

	return r < 0 ? err_wrap(e, "%s", q->kernel->spec) : check_program(q, e);
}

int boot_open(const struct lab *lab, const struct run_request *q, struct boot *out, struct err *e)
{
	int r;

	if (kernel_arch(q->kernel) != lab->arch)
		return err_set(e, EINVAL, "kernel %s is for %s, and the tools at hand are for %s",
			       q->kernel->spec, kernel_arch(q->kernel)->name, lab->arch->name);
	if (kernel_arch(q->kernel)->machine && (q->scenario->nodes > 1 || is_plugged(q->scenario)))
		return err_unmeasured(
			e, ENOTSUP, "the machine for %s has %s", kernel_arch(q->kernel)->name,
			q->scenario->nodes > 1 ? "one NUMA node" : "no slot for a disk");
	*out = (struct boot){
		.lab = lab,
		.kernel = q->kernel,
		.side = q->side,
		.dir = WORKDIR_NONE,
		.cpuset = q->cpuset,
		.machine = { .arch = kernel_arch(q->kernel),
			     .accel = q->accel,
			     .memory_mib = memory_mib(q),
			     .cpus = q->cpus,
			     .nodes = q->scenario->nodes,
			     .slot = is_plugged(q->scenario),
			     .tsc_khz = q->accel == ACCEL_TCG && lab->arch == arch_default()
						? lab->tsc_khz
						: 0,
			     .seed = 1 + q->perturbation.seed,
			     .cpu_model = lab->cpu_model,
			     .cmdline = q->cmdline },
	};
	r = boot_check(q, e);
	if (r == 0)
		r = initrd_build(lab->guest, NULL, q->perturbation.initrd_pad_bytes, &out->initrd,
				 e);
	if (r == 0)
		r = workdir_make(lab->cache_dir, &out->dir, e);
	if (r == 0)
		r = workdir_put(&out->dir, "initrd", out->initrd.data, out->initrd.len, e);
	if (r == 0)
		r = put_disk(q, out, e);
	return r < 0 ? r : put_parcel(q, out, e);
}

void boot_close(struct boot *b)
{
	workdir_free(&b->dir);
	kernel_modules_free(&b->modules);
	free(b->words);
	buf_free(&b->initrd);
}

void boot_progress(const struct boot *b, const char *what)
{
	_cleanup_free_ char *text = str_printf("%s %s", what, kernel_title(b->kernel).text);

	if (b->lab->progress && text)
		b->lab->progress(b->lab->progress_arg, b->side, text);
}

/* The kernel that a QEMU was given, which started if @started is 0. */
static int check_kernel(const struct boot *b, enum kernel_file file, int started, struct err *e)
{
	struct err damage = { 0 };
	int r = kernel_verify(b->kernel, file, &damage);

	if (r < 0)
		*e = damage;
	return r < 0 ? r : started;
}

static int start(const struct boot *b, const char *plugin, bool parcel, bool disk,
		 const char *snapshot, struct machine **out, struct err *e)
{
	static const char *const traces[] = { "", ",phase=1", ",regions=200" };
	_cleanup_free_ char *options =
		str_printf(",page_fault=%llx%s%s%s", (unsigned long long)b->page_fault,
			   b->tree ? ",tree=tree,functions=functions" : "", traces[b->trace],
			   b->words ? b->words : "");
	struct machine_opts o = {
		.qemu = b->lab->qemu,
		.spec = b->machine,
		.dir = b->dir.path,
		.plugin = plugin,
		.plugin_options = options,
		.parcel = parcel,
		.disk = disk,
		.incoming = snapshot,
		.cpuset = b->cpuset,
		.deadline_s = b->lab->deadline_s,
		.cancel = b->lab->cancel,
	};
	enum kernel_file file;
	int r = options ? kernel_boot_file(b->kernel, &file, &o.kernel, e) : err_oom(e);

	if (r < 0)
		return r;
	r = machine_start(&o, out, e);
	/*
	 * By now QEMU has read the kernel, so what it has is what is hashed. A machine that goes on
	 * from a snapshot has all its memory from there; then only a QEMU that could not read the
	 * kernel asks for the reason.
	 */
	if ((r < 0 && r != -ECANCELED) || (r == 0 && !snapshot))
		r = check_kernel(b, file, r, e);
	if (r < 0) {
		machine_free(*out);
		*out = NULL;
	}
	return r;
}

int boot_start(const struct boot *b, const char *plugin, const char *snapshot, struct machine **out,
	       struct err *e)
{
	return start(b, plugin, b->parcel, b->disk, snapshot, out, e);
}

int boot_wait_ready(const struct boot *b, struct machine *m, struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	int r = machine_wait_pause(m, "booting", e);

	if (r == 0)
		r = machine_report(m, &report, e);
	if (r == 0 && report.why != REPORT_READY)
		r = guest_error(&report, e);
	return r < 0 ? r : guest_check_release(&report, b->kernel->release, e);
}

/* Symbols of older names are of kernels that nobody hashed when they were booted. */
static char *symbols_path(const char *cache_dir, const char *kernel_id)
{
	return str_printf("%s/symbols/%s-%d-verified", cache_dir, kernel_id, REPORT_VERSION);
}

/* In the cache their SHA-256 and a newline stand before them. */
static enum symbols_kept read_kept(const char *path, struct buf *text)
{
	const size_t head = HASH_HEX_LEN + 1;

	if (!file_exists(path))
		return SYMBOLS_NONE;
	if (file_read(path, SYMBOLS_BYTES_MAX, text, NULL) < 0 || text->len < head ||
	    memcmp(hash_bytes(text->data + head, text->len - head).text, text->data,
		   HASH_HEX_LEN) != 0)
		return SYMBOLS_DAMAGED;
	return SYMBOLS_KEPT;
}

enum symbols_kept boot_symbols_kept(const char *cache_dir, const char *kernel_id)
{
	_cleanup_free_ char *path = symbols_path(cache_dir, kernel_id);
	_cleanup_buf_ struct buf text = { 0 };

	return path ? read_kept(path, &text) : SYMBOLS_NONE;
}

/*
 * A damaged file counts as none: with some of the symbols gone, the instructions of one function
 * would be told of as another's.
 */
int boot_known_symbols(const struct lab *lab, const struct kernel *k, struct symbols **out,
		       struct err *e)
{
	_cleanup_free_ char *path = symbols_path(lab->cache_dir, k->id);
	_cleanup_buf_ struct buf text = { 0 };
	const size_t head = HASH_HEX_LEN + 1;
	struct err ignored;

	*out = NULL;
	if (!path)
		return err_oom(e);
	if (read_kept(path, &text) == SYMBOLS_KEPT &&
	    symbols_parse(text.data + head, text.len - head, out, &ignored) < 0)
		*out = NULL;
	if (*out)
		symbols_set_arch(*out, kernel_arch(k));
	return 0;
}

int boot_symbols_with_modules(const struct boot *b, const char *sections, struct symbols **out,
			      struct err *e)
{
	_cleanup_free_ char *path = symbols_path(b->lab->cache_dir, b->kernel->id);
	_cleanup_buf_ struct buf text = { 0 };
	const size_t head = HASH_HEX_LEN + 1;
	int r;

	if (!path)
		return err_oom(e);
	if (read_kept(path, &text) != SYMBOLS_KEPT)
		return err_set(e, EUCLEAN, "%s was damaged meanwhile", path);
	r = modules_name(&b->modules, text.data + head, text.len - head, sections, out, e);
	if (r == 0)
		symbols_set_arch(*out, kernel_arch(b->kernel));
	return r;
}

int boot_copy_symbols(const struct boot *b, const char *to, struct err *e)
{
	_cleanup_free_ char *path = symbols_path(b->lab->cache_dir, b->kernel->id);
	_cleanup_buf_ struct buf text = { 0 };
	const size_t head = HASH_HEX_LEN + 1;

	if (!path)
		return err_oom(e);
	if (read_kept(path, &text) != SYMBOLS_KEPT)
		return err_set(e, EUCLEAN, "%s was damaged meanwhile", path);
	return file_write(to, text.data + head, text.len - head, e);
}

static int keep_symbols(const struct boot *b, const struct report_item *item, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/symbols", b->lab->cache_dir);
	_cleanup_free_ char *path = symbols_path(b->lab->cache_dir, b->kernel->id);
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	if (!dir || !path ||
	    buf_printf(&text, "%s\n", hash_bytes(item->data, item->len).text) < 0 ||
	    buf_add(&text, item->data, item->len) < 0)
		return err_oom(e);
	r = dir_make(dir, e);
	return r < 0 ? r : file_write_atomic(path, text.data, text.len, e);
}

/* The machine's plan is the one for symbols; it runs, or stands at its first pause. */
static int read_symbols(const struct boot *b, struct machine *m, struct symbols **out,
			struct err *e)
{
	_cleanup_report_ struct report report = { 0 };
	const struct report_item *item;
	int r;

	boot_progress(b, "reading symbols of");
	r = machine_wait_pause(m, "reading symbols", e);
	if (r == 0)
		r = machine_report(m, &report, e);
	if (r == 0 && report.why != REPORT_DONE)
		r = guest_error(&report, e);
	if (r < 0)
		return r;
	item = report_find(&report, FRAME_SYMBOLS);
	if (!item)
		return err_unmeasured(e, EPROTO, "the guest's report has no symbols");
	r = symbols_parse((const char *)item->data, item->len, out, e);
	if (r < 0)
		return r;
	symbols_set_arch(*out, kernel_arch(b->kernel));
	return keep_symbols(b, item, e);
}

static int put_symbols_plan(const struct boot *b, struct err *e)
{
	_cleanup_free_ void *plan = NULL;
	size_t len = 0;
	int r = symbols_plan(&plan, &len, e);

	return r < 0 ? r : workdir_put(&b->dir, "plan", plan, len, e);
}

static int save(const struct boot *b, struct machine *m, struct snapshot *snapshot, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/saved", b->dir.path);
	_cleanup_free_ char *info =
		str_printf("%s\nQEMU %s\n", b->kernel->release, b->lab->qemu->version);
	int r;

	if (!path || !info)
		return err_oom(e);
	r = machine_save(m, path, e);
	return r < 0 ? r : snapshot_publish(snapshot, path, info, e);
}

/* Boots, saves what stands there (if it is wanted), and lets it read the symbols (likewise). */
static int boot_once(const struct boot *b, struct snapshot *snapshot, struct symbols **symbols,
		     struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	int r = put_symbols_plan(b, e);

	boot_progress(b, "booting");
	if (r == 0)
		r = start(b, NULL, false, false, NULL, &m, e);
	if (r == 0 && snapshot)
		machine_show_life(m, snapshot->lock_fd);
	if (r == 0)
		r = boot_wait_ready(b, m, e);
	if (r == 0 && snapshot)
		r = save(b, m, snapshot, e);
	if (r == 0 && !*symbols)
		r = machine_continue(m, e);
	if (r == 0 && !*symbols)
		r = read_symbols(b, m, symbols, e);
	return r;
}

static int restore_for_symbols(const struct boot *b, const struct snapshot *snapshot,
			       struct symbols **symbols, struct err *e)
{
	_cleanup_(machine_free_p) struct machine *m = NULL;
	int r = put_symbols_plan(b, e);

	if (r == 0)
		r = start(b, NULL, false, false, snapshot->state, &m, e);
	return r < 0 ? r : read_symbols(b, m, symbols, e);
}

static int open_snapshot(const struct boot *b, struct snapshot *snapshot, bool *exists,
			 struct err *e)
{
	/* Its maker may wait for a boot, a save and the symbols before it gives up. */
	const struct snapshot_wait wait = { b->lab->cancel, 4 * b->lab->deadline_s };
	struct hash_hex key;
	int r = snapshot_key(b->lab->qemu, b->kernel->id, b->kernel->pvh, b->initrd.data,
			     b->initrd.len, &b->machine, &key, e);

	return r < 0 ? r : snapshot_open(b->lab->cache_dir, &key, &wait, snapshot, exists, e);
}

int boot_prepare(const struct boot *b, struct snapshot *snapshot, struct symbols **symbols,
		 bool *from_snapshot, struct err *e)
{
	bool exists = false;
	int r = boot_known_symbols(b->lab, b->kernel, symbols, e);

	*from_snapshot = false;
	if (r < 0)
		return r;
	if (!snapshot)
		return *symbols ? 0 : boot_once(b, NULL, symbols, e);
	r = open_snapshot(b, snapshot, &exists, e);
	if (r < 0)
		return r;
	*from_snapshot = exists;
	if (!exists)
		return boot_once(b, snapshot, symbols, e);
	r = snapshot_check(snapshot, e);
	return r < 0 || *symbols ? r : restore_for_symbols(b, snapshot, symbols, e);
}
