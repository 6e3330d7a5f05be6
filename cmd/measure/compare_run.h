/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What compare measures, of one architecture: kernels, scenarios, an experiment. */
#ifndef CMD_MEASURE_COMPARE_RUN_H
#define CMD_MEASURE_COMPARE_RUN_H

#include "cmd/common/building_opts.h"
#include "cmd/common/measuring_opts.h"
#include "cmd/common/program_opts.h"
#include "cmd/measure/compare_time.h"
#include "drive/measure/code_facts.h"
#include "drive/measure/pair_run.h"
#include "drive/session/pace.h"
#include "judge/counts/comparison.h"
#include "judge/counts/confirm.h"
#include "judge/why/audit.h"
#include "report/views/compare.h"

struct compare_options {
	struct opt_list scenarios;
	struct program_opts program;
	struct measuring m;
	bool confirm, stream;
	unsigned top;
	const char *old_cmdline, *new_cmdline;
	const char *weight_path, *sort;
	const char *time; /* "" or "replay"; NULL: only counts are asked for */
	const char *tree; /* sources, for the files of functions; NULL: none */
	struct building building;
};

/* One scenario: what was measured, what is concluded. */
struct outcome {
	struct pair_side sides[2];
	struct comparison comparison;
	struct code_facts facts;
	struct audit audit;
	struct confirmation confirmation;
	struct weight_share weight;
	struct compare_time time;
	struct compare_view view;
	json_t *document;
	struct err err; /* code 0: measured, else why a kernel could not be */
};

struct compare {
	const struct compare_options *o;
	const struct weight *weight; /* empty unless a profile was given */
	/* One of several: rows name it, and whatever fails of a scenario is its own result. */
	const struct arch *one_of;
	struct session session, *s;
	struct kernel *kernels[2]; /* old, new */
	char *specs[2];		   /* theirs, as they are kept in the experiment */
	size_t *chosen;		   /* of the session's scenarios */
	int n;
	struct outcome *outcomes; /* n */
	char id[STORE_ID_LEN];
	unsigned block; /* of the next pair */
	struct pace pace;
	enum { CODE_UNKNOWN, CODE_SOUND, CODE_UNREADABLE } code; /* of both, on the disk */
};

/*
 * All before a kernel is booted: @specs are OLD and NEW, of which those that are left out are of
 * the git tree that the caller stands in.
 */
int compare_prepare(struct compare *c, const struct cmd_ctx *ctx, int n_specs, char **specs,
		    struct err *e);
/* Measures what was prepared, and keeps it as an experiment of its own. */
int compare_measure(struct compare *c, struct err *e);
/* The exit status of what was measured. */
int compare_exit(const struct compare *c, const struct cmd_ctx *ctx);
/* Of two exit statuses the one that counts: 1 before 128 before 125 before 0. */
int compare_worse(int a, int b);
void compare_close(struct compare *c);

#endif
