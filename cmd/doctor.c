// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What this machine can do and cannot. Each check tries the very thing that compare will do, as far
 * as that leaves no trace: nothing is fetched, booted or kept.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/home.h"
#include "cmd/parts.h"
#include "kernel/mirror.h"
#include "scenario/library.h"
#include "store/store.h"
#include "vm/probe.h"
#include "vm/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/statvfs.h>

#define CHECKS_MAX 16
#define GUEST_MIB 512 /* of one guest, unless --mem says otherwise */
#define GUESTS 2
#define OVERHEAD_MIB 150 /* of one QEMU beside its guest's memory */
/* Of the disk: a pair of snapshots; and with them two kernels and Debian's package lists. */
#define ROOM_MIB 200
#define ROOM_DEBIAN_MIB 700

enum status { OK, NOTE, MISSING };

struct check {
	const char *name;
	enum status status;
	char what[1024];
	const char *mend; /* NULL: nothing to do */
};

struct doctor {
	const struct cmd_ctx *ctx;
	struct home home;
	struct parts parts;
	struct qemu qemu;
	bool has_parts, has_qemu;
	struct check checks[CHECKS_MAX];
	size_t count;
};

__attribute__((format(printf, 5, 6))) static void
add(struct doctor *d, const char *name, enum status status, const char *mend, const char *fmt, ...)
{
	struct check *c = &d->checks[d->count++];
	va_list ap;

	*c = (struct check){ .name = name, .status = status, .mend = mend };
	va_start(ap, fmt);
	vsnprintf(c->what, sizeof(c->what), fmt, ap);
	va_end(ap);
}

static void check_qemu(struct doctor *d)
{
	static const char mend[] = "install qemu-system-x86, 7.2 or newer, or set SLOWPATH_QEMU to "
				   "a qemu-system-x86_64";
	struct err e = { 0 };

	d->has_qemu = qemu_find(&d->qemu, &e) == 0;
	if (d->has_qemu)
		add(d, "qemu", OK, NULL, "QEMU %s, %s", d->qemu.version, d->qemu.path);
	else
		add(d, "qemu", MISSING, mend, "%s", e.text);
}

static void check_machine(struct doctor *d)
{
	const struct machine_spec spec = { .memory_mib = GUEST_MIB, .cpus = 1, .seed = 1 };
	struct err e = { 0 };

	if (!d->has_qemu)
		add(d, "machine", NOTE, NULL, "not tried without QEMU");
	else if (probe_machine(&d->qemu, &spec, &e) == 0)
		add(d, "machine", OK, NULL, "%s under TCG with -icount, -cpu %s", ARGV_MACHINE,
		    ARGV_CPU_MODEL);
	else
		add(d, "machine", MISSING,
		    "take a QEMU that was built with TCG and the " ARGV_MACHINE
		    " machine, and enough memory for it",
		    "%s", e.text);
}

static void check_parts(struct doctor *d)
{
	static const char mend[] = "install slowpath again, or set SLOWPATH_LIBDIR and "
				   "SLOWPATH_DATADIR to where its parts are";
	struct err e = { 0 };

	d->has_parts = parts_find(&d->parts, &e) == 0;
	if (!d->has_parts)
		add(d, "guest", MISSING, mend, "%s", e.text);
	else if (access(d->parts.guest, R_OK) < 0)
		add(d, "guest", MISSING, mend, "%s: %s", d->parts.guest, strerror(errno));
	else
		add(d, "guest", OK, NULL, "%s", d->parts.guest);
}

static void check_plugin(struct doctor *d)
{
	_cleanup_free_ char *path = NULL;
	struct err e = { 0 };

	if (!d->has_qemu || !d->has_parts) {
		add(d, "plugin", NOTE, NULL, "not tried without %s",
		    d->has_qemu ? "slowpath's parts" : "QEMU");
		return;
	}
	path = parts_plugin(&d->parts, d->qemu.plugin_api, &e);
	if (path && probe_plugin(&d->qemu, path, &e) == 0)
		add(d, "plugin", OK, NULL, "%s loads (plugin API %u)", path, d->qemu.plugin_api);
	else
		add(d, "plugin", MISSING,
		    "take a QEMU that was built with plugins, as Debian's is, or install slowpath "
		    "again",
		    "%s", e.text);
}

static void check_scenarios(struct doctor *d)
{
	_cleanup_scenario_list_ struct scenario_list list = { 0 };
	struct err e = { 0 };

	if (!d->has_parts)
		add(d, "scenarios", NOTE, NULL, "not tried without slowpath's parts");
	else if (library_open(d->parts.scenarios, &list, &e) == 0)
		add(d, "scenarios", OK, NULL, "%zu in %s", list.count, d->parts.scenarios);
	else
		add(d, "scenarios", MISSING, "mend the file, or install slowpath again", "%s",
		    e.text);
}

/* The folder itself, or the nearest one above it that is there (malloc'ed). */
static char *nearest_folder(const char *path)
{
	char *at = strdup(path);

	while (at && !file_exists(at)) {
		char *slash = strrchr(at, '/');

		if (!slash || slash == at)
			slash = at + 1; /* the root is there */
		*slash = '\0';
	}
	return at;
}

/* access(2) tells root that everything can be written, and knows no read-only mount: try. */
static int try_writing(const char *folder, struct err *e)
{
	_cleanup_free_ char *made = NULL;
	int r = dir_temp(folder, ".slowpath-", &made, e);

	return r < 0 ? r : dir_remove(made, e);
}

static void check_folder(struct doctor *d, const char *name, const char *path)
{
	static const char mend[] = "give --home DIR or set SLOWPATH_HOME: a folder that can be "
				   "written";
	_cleanup_free_ char *at = nearest_folder(path);
	struct err e = { 0 };

	if (at && try_writing(at, &e) == 0)
		add(d, name, OK, NULL, "%s can be written%s", path,
		    strcmp(at, path) != 0 ? " (it is not there yet)" : "");
	else
		add(d, name, MISSING, mend, "%s: %s", path, at ? e.text : "out of memory");
}

static void check_space(struct doctor *d)
{
	static const char mend[] = "make room, run 'slowpath cache prune', or give --home DIR on "
				   "another disk";
	_cleanup_free_ char *at = nearest_folder(d->home.cache);
	struct statvfs fs;
	unsigned long long mib;

	if (!at || statvfs(at, &fs) < 0) {
		add(d, "space", NOTE, NULL, "%s: %s", d->home.cache, strerror(errno));
		return;
	}
	mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
	if (mib < ROOM_MIB)
		add(d, "space", MISSING, mend,
		    "%llu MiB are free; a pair of snapshots takes about %d MiB", mib, ROOM_MIB);
	else if (mib < ROOM_DEBIAN_MIB)
		add(d, "space", NOTE, mend,
		    "%llu MiB are free; two Debian kernels, their package lists and a pair of "
		    "snapshots take about %d MiB",
		    mib, ROOM_DEBIAN_MIB);
	else
		add(d, "space", OK, NULL, "%llu MiB are free", mib);
}

static void check_home(struct doctor *d)
{
	struct err e = { 0 };

	if (home_open(d->ctx->home_arg, &d->home, &e) < 0) {
		add(d, "home", MISSING, "give --home DIR", "%s", e.text);
		return;
	}
	check_folder(d, "home", d->home.data);
	if (strcmp(d->home.data, d->home.cache) != 0)
		check_folder(d, "cache", d->home.cache);
	check_space(d);
}

static void check_database(struct doctor *d)
{
	_cleanup_free_ char *path =
		d->home.data ? str_printf("%s/slowpath.db", d->home.data) : NULL;
	_cleanup_(store_close_p) struct store *store = NULL;
	struct err e = { 0 };

	if (!path)
		return;
	if (!file_exists(path))
		add(d, "database", OK, NULL, "%s will be made at the first compare", path);
	else if (store_open(d->home.data, &store, &e) == 0)
		add(d, "database", OK, NULL, "%s", path);
	else
		add(d, "database", MISSING,
		    "move it away (a new one is made), or give another --home DIR", "%s", e.text);
}

/* A number of bytes at the start of a line that begins with @key, times @unit; 0 if there is none.
 */
static uint64_t read_number(const char *path, const char *key, uint64_t unit)
{
	_cleanup_buf_ struct buf text = { 0 };
	const char *at;

	if (file_read(path, 1u << 20, &text, NULL) < 0)
		return 0;
	at = strstr(buf_str(&text), key);
	return at ? strtoull(at + strlen(key), NULL, 10) * unit : 0;
}

static void check_memory(struct doctor *d)
{
	uint64_t bytes = read_number("/proc/meminfo", "MemAvailable:", 1024);
	uint64_t limit = read_number("/sys/fs/cgroup/memory.max", "", 1);
	unsigned want = GUESTS * (GUEST_MIB + OVERHEAD_MIB);
	const char *why = "";

	if (limit && limit < bytes) {
		bytes = limit;
		why = " (the limit of this control group)";
	}
	if (!bytes)
		add(d, "memory", NOTE, NULL, "cannot be told; a compare takes up to %u MiB", want);
	else if (bytes >> 20 < want)
		add(d, "memory", NOTE, "with 'compare --mem 256M' two guests need half of that",
		    "%llu MiB are available%s; a compare takes up to %u MiB",
		    (unsigned long long)bytes >> 20, why, want);
	else
		add(d, "memory", OK, NULL, "%llu MiB are available%s; a compare takes up to %u MiB",
		    (unsigned long long)bytes >> 20, why, want);
}

static void check_cores(struct doctor *d)
{
	cpu_set_t set;
	int cores = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	if (cores < GUESTS)
		add(d, "cores", NOTE, NULL,
		    "1 core: the two sides take turns, which changes the time and not the counts");
	else
		add(d, "cores", OK, NULL, "%d cores; a compare uses %d", cores, GUESTS);
}

static void check_debian(struct doctor *d)
{
	_cleanup_mirror_ struct mirror m = { 0 };
	struct err e = { 0 };

	if (mirror_find(&m, &e) == 0)
		add(d, "debian", OK, NULL, "debian: kernels from %s (not contacted)", m.archive);
	else
		add(d, "debian", NOTE,
		    "kernels of your own (bzImage, vmlinux, .deb, a built tree) work without",
		    "no debian: kernels: %s", e.text);
}

static void check_kvm(struct doctor *d)
{
	_cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		add(d, "kvm", NOTE, NULL,
		    "/dev/kvm opens, which does not prove that a guest runs on it; exact mode does "
		    "not use it");
	else
		add(d, "kvm", NOTE, NULL, "/dev/kvm: %s; exact mode does not use it",
		    strerror(errno));
}

static bool can_compare(const struct doctor *d)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->checks[i].status == MISSING)
			return false;
	}
	return true;
}

static void print_text(const struct doctor *d)
{
	static const char *const words[] = { "ok", "note", "MISSING" };

	for (size_t i = 0; i < d->count; i++) {
		const struct check *c = &d->checks[i];

		printf("%-8s %-10s %s\n", words[c->status], c->name, c->what);
		if (c->mend)
			printf("%-8s %-10s -> %s\n", "", "", c->mend);
	}
	puts(can_compare(d) ? "\ncompare can run on this machine"
			    : "\ncompare cannot run on this machine: see MISSING");
}

static int give_json(const struct doctor *d)
{
	static const char *const words[] = { "ok", "note", "missing" };
	json_t *checks = json_array(), *doc;
	int status;

	for (size_t i = 0; checks && i < d->count; i++) {
		const struct check *c = &d->checks[i];

		json_array_append_new(checks, json_pack("{s:s,s:s,s:s,s:s?}", "name", c->name,
							"status", words[c->status], "what", c->what,
							"mend", c->mend));
	}
	doc = json_pack("{s:s,s:b,s:o}", "schema", "slowpath/doctor/1", "can_compare",
			can_compare(d), "checks", checks);
	if (!doc) {
		struct err e = { 0 };

		err_oom(&e);
		return report_error(&e);
	}
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	static void (*const checks[])(struct doctor *) = {
		check_qemu,	 check_machine, check_parts,	check_plugin,
		check_scenarios, check_home,	check_database, check_memory,
		check_cores,	 check_debian,	check_kvm,
	};
	struct doctor d = { .ctx = ctx };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc)
		return usage_error(self, "no argument is expected, '%s' was given", argv[0]);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i](&d);
	if (ctx->json) {
		status = give_json(&d);
	} else {
		print_text(&d);
		status = finish_stdout();
	}
	if (status == 0 && !can_compare(&d))
		status = ERR_TOOL;
	home_close(&d.home);
	parts_free(&d.parts);
	qemu_free(&d.qemu);
	return status;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.args = "[--json]",
	.help = "what this machine can do and cannot, why, and how to mend it",
	.run = run,
};
