// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/argv.h"

#include "base/cleanup.h"
#include "proto/parcel.h"
#include "proto/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void argv_add(struct argv *a, const char *fmt, ...)
{
	char **grown;
	va_list ap;
	int n;

	if (a->error)
		return;
	grown = realloc(a->words, (a->count + 2) * sizeof(*grown));
	if (!grown) {
		a->error = -ENOMEM;
		return;
	}
	a->words = grown;
	va_start(ap, fmt);
	n = vasprintf(&grown[a->count], fmt, ap);
	va_end(ap);
	grown[n < 0 ? a->count : a->count + 1] = NULL;
	if (n < 0)
		a->error = -ENOMEM;
	else
		a->count++;
}

int argv_error(const struct argv *a)
{
	return a->error;
}

void argv_free(struct argv *a)
{
	for (size_t i = 0; i < a->count; i++)
		free(a->words[i]);
	free(a->words);
	*a = (struct argv){ 0 };
}

const char *accel_name(enum machine_accel accel)
{
	return accel == ACCEL_KVM ? "kvm" : accel == ACCEL_TCG ? "tcg" : "tcg-icount";
}

/*
 * In the host's time a rest is waited for, so it is as long as a kernel needs to settle and no
 * longer.
 */
#define TIMED_REST PLAN_REST_VARIABLE "=3000"

#define SPACES " \t\n"

static const struct arch *arch_of(const struct machine_spec *s)
{
	return s->arch ? s->arch : arch_default();
}

/*
 * Under TCG the guest would calibrate the TSC against a timer that is emulated: a busy host makes
 * it fail now and then, and the kernel's clock then ticks every 4 ms. So it is told.
 */
static char *clock_words(const struct machine_spec *s)
{
	const char *rest = s->accel == ACCEL_ICOUNT ? "" : " " TIMED_REST;

	return s->tsc_khz ? str_printf("%s tsc=reliable tsc_early_khz=%u", rest, s->tsc_khz)
			  : strdup(rest);
}

char *argv_cmdline(const struct machine_spec *s)
{
	_cleanup_free_ char *words = clock_words(s);
	bool extra = s->cmdline && s->cmdline[0];

	return words ? str_printf("%s %s%s%s%s%s", arch_of(s)->cmdline,
				  s->accel == ACCEL_ICOUNT ? arch_of(s)->cmdline_counted
							   : arch_of(s)->cmdline_timed,
				  words, s->slot ? " pcie_ports=compat" : "", extra ? " " : "",
				  extra ? s->cmdline : "")
		     : NULL;
}

/* Under KVM a model of QEMU's would hide what the processor has, and bring no sameness. */
const char *argv_cpu_model(const struct machine_spec *s)
{
	return s->cpu_model ? s->cpu_model : s->accel == ACCEL_KVM ? "host" : arch_of(s)->cpu_model;
}

static void add_accel(struct argv *a, const struct machine_spec *s)
{

	argv_add(a, "-accel");
	switch (s->accel) {
	case ACCEL_ICOUNT:
		argv_add(a, "tcg,thread=single");
		argv_add(a, "-icount");
		argv_add(a, "shift=%d,sleep=off", ARGV_ICOUNT_SHIFT);
		break;
	case ACCEL_TCG:
		argv_add(a, "tcg,thread=multi");
		break;
	case ACCEL_KVM:
		argv_add(a, "kvm");
		break;
	}
	argv_add(a, "-cpu");
	argv_add(a, "%s%s", argv_cpu_model(s),
		 s->accel == ACCEL_KVM ? "" : arch_of(s)->cpu_options);
}

/*
 * Nothing tells the guest of what is plugged in, neither ACPI nor the port: it looks by itself, at
 * an instruction that is the guest's, and no kernel thread is woken at the host's moment.
 */
static void add_slot(struct argv *a)
{
	argv_add(a, "-global");
	argv_add(a, "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off");
	argv_add(a, "-device");
	argv_add(a, "pcie-root-port,id=%s,chassis=1,slot=1,power_controller_present=off",
		 ARGV_SLOT);
}

/*
 * microvm: no PCI, least to boot and to save. It tells of its second CPU through ACPI alone, and
 * without boots faster. With ACPI the kernel takes it for a machine that has no PIC and sets none
 * up; QEMU 10 has the PIT strike before there is another, and such a PIC makes a divide error of it
 * (vector 0): so there is none. It has one node whatever it is told and no PCI, so nodes and a slot
 * take a q35.
 */
static void add_board(struct argv *a, const struct machine_spec *s)
{

	argv_add(a, "-machine");
	if (arch_of(s)->machine) {
		argv_add(a, "%s", arch_of(s)->machine);
		return;
	}
	if (s->nodes < 2 && !s->slot) {
		argv_add(a, "%s,acpi=%s,isa-serial=on,pic=%s,pit=on,rtc=on", ARGV_MACHINE,
			 s->cpus > 1 ? "on" : "off", s->cpus > 1 ? "off" : "on");
		return;
	}
	argv_add(a, "%s,hpet=off,sata=off,smbus=off,usb=off,vmport=off", ARGV_MACHINE_PCI);
	if (s->slot)
		add_slot(a);
	if (s->nodes < 2)
		return;
	for (unsigned node = 0; node < s->nodes; node++) {
		unsigned mib = s->memory_mib / s->nodes;

		/* What does not divide goes to the first one. */
		mib += node ? 0 : s->memory_mib % s->nodes;
		argv_add(a, "-object");
		argv_add(a, "memory-backend-ram,id=node%u,size=%uM", node, mib);
		argv_add(a, "-numa");
		argv_add(a, "node,nodeid=%u,memdev=node%u", node, node);
	}
	for (unsigned cpu = 0; cpu < s->cpus; cpu++) {
		argv_add(a, "-numa");
		argv_add(a, "cpu,node-id=%u,socket-id=%u", cpu % s->nodes, cpu);
	}
}

/* What the kernel's kstrtobool() takes for yes. */
static bool is_yes(const char *text)
{
	return strchr("1yYtT", *text) ? *text != '\0' : !strncasecmp(text, "on", 2);
}

/* Whether the last of the words NAME=VALUE in @cmdline says yes. */
static bool is_set(const char *cmdline, const char *name)
{
	const size_t len = strlen(name);
	bool set = false;

	for (const char *p = cmdline; p && *p; p += strcspn(p, SPACES)) {
		p += strspn(p, SPACES);
		p += *p == '"';
		if (!strncmp(p, name, len) && p[len] == '=')
			set = is_yes(p + len + 1 + (p[len + 1] == '"'));
	}
	return set;
}

int argv_check_memory(const struct arch *arch, unsigned memory_mib, struct err *e)
{
	if (!arch->memory_max_mib || memory_mib <= arch->memory_max_mib)
		return 0;
	return err_set(e, EINVAL,
		       "the machine for %s has room for %u MiB of memory, not for %u MiB",
		       arch->name, arch->memory_max_mib, memory_mib);
}

int argv_check(const struct machine_spec *s, struct err *e)
{
	const struct arch *arch = arch_of(s);

	if (argv_check_memory(arch, s->memory_mib, e) < 0)
		return e->code;
	if (s->accel == ACCEL_ICOUNT && arch->unmapping && is_set(s->cmdline, arch->unmapping))
		return err_set(e, EINVAL,
			       "%s= on the command line unmaps the kernel in user mode, and then "
			       "slowpath does not see how a kernel for %s is entered: it cannot "
			       "be counted",
			       arch->unmapping, arch->name);
	return 0;
}

int argv_machine(struct argv *a, const struct machine_spec *s, struct err *e)
{
	_cleanup_free_ char *cmdline = argv_cmdline(s);
	int r = argv_check(s, e);

	if (r < 0)
		return r;
	if (!cmdline)
		return err_oom(e);
	argv_add(a, "-nodefaults");
	argv_add(a, "-no-user-config");
	argv_add(a, "-display");
	argv_add(a, "none");
	argv_add(a, "-no-reboot");
	add_board(a, s);
	add_accel(a, s);
	argv_add(a, "-smp");
	if (s->nodes < 2)
		argv_add(a, "%u", s->cpus);
	else
		argv_add(a, "%u,sockets=%u,cores=1,threads=1", s->cpus, s->cpus);
	argv_add(a, "-m");
	argv_add(a, "%uM", s->memory_mib);
	argv_add(a, "-seed");
	argv_add(a, "%u", s->seed);
	argv_add(a, "-rtc");
	argv_add(a, "base=2026-01-01T00:00:00,clock=vm");
	argv_add(a, "-device");
	argv_add(a, "%s", arch_of(s)->panic_device);
	argv_add(a, "-action");
	argv_add(a, "panic=pause");
	argv_add(a, "-append");
	argv_add(a, "%s", cmdline);
	return argv_error(a) ? err_oom(e) : 0;
}

char *argv_double_commas(const char *text)
{
	struct buf b = { 0 };

	for (; *text; text++) {
		buf_add(&b, text, 1);
		if (*text == ',')
			buf_add(&b, text, 1);
	}
	return buf_steal(&b);
}

void argv_monitor(struct argv *a, int fd, bool as_object)
{

	argv_add(a, "-chardev");
	argv_add(a, "socket,id=qmp,fd=%d", fd);
	argv_add(a, as_object ? "-object" : "-mon");
	argv_add(a, as_object ? "monitor-qmp,id=monitor,chardev=qmp" : "chardev=qmp,mode=control");
}

int argv_run(struct argv *a, const struct run_files *f, struct err *e)
{
	argv_add(a, "-kernel");
	argv_add(a, "%s", f->kernel);
	argv_add(a, "-initrd");
	argv_add(a, "initrd");
	argv_add(a, "-serial");
	argv_add(a, "file:console");
	argv_monitor(a, f->qmp_fd, f->monitor_object);
	argv_add(a, "-fw_cfg");
	argv_add(a, "name=%s,file=plan", PLAN_FW_CFG_FILE);
	if (f->parcel) {
		argv_add(a, "-fw_cfg");
		argv_add(a, "name=%s,file=parcel", PARCEL_FW_CFG_FILE);
	}
	/* Its content ends with the run, so nothing has to reach the host's disk. */
	if (f->disk) {
		argv_add(a, "-blockdev");
		argv_add(a, "driver=file,node-name=%s,filename=%s,cache.no-flush=on",
			 ARGV_DISK_NODE, ARGV_DISK_FILE);
	}
	if (f->plugin) {
		_cleanup_free_ char *path = argv_double_commas(f->plugin);

		if (!path)
			return err_oom(e);
		argv_add(a, "-plugin");
		argv_add(a, "%s,out=counts,places=places%s", path,
			 f->plugin_options ? f->plugin_options : "");
	}
	/* Nothing runs before somebody listens: events that come earlier are lost. */
	argv_add(a, "-S");
	if (f->incoming) {
		argv_add(a, "-incoming");
		argv_add(a, "defer");
	}
	return argv_error(a) ? err_oom(e) : 0;
}
