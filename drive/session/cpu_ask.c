// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/cpu_ask.h"

#include "vm/probe.h"

#include <string.h>

#define PROBE_MIB 128

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

int session_ask_cpu(struct session *s, struct err *e)
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
