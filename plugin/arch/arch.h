/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin has to know of an architecture's instructions. */
#ifndef PLUGIN_ARCH_ARCH_H
#define PLUGIN_ARCH_ARCH_H

#include "plugin/arch/decode.h"

struct plugin_arch {
	const char *target; /* as QEMU calls it */
	/*
	 * The longest instruction, where one may lie across two pages (phantoms, main.c); 0: none
	 * can.
	 */
	unsigned insn_bytes_max;
	/*
	 * A task is told by where its task_struct lies; else by its stack, which a few accesses
	 * show.
	 */
	bool task_struct;
	struct insn (*decode)(const uint8_t *bytes, size_t len, bool kernel);
	uint8_t (*classes)(const uint8_t *bytes, size_t len,
			   bool kernel); /* plugin/arch/classes.h */
};

extern const struct plugin_arch plugin_x86_64, plugin_arm64;

/* NULL: none of ours. */
const struct plugin_arch *plugin_arch_of(const char *target);

#endif
