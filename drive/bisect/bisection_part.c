// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/bisect/bisection_part.h"

#include "base/buf.h"
#include "judge/counts/comparison.h"
#include "store/load.h"

/* The block whose run a commit's value is of; -1: none, or it is not known. */
static long long block_of(const struct bisection *b, const char *commit)
{
	_cleanup_free_ char *key = str_printf("commit:%s", commit);
	const json_t *entry = key ? journal_find(b->journal, key) : NULL;
	const json_t *block = json_object_get(entry, "block");

	return json_is_integer(block) ? (long long)json_integer_value(block) : -1;
}

static const struct record_run *find(const struct bisection *b, long long block)
{
	for (size_t i = 0; i < b->record.n_runs; i++) {
		if ((long long)b->record.runs[i].block == block)
			return &b->record.runs[i];
	}
	return NULL;
}

/* Both runs, lent; the database is read again only where one is newer than what was read. */
static bool have(struct bisection *b, const long long blocks[2], struct run out[2])
{
	struct err ignored = { 0 };

	if (blocks[0] < 0 || blocks[1] < 0)
		return false;
	if (!find(b, blocks[0]) || !find(b, blocks[1])) {
		record_free(&b->record);
		if (store_load(b->s->store, b->id, LOAD_ALL, &b->record, &ignored) < 0)
			return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		const struct record_run *row = find(b, blocks[i]);

		if (!row || !record_run_ok(row))
			return false;
		out[i] = row->measured;
		out[i].environment = row->environment;
	}
	return true;
}

bool bisection_in_part(void *arg, const char *older, const char *newer, bool *slower)
{
	struct bisection *b = arg;
	const long long blocks[] = { block_of(b, older), block_of(b, newer) };
	_cleanup_comparison_ struct comparison c = { 0 };
	struct err ignored = { 0 };
	struct run runs[2];

	*slower = false;
	if (!have(b, blocks, runs) || compare_runs(b->scenario, &runs[0], &runs[1], b->o.cpus,
						   b->o.threshold, &c, &ignored) < 0)
		return false;
	if (c.change.is != READING_DIFFERS && c.change.is != READING_PART_DIFFERS)
		return false;
	*slower = (c.change.is == READING_DIFFERS ? c.change.delta : c.change.part_delta) > 0;
	return true;
}
