// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/cpu_model.h"

#include "vm/probe.h"

#include <errno.h>
#include <string.h>

#define PROBE_MIB 128
#define MODEL_BYTES_MAX 1024

/* It goes into documents and lines of text. */
static int check_words(const char *model, struct err *e)
{
	if (strlen(model) > MODEL_BYTES_MAX)
		return err_set(e, EINVAL, "the CPU model has more than %d bytes", MODEL_BYTES_MAX);
	for (const char *p = model; *p; p++) {
		if (*p <= ' ' || *p > '~')
			return err_set(e, EINVAL,
				       "the CPU model has a byte that is no letter, digit or sign");
	}
	return 0;
}

/*
 * TCG leaves out what it does not emulate of a model, and warns: "...: TCG doesn't support
 * requested feature: CPUID.07H:EBX.rdseed [bit 18]". Such a guest is not quite what was asked for.
 */
static int tell_lacking(struct session *s, const char *model, char *said, struct err *e)
{
	static const char lead[] = "doesn't support requested feature: ";
	_cleanup_buf_ struct buf lacking = { 0 };

	for (char *line, *rest = said; (line = strsep(&rest, "\n"));) {
		const char *at = strstr(line, lead), *dot = at ? strrchr(at, '.') : NULL;

		if (dot && buf_printf(&lacking, "%s%.*s", lacking.len ? ", " : "",
				      (int)strcspn(dot + 1, " ["), dot + 1) < 0)
			return err_oom(e);
	}
	if (lacking.len)
		teller_note(s->teller,
			    "note: QEMU does not emulate %s: the CPU model '%s' is without",
			    buf_str(&lacking), model);
	return 0;
}

int cpu_model_ask(struct session *s, struct err *e)
{
	const char *model = s->lab.cpu_model;
	const struct machine_spec spec = {
		.arch = s->arch, .memory_mib = PROBE_MIB, .cpus = 1, .seed = 1, .cpu_model = model
	};
	_cleanup_buf_ struct buf said = { 0 };

	if (!model || s->cpu_asked)
		return 0;
	if (probe_machine(&s->qemu, &spec, &said, e) < 0)
		return err_wrap(e, "the CPU model '%s'", model);
	s->cpu_asked = true;
	return said.len ? tell_lacking(s, model, said.data, e) : 0;
}

int cpu_model_set(struct session *s, const char *model, struct err *e)
{
	if (!model || !model[0])
		return 0;
	if (check_words(model, e) < 0)
		return e->code;
	s->lab.cpu_model = model;
	return s->arch ? cpu_model_ask(s, e) : 0;
}

const char *cpu_model_of(const struct session *s)
{
	return s->lab.cpu_model ? s->lab.cpu_model : s->arch->cpu_model;
}
