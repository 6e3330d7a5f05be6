/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processor guests see, where somebody asks for another than the usual one. */
#ifndef DRIVE_BEGIN_CPU_MODEL_H
#define DRIVE_BEGIN_CPU_MODEL_H

#include "drive/session/session.h"

/*
 * From here on all guests of the session have @model (QEMU's words for -cpu, borrowed); NULL or "":
 * the usual one. QEMU is asked whether it has it, before anything is measured: at once if it is
 * known which QEMU that is, else by session_measures().
 */
int cpu_model_set(struct session *s, const char *model, struct err *e);
/* What they have, under TCG. */
const char *cpu_model_of(const struct session *s);

/* Before anything is fetched: -EINVAL if the machine that is known by then has no room for so much
 * memory; 0 MiB is as scenarios say. */
int memory_room(const struct session *s, unsigned memory_mib, struct err *e);

#endif
