/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison of two made-up runs, ready to be rendered. */
#ifndef TESTS_UNIT_FAKE_VIEW_H
#define TESTS_UNIT_FAKE_VIEW_H

#include "report/views/compare.h"
#include "tests/unit/fake_run.h"

/* OLD executes 100 instructions a page, NEW 250. */
struct fake_view {
	struct compare_view view;
	struct scenario_list scenarios;
	struct run old_run, new_run;
	struct comparison comparison;
	struct kernel old_kernel, new_kernel; /* of static strings */
	struct audit audit;
};

void fake_view_make(struct fake_view *f);
void fake_view_free(struct fake_view *f);

#endif
