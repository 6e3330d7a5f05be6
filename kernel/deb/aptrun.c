// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/deb/aptrun.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "kernel/deb/mirror.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define OUTPUT_MAX (4U << 20)
#define STEP_MS 1000
/* apt's own timeouts are shorter; this ends what they do not see, such as a full disk. */
#define IDLE_STEPS 120

/*
 * The options that make the root private. Given by --config-file, which apt reads after the
 * machine's own configuration, so that nothing there comes back; hooks are for the machine only.
 *
 * Started by root, apt has its downloads and their signatures seen to by a user without rights, as
 * it does for the machine itself, where that user can get at the lists; below /root, which is
 * nobody else's, it warns and does it all as root. Without such a user it would fail.
 */
static const char conf_format[] = "#clear APT::Update::Pre-Invoke;\n"
				  "#clear APT::Update::Post-Invoke;\n"
				  "#clear APT::Update::Post-Invoke-Success;\n"
				  "#clear APT::Architectures;\n"
				  "#clear APT::Default-Release;\n"
				  "APT::Architecture \"%3$s\";\n"
				  "APT::Architectures { \"%3$s\"; };\n"
				  "APT::Get::AllowUnauthenticated \"false\";\n"
				  "Acquire::AllowInsecureRepositories \"false\";\n"
				  "Acquire::AllowWeakRepositories \"false\";\n"
				  "Acquire::AllowDowngradeToInsecureRepositories \"false\";\n"
				  "%2$s"
				  "Acquire::Languages \"none\";\n"
				  "Acquire::Retries \"2\";\n"
				  "Acquire::http::Timeout \"30\";\n"
				  "Acquire::https::Timeout \"30\";\n"
				  "Acquire::GzipIndexes \"true\";\n"
				  "Dir::Etc::sourcelist \"%1$s/sources.list\";\n"
				  "Dir::Etc::sourceparts \"/dev/null\";\n"
				  "Dir::Etc::preferences \"/dev/null\";\n"
				  "Dir::Etc::preferencesparts \"/dev/null\";\n"
				  "Dir::State \"%1$s/state\";\n"
				  "Dir::State::Lists \"%1$s/lists\";\n"
				  "Dir::State::status \"%1$s/status\";\n"
				  "Dir::Cache \"%1$s/cache\";\n"
				  "Dir::Cache::archives \"archives\";\n"
				  "Dir::Cache::pkgcache \"pkgcache.bin\";\n"
				  "Dir::Cache::srcpkgcache \"\";\n"
				  "Dir::Log \"%1$s/log\";\n";

#define SANDBOX_USER "_apt" /* apt's default */
#define NO_SANDBOX "APT::Sandbox::User \"root\";\n"

/* Written anew for each use: the home may have moved. */
static int put_conf(const struct apt_root *root, struct err *e)
{
	_cleanup_free_ char *conf = NULL, *path = NULL;

	if (strpbrk(root->path, "\"\n"))
		return err_set(e, EINVAL, "the folder %s has a quote in its name", root->path);
	conf = str_printf(conf_format, root->path, getpwnam(SANDBOX_USER) ? "" : NO_SANDBOX,
			  root->arch->name);
	path = str_printf("%s/apt.conf", root->path);
	return conf && path ? file_write_atomic(path, conf, strlen(conf), e) : err_oom(e);
}

/* The last line of apt that says "E:", else the last line; "" if it was silent. */
static const char *apt_reason(struct buf *text)
{
	char *save = NULL, *last = NULL, *error = NULL;

	if (!text->data)
		return "";
	for (char *l = strtok_r(text->data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(l, "E: ", 3) && !error)
			error = l + 3;
		last = l;
	}
	return error ? error : last ? last : "";
}

/* Changes for as long as apt gets on: what it has said, and what it has written. */
static uint64_t progress(const int fds[2], const struct apt_root *root, const char *cwd)
{
	uint64_t sum = dir_bytes(root->path) + (cwd ? dir_bytes(cwd) : 0);

	for (int i = 0; i < 2; i++) {
		struct stat st;

		if (fstat(fds[i], &st) == 0)
			sum += (uint64_t)st.st_size;
	}
	return sum;
}

static int wait_for(struct proc *p, const int fds[2], const struct apt_root *root, const char *cwd)
{
	uint64_t last = 0;

	for (int idle = 0; idle < IDLE_STEPS; idle++) {
		uint64_t now;

		if (proc_wait(p, STEP_MS) == 0)
			return 0;
		now = progress(fds, root, cwd);
		if (now != last)
			idle = 0;
		last = now;
	}
	return -ETIMEDOUT;
}

static int read_back(int fd, struct buf *out, struct err *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return out ? file_read(path, OUTPUT_MAX, out, e) : 0;
}

static int run(const struct proc_opts *o, const int fds[2], const struct apt_root *root,
	       struct buf *out, struct err *e)
{
	_cleanup_proc_ struct proc p = PROC_NONE;
	_cleanup_buf_ struct buf complaints = { 0 };
	int r = proc_start(o, &p, e);

	if (r < 0)
		return r;
	if (wait_for(&p, fds, root, o->cwd) < 0)
		return err_set(e, ETIMEDOUT, "apt-get %s: no progress in %d seconds", o->argv[4],
			       IDLE_STEPS * STEP_MS / 1000);
	r = read_back(fds[0], out, e);
	if (r == 0)
		r = read_back(fds[1], &complaints, e);
	if (r == 0 && p.status != 0)
		r = err_set(e, EIO, "apt-get %s: %s", o->argv[4], apt_reason(&complaints));
	return r;
}

int apt_run(const struct apt_root *root, const char *cwd, const char *const *words, struct buf *out,
	    struct err *e)
{
	_cleanup_free_ char *conf = str_printf("%s/apt.conf", root->path);
	_cleanup_close_ int fd_out = memfd_create("apt-out", MFD_CLOEXEC);
	_cleanup_close_ int fd_err = memfd_create("apt-err", MFD_CLOEXEC);
	const char *argv[10] = { "apt-get", "-c", conf, "-q" };
	static const char *const env[] = { "LC_ALL=C", NULL };
	const int fds[2] = { fd_out, fd_err };
	size_t n = 4;
	int r;

	if (!conf || fd_out < 0 || fd_err < 0)
		return err_oom(e);
	r = mirror_need_apt(e);
	if (r == 0)
		r = put_conf(root, e);
	if (r < 0)
		return r;
	while (*words && n < ARRAY_SIZE(argv) - 1)
		argv[n++] = *words++;
	return run(
		&(struct proc_opts){
			.argv = argv, .env = env, .cwd = cwd, .fd_out = fd_out, .fd_err = fd_err },
		fds, root, out, e);
}
