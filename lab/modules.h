/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules that a scenario's devices need, into the guest, and their functions' names out of it.
 */
#ifndef LAB_MODULES_H
#define LAB_MODULES_H

#include "kernel/modules.h"
#include "lab/run.h"
#include "parcel/parcel.h"
#include "symbols/symbols.h"

/* Whether the scenario has a device; then what kernel @k needs for it, which may be nothing. */
bool modules_wanted(const struct scenario *s);
/* Fetches them where they are not at hand; errors as kernel_modules(). */
int modules_find(struct kernel_store *st, const struct kernel *k, const struct scenario *s,
		 kernel_note_fn note, void *note_arg, struct kernel_modules *out, struct err *e);
/* Below PARCEL_MODULES, in the order in which the guest has to load them. */
int modules_pack(const struct kernel_modules *m, struct parcel *parcel, struct err *e);
/*
 * Symbols of the kernel (@text, as symbols_parse() takes it) and of the modules, whose sections are
 * where the guest says (@sections, the text of FRAME_MODULES).
 */
int modules_name(const struct kernel_modules *m, const char *text, size_t len, const char *sections,
		 struct symbols **out, struct err *e);

#endif
