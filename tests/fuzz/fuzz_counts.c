// SPDX-License-Identifier: GPL-2.0-or-later
/* The plugin's counts: the number of records and the checksum are mended. */
#include "base/cleanup.h"
#include "lab/counts/profile.h"
#include "proto/counts.h"
#include "proto/crc32.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char kallsyms[] = "ffffffff81000000 T first\n"
			       "ffffffff81000000 t alias\n"
			       "ffffffff81001000 t second.constprop.0\n"
			       "ffffffff81002000 t first.cold\n";

/* No class has more than all instructions. */
static void check_costs(const struct profile *p, const struct profile_function *f, unsigned slot)
{
	for (enum cost c = COST_LOADS; c < COST_REP_ITERATIONS; c++) {
		if (profile_cost(f, c)[slot] > f->insns[slot] ||
		    profile_cost(f, c)[slot] > profile_slot_cost(p, slot, c))
			abort();
	}
}

/* What a reader may rely on. */
static void check(const struct profile *p)
{
	for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
		uint64_t sum = p->slots[slot].unattributed;

		for (size_t i = 0; i < p->count; i++) {
			sum += p->functions[i].insns[slot];
			check_costs(p, &p->functions[i], slot);
		}
		if (sum != p->slots[slot].task || profile_clock_insns(p, slot) >> 57 ||
		    p->slots[slot].halted >> 57 || (p->slots[slot].halted && !p->halted_known))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_free_ char *bytes = malloc(size + 1);
	struct counts_header h;
	struct profile p;
	struct err e = { 0 };

	if (!bytes || symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e) < 0)
		abort();
	memcpy(bytes, data, size);
	if (size >= sizeof(h)) {
		memcpy(&h, bytes, sizeof(h));
		/* As many instructions as it says, if that many may be there; the rest are records.
		 */
		h.n_insns %= 1 + (size - sizeof(h)) / sizeof(struct counts_insn);
		h.n_records = (size - sizeof(h) - h.n_insns * sizeof(struct counts_insn)) /
			      sizeof(struct counts_record);
		/* And of what is left behind the records, as many names. */
		h.n_tasks = (uint32_t)((size - sizeof(h) - h.n_insns * sizeof(struct counts_insn)) %
				       sizeof(struct counts_record) / COUNTS_TASK_BYTES);
		h.crc = crc32_update(0, h.halted, COUNTS_HEADER_SUMMED);
		h.crc = crc32_update(h.crc, bytes + sizeof(h), size - sizeof(h));
		memcpy(bytes, &h, sizeof(h));
	}
	if (profile_read(bytes, size, symbols, false, &p, &e) < 0) {
		if (!e.text[0] || p.functions)
			abort();
		return 0;
	}
	check(&p);
	profile_free(&p);
	return 0;
}
