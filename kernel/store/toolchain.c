// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/toolchain.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#define OUTPUT_MAX (1U << 20)
#define STEP_MS 200
#define WORDS_MAX 8

static const struct {
	const char *tool, *package;
} needed[] = {
	{ "make", "make" },   { "ld", "binutils" }, { "flex", "flex" },
	{ "bison", "bison" }, { "bc", "bc" },
};

static int add_package(struct buf *packages, const char *package, struct err *e)
{
	return buf_printf(packages, " %s", package) < 0 ? err_oom(e) : 0;
}

static int check_tools(const char *cc, struct err *e)
{
	_cleanup_buf_ struct buf packages = { 0 };
	_cleanup_free_ char *compiler = proc_find(cc);
	bool stock = !strcmp(cc, "gcc");
	int r = 0;

	if (!compiler && !stock)
		return err_set(e, EOPNOTSUPP, "the compiler '%s', which CC names, is not there",
			       cc);
	if (!compiler)
		r = add_package(&packages, "gcc", e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(needed); i++) {
		_cleanup_free_ char *path = proc_find(needed[i].tool);

		if (!path)
			r = add_package(&packages, needed[i].package, e);
	}
	if (r < 0 || !packages.len)
		return r;
	return err_set(e, EOPNOTSUPP, "tools to build kernels are missing; install the packages:%s",
		       buf_str(&packages));
}

static int read_version(struct toolchain *t, struct err *e)
{
	const char *argv[] = { t->cc, "--version", NULL };
	static const char *const env[] = { "LC_ALL=C", NULL };
	const struct proc_opts o = { .argv = argv, .env = env };
	_cleanup_buf_ struct buf out = { 0 }, complaints = { 0 };
	int r = proc_capture(&o, OUTPUT_MAX, &out, &complaints, e);

	if (r < 0)
		return r;
	if (r > 0 || !out.len)
		return err_set(e, EIO, "'%s --version' fails: not a compiler", t->cc);
	t->version = strndup(out.data, strcspn(out.data, "\n"));
	return t->version ? 0 : err_oom(e);
}

int toolchain_find(const char *cc, struct toolchain *out, struct err *e)
{
	_cleanup_free_ char *ccache = proc_find("ccache");
	cpu_set_t cpus;
	int r;

	if (!cc)
		cc = getenv("CC");
	*out = (struct toolchain){ .cc = strdup(cc && cc[0] ? cc : "gcc"), .ccache = ccache };
	if (!out->cc)
		return err_oom(e);
	r = check_tools(out->cc, e);
	if (r == 0)
		r = read_version(out, e);
	if (r < 0) {
		toolchain_free(out);
		return r;
	}
	out->jobs = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned)CPU_COUNT(&cpus) : 1;
	return 0;
}

void toolchain_free(struct toolchain *t)
{
	free(t->cc);
	free(t->version);
	*t = (struct toolchain){ 0 };
}

/* Waits for make; a cancellation kills it with all that it started. */
static int wait_for(struct proc *p, const atomic_int *cancel, struct err *e)
{
	while (proc_wait(p, STEP_MS) < 0) {
		if (cancel && atomic_load(cancel))
			return err_set(e, ECANCELED, "interrupted");
	}
	return p->status ? 1 : 0;
}

static int run(const struct make *m, const char *const *argv, const char *const *env, struct err *e)
{
	_cleanup_close_ int log =
		open(m->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
	const int keep[] = { m->lock, -1 };
	/* make takes its children along when it is asked to end, and not when it is killed. */
	const struct proc_opts o = { .argv = argv,
				     .env = env,
				     .fd_out = log,
				     .fd_err = log,
				     .keep_fds = keep,
				     .death_signal = SIGTERM };
	_cleanup_proc_ struct proc p = PROC_NONE;
	int r;

	if (log < 0)
		return err_errno(e, errno, "%s", m->log);
	r = proc_start(&o, &p, e);
	return r < 0 ? r : wait_for(&p, m->cancel, e);
}

/* Variables of the caller's own builds, among them those of a make that runs slowpath. */
#define NOT_OURS                                                                                \
	"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS", "MAKEFILES", "O",  \
		"V", "W", "C", "M", "ARCH", "SUBARCH", "CROSS_COMPILE", "LLVM", "LLVM_IAS",     \
		"LOCALVERSION", "KBUILD_OUTPUT", "KBUILD_EXTMOD", "KCFLAGS", "KCPPFLAGS",       \
		"KAFLAGS", "CFLAGS", "LDFLAGS", "HOSTCFLAGS", "HOSTLDFLAGS", "INSTALL_PATH",    \
		"KCONFIG_ALLCONFIG", "KCONFIG_PROBABILITY", "KCONFIG_SEED", "KBUILD_DEFCONFIG", \
		"SOURCE_DATE_EPOCH", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"

int make_run(const struct make *m, const char *config, const char *const *words, struct err *e)
{
	const struct toolchain *t = m->tools;
	_cleanup_free_ char *jobs = str_printf("-j%u", t->jobs);
	_cleanup_free_ char *obj = str_printf("O=%s", m->obj);
	_cleanup_free_ char *cc = str_printf("CC=%s%s", t->ccache ? "ccache " : "", t->cc);
	_cleanup_free_ char *config_var =
		config ? str_printf("KCONFIG_CONFIG=%s", config) : strdup("KCONFIG_CONFIG");
	_cleanup_free_ char *ccache_dir = str_printf("CCACHE_DIR=%s/build/ccache", m->cache);
	const char *ours = getenv("CCACHE_DIR") ? NULL : ccache_dir;
	const char *const env[] = { NOT_OURS, "LC_ALL=C", config_var, ours, NULL };
	const char *argv[WORDS_MAX + 16] = {
		"make",
		"-C",
		m->src,
		obj,
		"ARCH=x86_64",
		jobs,
		"--no-print-directory",
		cc,
		/* Nothing of the day, the user and the machine goes into an image. */
		"KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970",
		"KBUILD_BUILD_USER=slowpath",
		"KBUILD_BUILD_HOST=slowpath",
		"KBUILD_BUILD_VERSION=1",
		"LOCALVERSION=",
	};
	size_t n = 13;

	if (!jobs || !obj || !cc || !config_var || !ccache_dir)
		return err_oom(e);
	for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
		argv[n++] = words[i];
	return run(m, argv, env, e);
}
