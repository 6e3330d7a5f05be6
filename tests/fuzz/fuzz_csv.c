// SPDX-License-Identifier: GPL-2.0-or-later
/* Raw results as a file: read, judged by both rule sets, and rendered in every way. */
#include "report/judge.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void render(const struct rows *t, const struct judgement *j)
{
	for (int rules = RULES_BLOCKS; rules <= RULES_MEAN_CV; rules++) {
		_cleanup_buf_ struct buf out = { 0 };

		json_decref(judge_json(t, j, (enum judge_rules)rules));
		judge_csv(t, j, (enum judge_rules)rules, &out);
		judgement_exit(j, (enum judge_rules)rules);
	}
	_cleanup_buf_ struct buf text = { 0 };

	judge_text(t, j, &text);
}

static void judge(const struct rows *t, const struct judge_options *o)
{
	_cleanup_judgement_ struct judgement j = { 0 };
	struct err e = { 0 };
	bool decided;

	if (judge_table(t, o, &j, &e) == 0)
		render(t, &j);
	else if (!e.text[0])
		abort();
	judge_decided(t, o, rows_word(t, t->at[0].scenario), t->at[0].cpus, &decided, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct judge_options o = judge_options_default();
	_cleanup_rows_ struct rows t = { 0 };
	struct err e = { 0 };
	int fd = memfd_create("csv", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	if (rows_read("csv", fd, &t, &e) == 0) {
		judge(&t, &o);
		if (judge_options_looks("2,4,8", &o, &e) < 0)
			abort();
		judge(&t, &o);
	} else if (!e.text[0]) {
		abort();
	}
	close(fd);
	return 0;
}
