// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/device.h"

#include <string.h>

#define PREFIXES_MAX 8

struct device {
	const char *name, *what;
	bool in_call;
	const char *prefixes[PREFIXES_MAX];
};

/* zram's include its allocator's and its compressors'. */
static const struct device brd = { "brd", "the RAM disk (brd)", true, { "brd_" } };
static const struct device zram = {
	"zram", "zram", true, { "zram_", "zcomp_", "zs_", "LZ4", "lz4", "lzo", "zstd_" }
};
static const struct device nvme = { "nvme", "the NVMe disk", false, { "nvme_" } };

static bool is_own(const struct device *d, const char *function)
{
	for (size_t i = 0; i < PREFIXES_MAX && d->prefixes[i]; i++) {
		if (!strncmp(function, d->prefixes[i], strlen(d->prefixes[i])))
			return true;
	}
	return false;
}

static struct device_share share_of(const struct device *d, const struct comparison *c)
{
	struct device_share s = { .name = d->name, .what = d->what, .in_call = d->in_call };

	for (size_t i = 0; i < c->n_functions; i++) {
		if (!is_own(d, c->functions[i].name))
			continue;
		s.old_insns += c->functions[i].old_insns;
		s.new_insns += c->functions[i].new_insns;
	}
	return s;
}

size_t device_shares(const struct scenario *s, const struct comparison *c,
		     struct device_share out[DEVICES_MAX])
{
	bool ram = s->disk_fs && s->disk_on == PLAN_DISK_RAM;
	size_t n = 0;

	if (ram || s->swap_on == PLAN_SWAP_BRD)
		out[n++] = share_of(&brd, c);
	if (s->swap_on == PLAN_SWAP_ZRAM)
		out[n++] = share_of(&zram, c);
	if (s->disk_fs && s->disk_on == PLAN_DISK_NVME)
		out[n++] = share_of(&nvme, c);
	return n;
}
