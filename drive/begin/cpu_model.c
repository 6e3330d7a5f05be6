// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/cpu_model.h"

#include "drive/session/cpu_ask.h"

#include "vm/argv.h"

#include <errno.h>
#include <string.h>

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

int cpu_model_set(struct session *s, const char *model, struct err *e)
{
	if (!model || !model[0])
		return 0;
	if (check_words(model, e) < 0)
		return e->code;
	s->lab.cpu_model = model;
	return s->arch ? session_ask_cpu(s, e) : 0;
}

const char *cpu_model_of(const struct session *s)
{
	return s->lab.cpu_model ? s->lab.cpu_model : s->arch->cpu_model;
}

int memory_room(const struct session *s, unsigned memory_mib, struct err *e)
{
	return s->arch ? argv_check_memory(s->arch, memory_mib, e) : 0;
}
