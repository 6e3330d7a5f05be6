/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers of a bundle's raw tables, for its writer and its reader; internal to report/. Those of
 * runs, phases, slots and times follow from store/record.h and store/columns.h.
 */
#ifndef REPORT_BUNDLE_BUNDLE_COLUMNS_H
#define REPORT_BUNDLE_BUNDLE_COLUMNS_H

#include "store/columns.h"

#include <string.h>

#define BUNDLE_COSTS                                                                               \
	"run,phase,segment,loads,stores,atomics,branches,calls,tlb_flushes,rep_iterations,faults," \
	"interrupts,switches,ipis,lock_calls,string_bytes,string_insns"
#define BUNDLE_FUNCTIONS "function,phase,segment,insns,calls"
#define BUNDLE_FUNCTIONS_PATH "raw/functions-%zu.csv"
#define BUNDLE_TASKS "run,task,function,phase,segment,insns,calls"
#define BUNDLE_SPANS "run,segment,name,first_round,spans_ns"
#define BUNDLE_SPANS_A_LINE 8192u
#define BUNDLE_STATES "run," COLUMNS_STATE
#define BUNDLE_PROGRAMS "run," COLUMNS_PROGRAM
#define BUNDLE_PRINTED "run," COLUMNS_PRINTED
#define BUNDLE_FACTS "scenario,kind,one,other,code,callees,callers"
#define BUNDLE_CLOCK_PATH "clock.csv"
/* There only where an experiment has such: what a study keeps, foreign programs, facts of code, and
 * what other tasks executed. */
#define BUNDLE_RESULT_PATH "raw/result.json"
#define BUNDLE_PROGRAMS_PATH "raw/programs.csv"
#define BUNDLE_PRINTED_PATH "raw/printed.csv"
#define BUNDLE_TASKS_PATH "raw/tasks.csv"
#define BUNDLE_FACTS_PATH "raw/code.csv"
/* Nodes in their order, of each the slots that have anything; of one that has none, the first. */
#define BUNDLE_TREES "run,node,parent,name,phase,segment,insns,calls"
#define BUNDLE_TREES_PATH "raw/trees.csv"

/* Columns of runs.csv whose texts are files of their own: the column has the file's number. */
#define BUNDLE_SHARED 3
static const struct {
	const char *column, *stem, *suffix;
} bundle_shared[BUNDLE_SHARED] = {
	{ "console", "console", "txt" },
	{ "environment", "environment", "txt" },
	{ "qemu_argv", "qemu", "json" },
};
#define BUNDLE_SHARED_PATH "raw/%s-%zu.%s" /* stem, number, suffix */

static inline int bundle_shared_of(const char *column)
{
	for (int i = 0; i < BUNDLE_SHARED; i++) {
		if (!strcmp(column, bundle_shared[i].column))
			return i;
	}
	return -1;
}

#endif
