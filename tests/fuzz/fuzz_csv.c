// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Raw results as a file: read, judged by both rule sets, at one look and at three, and rendered in
 * every way. Over the corpus all of that is done with every input; a fuzzer, which tries each input
 * in thousands of neighbours, does one of the ways with each, as the input's digest has it.
 */
#include "base/cleanup.h"
#include "report/views/judge.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum way {
	WAY_TEXT,
	WAY_DECIDED,
	WAY_JSON, /* and CSV by the rules blocks, then both by mean-cv */
	WAY_CSV,
	WAY_JSON_MEAN_CV,
	WAY_CSV_MEAN_CV,
	WAYS
};

static void render(const struct rows *t, const struct judgement *j, enum way way)
{
	enum judge_rules rules = way >= WAY_JSON_MEAN_CV ? RULES_MEAN_CV : RULES_BLOCKS;
	_cleanup_buf_ struct buf out = { 0 };

	if (way == WAY_TEXT)
		judge_text(t, j, &text_style_plain, &out);
	else if (way == WAY_JSON || way == WAY_JSON_MEAN_CV)
		json_decref(judge_json(t, j, rules));
	else
		judge_csv(t, j, rules, &out);
	judgement_exit(j, rules);
}

static void judge(const struct rows *t, const struct judge_options *o, enum way way)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	struct err e = { 0 };
	bool decided;

	if (way == WAY_DECIDED)
		judge_decided(t, o, rows_word(t, t->at[0].scenario), t->at[0].cpus, &decided, &e);
	else if (judge_table(t, o, &j, &e) == 0)
		render(t, &j, way);
	else if (!e.text[0])
		abort();
}

static void judge_by_looks(const struct rows *t, unsigned looks, enum way way)
{
	struct judge_options o = judge_options_default();
	struct err e = { 0 };

	if (looks && judge_options_looks("2,4,8", &o, &e) < 0)
		abort();
	judge(t, &o, way);
}

/* Twice as many as there are ways: with looks and without. */
static unsigned choice(const uint8_t *data, size_t size)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619u;
	return (h ^ h >> 16) % (2 * WAYS);
}

static void judge_all(const struct rows *t, const uint8_t *data, size_t size)
{
	unsigned chosen = choice(data, size);

	for (unsigned i = 0; i < 2 * WAYS; i++) {
#ifdef FUZZ_ONE_WAY
		if (i != chosen)
			continue;
#else
		(void)chosen;
#endif
		judge_by_looks(t, i / WAYS, (enum way)(i % WAYS));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	_cleanup_rows_ struct rows t = { 0 };
	struct err e = { 0 };

	/* One file for all inputs: making it takes longer than reading it. */
	if (fd < 0)
		fd = memfd_create("csv", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) < 0)
		abort();
	if (rows_read("csv", fd, &t, &e) == 0)
		judge_all(&t, data, size);
	else if (!e.text[0])
		abort();
	return 0;
}
