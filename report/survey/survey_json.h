/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "slowpath/survey/1", put together of its rows and its kernels. */
#ifndef REPORT_SURVEY_SURVEY_JSON_H
#define REPORT_SURVEY_SURVEY_JSON_H

#include "base/err.h"
#include "kernel/store/store.h"

#include <jansson.h>

struct survey_view {
	const char *id, *arch, *qemu_version, *cpu_model, *slowpath_version;
	double threshold;
	struct kernel *const *kernels; /* in their order */
	size_t n_kernels;
	const json_t *left_out; /* [{"kernel", "reason"}]; may be NULL */
	json_t *options;	/* ["--cmdline", "WORDS"]: what was asked for, borrowed */
	json_t *const *rows;	/* of survey_row_json(), in their order */
	size_t n_rows;
};

/* A new reference in @out. Configs of neighbours are read and compared. */
int survey_json(const struct survey_view *v, json_t **out, struct err *e);

#endif
