// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/vcpu.h"

#if PLUGIN_API == 1

bool vcpu_is_told(void)
{
	return true;
}

unsigned vcpu_executing(unsigned told, unsigned count)
{
	(void)count;
	return told;
}

#else

#include <dlfcn.h>
#include <stddef.h>

/* In this thread; and QEMU's vCPUs by their numbers, which never change. */
static __thread void *const *current;
static void *(*cpu_of)(int index);

bool vcpu_is_told(void)
{
	*(void **)&cpu_of = dlsym(RTLD_DEFAULT, "qemu_get_cpu");
	return cpu_of && dlsym(RTLD_DEFAULT, "current_cpu");
}

unsigned vcpu_executing(unsigned told, unsigned count)
{
	if (!current)
		current = dlsym(RTLD_DEFAULT, "current_cpu");
	for (unsigned i = 0; i < count; i++) {
		if (cpu_of((int)i) == *current)
			return i;
	}
	return told;
}

#endif
