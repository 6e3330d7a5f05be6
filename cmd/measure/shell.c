// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "cmd/common/building_opts.h"
#include "cmd/common/cmd.h"
#include "cmd/common/memory.h"
#include "cmd/common/start.h"
#include "kernel/store/title.h"
#include "lab/workdir.h"
#include "parcel/elf_needs.h"
#include "scenario/scenario.h"
#include "vm/console.h"
#include "vm/initrd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BUSYBOX_BYTES_MAX (64u << 20)

struct options {
	unsigned cpus;
	unsigned memory_mib;
	const char *cmdline, *busybox;
};

/* A static BusyBox of this machine; the guest has no other programs. */
static int find_busybox(const struct options *o, char **out, struct err *e)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct elf_needs needs;
	struct err why = { 0 };
	int r;

	*out = o->busybox ? file_absolute(o->busybox) : proc_find("busybox");
	if (!*out)
		return err_set(e, ENOENT,
			       "there is no busybox in PATH: install busybox-static, or name a "
			       "static one with --busybox FILE");
	r = file_read(*out, BUSYBOX_BYTES_MAX, &bytes, e);
	if (r == 0 && elf_needs_read(bytes.data, bytes.len, &needs, &why) < 0)
		r = err_set(e, EINVAL, "%s %s", *out, why.text);
	if (r == 0 && needs.interpreter)
		r = err_set(e, EINVAL, "%s is linked dynamically", *out);
	return r < 0 ? err_wrap(e, "the shell needs a static busybox (busybox-static has one)") : 0;
}

static int enter(struct session *s, const struct kernel *k, const struct options *o,
		 const char *busybox, struct err *e)
{
	_cleanup_free_ char *words =
		str_printf("loglevel=0 " PLAN_SHELL_VARIABLE "=%s%s%s",
			   isatty(STDIN_FILENO) ? PLAN_SHELL_PROMPT : PLAN_SHELL_SCRIPT,
			   o->cmdline ? " " : "", o->cmdline ? o->cmdline : "");
	const struct machine_spec machine = { .arch = s->arch,
					      .accel = ACCEL_TCG,
					      .memory_mib = o->memory_mib,
					      .cpus = o->cpus,
					      .seed = 1,
					      .cmdline = words };
	_cleanup_workdir_ struct workdir dir = WORKDIR_NONE;
	_cleanup_free_ char *initrd_path = NULL;
	enum kernel_file file;
	const char *image;
	_cleanup_buf_ struct buf initrd = { 0 };
	int r = words ? initrd_build(s->guest, busybox, 0, &initrd, e) : err_oom(e);

	if (r == 0)
		r = workdir_make(s->home.cache, &dir, e);
	if (r == 0)
		r = workdir_put(&dir, "initrd", initrd.data, initrd.len, e);
	if (r < 0)
		return r;
	initrd_path = str_printf("%s/initrd", dir.path);
	if (!initrd_path)
		return err_oom(e);
	r = kernel_boot_file(k, &file, &image, e);
	if (r == 0)
		r = kernel_verify(k, file, e);
	if (r < 0)
		return r;
	fprintf(stderr, "slowpath: %s; 'exit' ends it\n", kernel_title(k).text);
	return console_run(&s->qemu, &machine, image, initrd_path, !isatty(STDIN_FILENO), e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct options o = { .cpus = 1, .memory_mib = SCENARIO_MEMORY_MIB };
	struct building building = { 0 };
	const char *memory = NULL, *arch = NULL;
	const struct opt table[] = {
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest (default 1)", &o.cpus },
		{ "mem", 0, OPT_STRING, "SIZE", "memory of the guest (default 512M)", &memory },
		{ "cmdline", 0, OPT_STRING, "WORDS", "added to the kernel's command line",
		  &o.cmdline },
		{ "busybox", 0, OPT_STRING, "FILE", "a static BusyBox (default: that in PATH)",
		  &o.busybox },
		ARCH_OPT(&arch),
		BUILDING_OPTS(&building),
	};
	_cleanup_free_ char *busybox = NULL;
	_cleanup_session_ struct session s;
	struct kernel *kernel = NULL;
	struct err e = { 0 };
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, NULL), r;

	memset(&s, 0, sizeof(s));
	if (status < 0)
		status = memory_parse(self, memory, &o.memory_mib);
	if (status >= 0)
		return status;
	if (argc != 1 || o.cpus < 1 || o.cpus > 16 || ctx->json)
		return usage_error(self, argc != 1   ? "one KERNEL is expected"
					 : ctx->json ? "a shell has no --json"
						     : "--cpus: 1 to 16 is possible");
	r = find_busybox(&o, &busybox, &e);
	if (r == 0)
		r = start_session(ctx, &s, &e);
	if (r == 0)
		r = session_set_arch(&s, arch, &e);
	if (r == 0)
		r = session_expect(&s, argv, 1, &e);
	if (r == 0)
		r = building_set(&building, s.kernels, s.teller, &e);
	if (r == 0)
		r = kernel_resolve(s.kernels, argv[0], NULL, teller_hear_note, s.teller, &kernel,
				   &e);
	if (r == 0)
		r = session_measures(&s, &kernel, 1, &e);
	if (r == 0 && s.arch != arch_default() && !o.busybox)
		r = err_set(&e, EINVAL,
			    "the kernel is for %s, and this machine's BusyBox is not: --busybox "
			    "names a static one that is",
			    s.arch->name);
	teller_done(s.teller);
	if (r == 0)
		r = enter(&s, kernel, &o, busybox, &e);
	kernel_free(kernel);
	return r < 0 ? report_error(&e) : 0;
}

const struct cmd cmd_shell = {
	.name = "shell",
	.args = "KERNEL [--cmdline WORDS]",
	.help = "a prompt in the guest of a kernel, to look around",
	.run = run,
};
