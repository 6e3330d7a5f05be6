// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a config is like one that a distribution builds with. Looked at is what puts code on the
 * paths of mm, and what Debian, Fedora, Arch and Ubuntu have alike.
 */
#include "kernel/store/configure.h"
#include "kernel/store/store.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <string.h>

#define CONFIG_MAX (16U << 20)

/* A second name is what an option was called before, or is called since. */
static const struct {
	const char *name, *other;
	bool of_default_arch; /* other architectures have none */
} common[] = {
	{ "MEMCG", NULL },
	{ "NUMA_BALANCING", NULL },
	{ "SMP", NULL },
	{ "SWAP", NULL },
	{ "TRANSPARENT_HUGEPAGE", NULL },
	{ "COMPACTION", NULL },
	{ "USERFAULTFD", NULL },
	{ "KSM", NULL },
	{ "MITIGATION_RETPOLINE", "RETPOLINE", true },
	{ "SECURITY", NULL },
	{ "HARDENED_USERCOPY", NULL },
	{ "FTRACE", NULL },
};

/* Of kernels that look for faults of their own. */
static const char *const rare[] = {
	"KASAN",	 "KCSAN", "KMSAN",	 "PROVE_LOCKING", "DEBUG_PAGEALLOC_ENABLE_DEFAULT",
	"SLUB_DEBUG_ON", "KCOV",  "GCOV_KERNEL",
};

static bool has(const char *config, const char *name)
{
	char line[64];
	struct setting want, got;

	if (!name)
		return false;
	snprintf(line, sizeof(line), "CONFIG_%s=y", name);
	return setting_parse(line, &want) && setting_find(config, &want, &got) && *got.value == 'y';
}

static void add(struct kernel_unlike *u, const char *word, const char *name)
{
	size_t len = strlen(u->text);

	snprintf(u->text + len, sizeof(u->text) - len, "%s%s %s", len ? ", " : "", word, name);
}

struct kernel_unlike kernel_config_unlike(const struct kernel *k)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct kernel_unlike u = { "" };

	if (!k->config_path || file_read(k->config_path, CONFIG_MAX, &text, NULL) < 0)
		return u;
	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (common[i].of_default_arch && kernel_arch(k) != arch_default())
			continue;
		if (!has(buf_str(&text), common[i].name) && !has(buf_str(&text), common[i].other))
			add(&u, "no", common[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rare); i++) {
		if (has(buf_str(&text), rare[i]))
			add(&u, "with", rare[i]);
	}
	return u;
}
