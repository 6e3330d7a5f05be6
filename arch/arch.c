// SPDX-License-Identifier: GPL-2.0-or-later
#include "arch/arch.h"

#include <string.h>

static const struct arch *const all[] = { &arch_x86_64, &arch_arm64 };

#define N_ARCHES (sizeof(all) / sizeof(all[0]))
_Static_assert(N_ARCHES == ARCH_MAX, "each has its number");

const char *arch_names(void)
{
	return "amd64, arm64";
}

const struct arch *arch_default(void)
{
	return all[0];
}

const struct arch *arch_at(size_t i)
{
	return i < N_ARCHES ? all[i] : NULL;
}

const struct arch *arch_named(const char *name)
{
	for (size_t i = 0; i < N_ARCHES; i++) {
		if (!strcmp(all[i]->name, name))
			return all[i];
	}
	return NULL;
}

const struct arch *arch_of_elf(unsigned machine)
{
	for (size_t i = 0; i < N_ARCHES; i++) {
		if (all[i]->elf_machine == machine)
			return all[i];
	}
	return NULL;
}

const struct arch *arch_of_flavour(const char *flavour)
{
	static const char between[] = "-*?";
	size_t len;

	for (const char *word = flavour; *word; word += len) {
		word += strspn(word, between);
		len = strcspn(word, between);
		for (size_t i = 0; i < N_ARCHES; i++) {
			if (strlen(all[i]->name) == len && !strncmp(all[i]->name, word, len))
				return all[i];
		}
	}
	return NULL;
}

enum arch_entry arch_entry_of(const struct arch *a, const char *function)
{
	for (const struct arch_entry_name *n = a->entries; n->name; n++) {
		if (n->prefix ? !strncmp(function, n->name, strlen(n->name))
			      : !strcmp(function, n->name))
			return n->entry;
	}
	return ARCH_ENTRY_NONE;
}
