// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/memory.h"
#include "cmd/common/program_words.h"
#include "cmd/common/start.h"
#include "report/views/next.h"

#include <string.h>

#define MECHANISM_OPTIONS_MAX 32

/* What a command's own option is called means that there: cover looks at its --file itself. */
static bool has_option(const struct opt *own, size_t n_own, const char *name)
{
	for (size_t i = 0; i < n_own; i++) {
		if (!strcmp(own[i].name, name))
			return true;
	}
	return false;
}

int mechanism_parse(const struct cmd *self, struct cmd_ctx *ctx, struct mechanism *m,
		    const struct opt *own, size_t n_own, int *argc, char **argv, int min, int max)
{
	const struct opt common[] = {
		{ "scenario", 's', OPT_STRING, "SCENARIO",
		  "scenario (default " DEFAULT_SCENARIO ")", &m->o.scenario },
		{ "cpus", 0, OPT_UINT, "N", "CPUs of the guest (default 1)", &m->o.cpus },
		{ "mem", 0, OPT_STRING, "SIZE",
		  "memory of the guest (default 512M, or as the scenario says)", &m->o.memory },
		ARCH_OPT(&m->o.arch),
		CPU_OPT(&m->o.cpu_model),
		{ "fresh", 0, OPT_FLAG, NULL, "boot anew, without snapshots", &m->o.fresh },
		DEADLINE_OPT(&m->o.deadline_s),
		BUILDING_OPTS(&m->o.building),
		PROGRAM_OPTS(&program_words_of(ctx)->opts),
		{ max > 1 ? "old-cmdline" : "cmdline", 0, OPT_STRING, "WORDS",
		  max > 1 ? "added to OLD's kernel command line"
			  : "added to the kernel's command line",
		  &m->o.cmdlines[0] },
		{ "new-cmdline", 0, OPT_STRING, "WORDS", "added to NEW's kernel command line",
		  &m->o.cmdlines[1] },
	};
	struct opt table[MECHANISM_OPTIONS_MAX];
	size_t n_common = ARRAY_SIZE(common) - (max == 1), n = n_own;
	int status, dashdash = -1;

	m->o = (struct mechanism_options){ .scenario = DEFAULT_SCENARIO,
					   .cpus = 1,
					   .deadline_s = SESSION_DEADLINE_S };
	if (n_own)
		memcpy(table, own, n_own * sizeof(*own));
	for (size_t i = 0; i < n_common; i++) {
		if (!has_option(own, n_own, common[i].name))
			table[n++] = common[i];
	}
	status = opts_parse(self, ctx, table, n, argc, argv, &dashdash);
	if (status < 0)
		status = program_words_take(self, ctx, &m->o.scenario, DEFAULT_SCENARIO, argc, argv,
					    dashdash);
	if (status < 0)
		status = memory_parse(self, m->o.memory, &m->o.memory_mib);
	if (status < 0 && (m->o.cpus < 1 || m->o.cpus > CPUS_MAX))
		status = usage_error(self, "--cpus: 1 to %d is possible", CPUS_MAX);
	if (status < 0)
		status = check_deadline(self, m->o.deadline_s);
	if (status < 0 && (*argc < min || *argc > max))
		status = usage_error(self, "%s expected, %d kernels were given",
				     max == 1	? "a kernel is"
				     : min == 2 ? "OLD and NEW are"
						: "a kernel, or OLD and NEW, are",
				     *argc);
	return status;
}

int mechanism_open(struct mechanism *m, const struct cmd_ctx *ctx, const char *command,
		   const char *purpose, int argc, char **argv, struct err *e)
{
	struct session_start q = session_start_of(ctx);

	q.arch = m->o.arch;
	q.specs = argv;
	q.n_specs = (size_t)argc;
	return mechanism_start(m, &q, command, purpose, argc, argv, e);
}

int mechanism_run(struct mechanism *m, struct err *e)
{
	int r;

	catch_signals(&m->session);
	r = mechanism_measure(m, e);
	release_signals();
	return r;
}

int mechanism_print(const struct mechanism *m, const struct text_style *style, const char *next,
		    struct buf *text, struct err *e)
{
	const char *const second[] = { next, m->kernels[0]->spec, m->kernels[m->n - 1]->spec,
				       "-s", m->scenario->name,	  NULL };
	const struct ending x = { .id = m->id,
				  .arch = m->session.arch->name,
				  .qemu_version = m->session.qemu.version,
				  .seconds = mechanism_seconds(m),
				  .second = next ? second : NULL };

	ending_text(&x, style, text);
	if (buf_error(text))
		return err_oom(e), report_error(e);
	return print_buf(text);
}
