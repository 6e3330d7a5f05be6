/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an experiment compared, in the formats of other systems. One result is one scenario on one
 * kernel, by the metric that decides, with the verdict against the kernel that it was held against.
 */
#ifndef REPORT_EXPORT_EXPORT_H
#define REPORT_EXPORT_EXPORT_H

#include "base/buf.h"
#include "report/evidence/evidence.h"

#include <jansson.h>

enum export_status {
	EXPORT_FAIL,  /* a regression */
	EXPORT_ERROR, /* it could not be measured, or not be told */
	EXPORT_MISS,  /* the kernels did not do the same work */
	EXPORT_PASS,  /* equivalent, trivial, an improvement */
	EXPORT_DONE,  /* measured, and nothing is said of the kernel */
};
/* "FAIL", "ERROR", "MISS", "PASS", "DONE" */
extern const char *const export_status_names[];

/*
 * A side of the experiment: the same build may be there twice, by two command lines. Texts are
 * borrowed from what it was made of, but for the titles.
 */
struct export_kernel {
	const char *spec, *side, *cmdline; /* of its guests, the first's */
	const char *release, *version, *compiler, *config_sha256, *image_sha256, *arch;
	struct kernel_title title;
};

struct export_result {
	const char *scenario, *metric, *unit, *item, *mode; /* item: "" of what was printed */
	const char *verdict;				    /* "": none, it is the first */
	const char *reason;				    /* may be NULL */
	size_t kernel;
	size_t against; /* a kernel; of no meaning without a verdict */
	unsigned cpus;
	double value, old_value, ratio; /* NAN: none */
	double seconds;			/* of the measurement; NAN: not known */
	const char *started;		/* UTC; NULL: not known */
	enum export_status status;
	bool untold; /* measured against another, but nothing is told of it: reason says why */
};

struct export
{
	const char *id, *command, *slowpath, *started;
	struct export_kernel *kernels; /* owned */
	size_t n_kernels;
	struct export_result *results; /* owned */
	size_t n_results;
	json_t *document; /* owned; that texts are borrowed from, or NULL */
};

/* The cases of evidence. -EINVAL if it has none. @x has to outlive @out. */
int export_evidence(const struct evidence *x, struct export *out, struct err *e);
/* The rows of a survey, which its record has as results. @r has to outlive @out. */
int export_survey(const struct record *r, struct export *out, struct err *e);
void export_free(struct export *x);
#define _cleanup_export_ __attribute__((cleanup(export_free)))

/* Internal to export/: adds a kernel or a result, and finds a kernel by its run. */
int export_add_kernel(struct export *x, const struct record_run *run, size_t *at, struct err *e);
int export_add_result(struct export *x, const struct export_result *result, struct err *e);
enum export_status export_status_of(const char *verdict);
/* "2.0000x of OLD, exact: why" in one line. */
void export_say(const struct export *x, const struct export_result *result, struct buf *out);

/*
 * KCIDB's I/O schema 5.3: a checkout and a build a kernel, a test a result, whose number is the
 * cost. @origin: of the CI system, [a-z0-9_]+.
 */
json_t *export_kcidb(const struct export *x, const char *origin);
/* KTAP version 1, a line a result. What was not told or not the same work is no "ok". */
void export_ktap(const struct export *x, struct buf *out);
/* A suite of JUnit, a case a result. */
void export_junit(const struct export *x, struct buf *out);
/* OpenMetrics 1.0: costs, ratios and whether it is a regression, as gauges. */
void export_openmetrics(const struct export *x, struct buf *out);
/*
 * scenario,kernel,release,against,metric,unit,item,cpus,mode,value,old,ratio,verdict,status,reason,
 * side,cmdline
 */
void export_csv(const struct export *x, struct buf *out);

#endif
