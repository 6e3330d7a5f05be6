// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/arch/arch.h"

#include "plugin/arch/classes.h"

#include <string.h>

const struct plugin_arch plugin_x86_64 = {
	.target = "x86_64",
	.insn_bytes_max = 15,
	.decode = insn_decode,
	.classes = insn_classes,
};

const struct plugin_arch plugin_arm64 = {
	.target = "aarch64",
	.task_struct = true,
	.decode = arm64_decode,
	.classes = arm64_classes,
};

const struct plugin_arch *plugin_arch_of(const char *target)
{
	if (!strcmp(target, plugin_x86_64.target))
		return &plugin_x86_64;
	return !strcmp(target, plugin_arm64.target) ? &plugin_arm64 : NULL;
}
