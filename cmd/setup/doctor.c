// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What this machine can do and cannot. Each check tries the very thing that compare will do, as far
 * as that leaves no trace: nothing is fetched, booted or kept.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/proc.h"
#include "cmd/common/cmd.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/database.h"
#include "cmd/setup/doctor.h"
#include "drive/session/home.h"
#include "drive/session/parts.h"
#include "kernel/deb/mirror.h"
#include "kernel/store/toolchain.h"
#include "report/words/table.h"
#include "scenario/library.h"
#include "store/store.h"
#include "vm/probe.h"
#include "vm/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

/* Of the disk: a pair of snapshots; and with them two kernels and Debian's package lists. */
#define WHAT_AT 20 /* column of what a check says */
#define ROOM_MIB 200
#define ROOM_DEBIAN_MIB 700

struct doctor {
	const struct cmd_ctx *ctx;
	struct home home;
	struct parts parts;
	struct qemu qemu;
	bool has_parts, has_qemu;
	struct doctor_checks checks;
};

static void check_qemu(struct doctor *d)
{
	static const char mend[] = "install qemu-system-x86, 7.2 to 11.1, or set SLOWPATH_QEMU to "
				   "a qemu-system-x86_64";
	struct err e = { 0 };

	d->has_qemu = qemu_find(arch_default(), &d->qemu, &e) == 0;
	if (d->has_qemu)
		doctor_add(&d->checks, "qemu", DOCTOR_OK, NULL, "QEMU %s, %s", d->qemu.version,
			   d->qemu.path);
	else
		doctor_add(&d->checks, "qemu", DOCTOR_MISSING, mend, "%s", e.text);
}

static void check_machine(struct doctor *d)
{
	const struct machine_spec spec = { .memory_mib = DOCTOR_GUEST_MIB, .cpus = 1, .seed = 1 };
	struct err e = { 0 };

	if (!d->has_qemu)
		doctor_add(&d->checks, "machine", DOCTOR_NOTE, NULL, "not tried without QEMU");
	else if (probe_machine(&d->qemu, &spec, NULL, &e) == 0)
		doctor_add(&d->checks, "machine", DOCTOR_OK, NULL,
			   "%s under TCG with -icount, -cpu %s", ARGV_MACHINE,
			   arch_default()->cpu_model);
	else
		doctor_add(&d->checks, "machine", DOCTOR_MISSING,
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
		doctor_add(&d->checks, "guest", DOCTOR_MISSING, mend, "%s", e.text);
	else if (access(d->parts.guest, R_OK) < 0)
		doctor_add(&d->checks, "guest", DOCTOR_MISSING, mend, "%s: %s", d->parts.guest,
			   strerror(errno));
	else
		doctor_add(&d->checks, "guest", DOCTOR_OK, NULL, "%s", d->parts.guest);
}

static void check_plugin(struct doctor *d)
{
	_cleanup_free_ char *path = NULL;
	struct err e = { 0 };

	if (!d->has_qemu || !d->has_parts) {
		doctor_add(&d->checks, "plugin", DOCTOR_NOTE, NULL, "not tried without %s",
			   d->has_qemu ? "slowpath's parts" : "QEMU");
		return;
	}
	path = parts_plugin(&d->parts, d->qemu.plugin_api, &e);
	if (path && probe_plugin(&d->qemu, path, &e) == 0)
		doctor_add(&d->checks, "plugin", DOCTOR_OK, NULL, "%s loads (plugin API %u)", path,
			   d->qemu.plugin_api);
	else
		doctor_add(&d->checks, "plugin", DOCTOR_MISSING,
			   e.code == -ENOTSUP
				   ? "set SLOWPATH_QEMU to one of 7.2 to 11.1, or take a newer "
				     "slowpath"
				   : "take a QEMU that was built with plugins, as Debian's is, or "
				     "install slowpath again",
			   "%s", e.text);
}

/* What takes to measure kernels of another architecture; nothing else needs it. */
static void check_other_arch(struct doctor *d, const struct arch *arch)
{
	const struct machine_spec spec = {
		.arch = arch, .memory_mib = DOCTOR_GUEST_MIB, .cpus = 1, .seed = 1
	};
	_cleanup_free_ char *guest = NULL, *mend = NULL, *plugin = NULL;
	_cleanup_qemu_ struct qemu qemu = { 0 };
	struct err e = { 0 };
	bool has_guest;
	int r;

	if (!d->has_parts)
		return;
	r = parts_guest(&d->parts, arch, &guest, &e);
	has_guest = r == 0;
	if (r == 0)
		r = qemu_find(arch, &qemu, &e);
	if (r == 0)
		r = probe_machine(&qemu, &spec, NULL, &e);
	if (r == 0) {
		plugin = parts_plugin(&d->parts, qemu.plugin_api, &e);
		r = plugin ? probe_plugin(&qemu, plugin, &e) : -ENOENT;
	}
	if (r == 0) {
		doctor_add(&d->checks, arch->name, DOCTOR_OK, NULL,
			   "kernels for %s can be measured: QEMU %s, -cpu %s", arch->name,
			   qemu.version, arch->cpu_model);
		return;
	}
	mend = has_guest ? str_printf("install %s", arch->qemu_package)
			 : str_printf("install %s, and a slowpath that was built with %sgcc",
				      arch->qemu_package, arch->triple);
	doctor_add(&d->checks, arch->name, DOCTOR_NOTE, mend,
		   "kernels for %s cannot be measured: %s", arch->name, e.text);
}

static void check_arches(struct doctor *d)
{
	for (size_t i = 0; arch_at(i); i++) {
		if (arch_at(i) != arch_default())
			check_other_arch(d, arch_at(i));
	}
}

static void check_scenarios(struct doctor *d)
{
	_cleanup_scenario_list_ struct scenario_list list = { 0 };
	struct err e = { 0 };

	if (!d->has_parts)
		doctor_add(&d->checks, "scenarios", DOCTOR_NOTE, NULL,
			   "not tried without slowpath's parts");
	else if (parts_library(&d->parts, &list, &e) == 0)
		doctor_add(&d->checks, "scenarios", DOCTOR_OK, NULL, "%zu in %s", list.count,
			   d->parts.scenarios);
	else
		doctor_add(&d->checks, "scenarios", DOCTOR_MISSING,
			   "mend the file, or install slowpath again", "%s", e.text);
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
		doctor_add(&d->checks, name, DOCTOR_OK, NULL, "%s can be written%s", path,
			   strcmp(at, path) != 0 ? " (it is not there yet)" : "");
	else
		doctor_add(&d->checks, name, DOCTOR_MISSING, mend, "%s: %s", path,
			   at ? e.text : "out of memory");
}

static void check_space(struct doctor *d)
{
	static const char mend[] = "make room, run 'slowpath cache prune', or give --home DIR on "
				   "another disk";
	_cleanup_free_ char *at = nearest_folder(d->home.cache);
	struct statvfs fs;
	unsigned long long mib;

	if (!at || statvfs(at, &fs) < 0) {
		doctor_add(&d->checks, "space", DOCTOR_NOTE, NULL, "%s: %s", d->home.cache,
			   strerror(errno));
		return;
	}
	mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
	if (mib < ROOM_MIB)
		doctor_add(&d->checks, "space", DOCTOR_MISSING, mend,
			   "%llu MiB are free; a pair of snapshots takes about %d MiB", mib,
			   ROOM_MIB);
	else if (mib < ROOM_DEBIAN_MIB)
		doctor_add(
			&d->checks, "space", DOCTOR_NOTE, mend,
			"%llu MiB are free; two Debian kernels, their package lists and a pair of "
			"snapshots take about %d MiB",
			mib, ROOM_DEBIAN_MIB);
	else
		doctor_add(&d->checks, "space", DOCTOR_OK, NULL, "%llu MiB are free", mib);
}

static void check_home(struct doctor *d)
{
	struct err e = { 0 };

	if (home_open(d->ctx->home_arg, &d->home, &e) < 0) {
		doctor_add(&d->checks, "home", DOCTOR_MISSING, "give --home DIR", "%s", e.text);
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
		doctor_add(&d->checks, "database", DOCTOR_OK, NULL,
			   "%s will be made at the first compare", path);
	else if (database_of_home(&d->home, terminal_teller(), &store, &e) == 0)
		doctor_add(&d->checks, "database", DOCTOR_OK, NULL, "%s", path);
	else
		doctor_add(&d->checks, "database", DOCTOR_MISSING,
			   "as it says; or give another --home DIR", "%s", e.text);
}

static void check_debian(struct doctor *d)
{
	_cleanup_mirror_ struct mirror m = { 0 };
	struct err e = { 0 };

	if (mirror_find(&m, &e) == 0)
		doctor_add(&d->checks, "debian", DOCTOR_OK, NULL,
			   "debian: kernels from %s (not contacted)", m.archive);
	else
		doctor_add(
			&d->checks, "debian", DOCTOR_NOTE,
			"kernels of your own (bzImage, vmlinux, .deb, a built tree) work without; "
			"for Debian's on another system, run slowpath in a container: its sources "
			"have a Containerfile",
			"no debian: kernels: %s", e.text);
}

/* Headers show only when they are missed: the build says then which package has them. */
static void check_builds(struct doctor *d)
{
	_cleanup_toolchain_ struct toolchain t = { 0 };
	_cleanup_free_ char *git = proc_find("git");
	struct err e = { 0 };

	if (!git)
		err_set(&e, EOPNOTSUPP, "git is missing: install the package git");
	if (git && toolchain_find(NULL, &t, &e) == 0)
		doctor_add(&d->checks, "builds", DOCTOR_OK, NULL, "git: kernels by %s%s, %u jobs",
			   t.version, t.ccache ? ", ccache" : "", t.jobs);
	else
		doctor_add(&d->checks, "builds", DOCTOR_NOTE,
			   "kernels that are built already work without",
			   "no git: kernels, and no bisect: %s", e.text);
}

static void check_host(struct doctor *d)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct err e = { 0 };
	struct host h;

	if (kvm < 0)
		kvm = -errno;
	else
		close(kvm);
	if (host_read("", &h, &e) < 0) {
		doctor_add(&d->checks, "host", DOCTOR_NOTE, NULL, "%s", e.text);
		return;
	}
	doctor_check_memory(&d->checks, &h);
	doctor_check_overcommit(&d->checks, &h);
	doctor_check_cores(&d->checks, &h);
	doctor_check_kvm(&d->checks, kvm < 0 ? -kvm : 0);
	doctor_check_governor(&d->checks, &h);
	doctor_check_load(&d->checks, &h, clock_boot_ms());
}

static bool can_compare(const struct doctor *d)
{
	for (size_t i = 0; i < d->checks.count; i++) {
		if (d->checks.items[i].status == DOCTOR_MISSING)
			return false;
	}
	return true;
}

static int print_text(const struct cmd_ctx *ctx, const struct doctor *d)
{
	static const char *const words[] = { "ok", "note", "MISSING" };
	static const enum tone tones[] = { TONE_GOOD, TONE_UNSURE, TONE_BAD };
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf out = { 0 };

	buf_puts(&out, can_compare(d) ? "compare can run on this machine\n\n"
				      : "compare cannot run on this machine: see MISSING\n\n");
	for (size_t i = 0; i < d->checks.count; i++) {
		const struct doctor_check *c = &d->checks.items[i];

		tone_put(&out, &style, tones[c->status], words[c->status]);
		buf_printf(&out, "%*s %-10s ", 8 - (int)strlen(words[c->status]), "", c->name);
		text_wrap(&out, &style, WHAT_AT, WHAT_AT, c->what);
		if (!c->mend)
			continue;
		buf_printf(&out, "%*s-> ", WHAT_AT, "");
		text_wrap(&out, &style, WHAT_AT + 3, WHAT_AT + 3, c->mend);
	}
	if (buf_error(&out))
		fputs("slowpath: out of memory\n", stderr);
	return buf_error(&out) ? ERR_TOOL : print_buf(&out);
}

static int give_json(const struct doctor *d)
{
	static const char *const words[] = { "ok", "note", "missing" };
	json_t *checks = json_array(), *doc;
	int status;

	for (size_t i = 0; checks && i < d->checks.count; i++) {
		const struct doctor_check *c = &d->checks.items[i];

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
		check_qemu,   check_machine,   check_parts, check_plugin,
		check_arches, check_scenarios, check_home,  check_database,
		check_debian, check_builds,    check_host,
	};
	struct doctor d = { .ctx = ctx };
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	terminal_wait("looking at this machine");
	if (argc)
		return usage_error(self, "no argument is expected, '%s' was given", argv[0]);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i](&d);
	status = ctx->json ? give_json(&d) : print_text(ctx, &d);
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
