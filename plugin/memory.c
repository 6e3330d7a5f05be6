// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/memory.h"

#include <dlfcn.h>

bool memory_is_told(void)
{
	return dlsym(RTLD_DEFAULT, "cpu_memory_rw_debug") && dlsym(RTLD_DEFAULT, "current_cpu");
}

bool memory_read(uint64_t vaddr, void *out, size_t len)
{
	int (*rw)(void *cpu, uint64_t vaddr, void *bytes, size_t len, bool is_write);
	void *const *current = dlsym(RTLD_DEFAULT, "current_cpu"); /* this thread's */

	/* The way POSIX has for pointers to functions. */
	*(void **)&rw = dlsym(RTLD_DEFAULT, "cpu_memory_rw_debug");
	return rw && current && *current && rw(*current, vaddr, out, len, false) == 0;
}
