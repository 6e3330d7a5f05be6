/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which options two kernels' configs set otherwise. */
#ifndef JUDGE_WHY_CONFIG_DIFF_H
#define JUDGE_WHY_CONFIG_DIFF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* All strings owned. */
struct config_change {
	char *option;		     /* "CONFIG_X" */
	char *old_value, *new_value; /* "y", "250", "not set" */
	bool mm;		     /* by its name: memory management has to do with it */
};

struct config_diff {
	bool known;		       /* both configs could be read */
	struct config_change *entries; /* owned; those of mm first, then by name */
	size_t count;
};

/* A path may be NULL: not known. */
int config_diff(const char *old_path, const char *new_path, struct config_diff *out, struct err *e);
/* The same of their texts. */
int config_diff_texts(const char *old_text, const char *new_text, struct config_diff *out,
		      struct err *e);
void config_diff_free(struct config_diff *d);
#define _cleanup_config_diff_ __attribute__((cleanup(config_diff_free)))

#endif
