/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bundle: all the evidence of one experiment as a folder of plain files.
 *
 *	manifest.json		every file's size and SHA-256; itself made of nothing else
 *
 * Measured, and copied:
 *	experiment.json		what was asked for, of what, on what; the order that came of it
 *	scenarios/FILE.yaml	the scenario files, as they were
 *	raw/runs.csv		one line a run; long texts are files beside it
 *	raw/console-N.txt, raw/environment-N.txt, raw/qemu-N.json
 *	raw/phases.csv, raw/slots.csv, raw/functions-N.csv	what was counted
 *	raw/tasks.csv		what other tasks executed, by their names, where any did
 *	raw/costs.csv		what else was executed in each slot, where that is known
 *	raw/timing.csv, raw/spans.csv				what was timed
 *	raw/state.csv		page states before and after the window
 *	raw/code.csv		what the code of OLD and NEW says (symbols/code_facts.h)
 *	raw/trees.csv		calls that were followed, where a metric is made of them
 *	kernels/SHA256.config	the kernels' configs, where they are known
 *
 * Concluded from these alone, so that it can be computed again and compared:
 *	README.md, profile.yaml, order.json, kernels.json, rows.csv, clock.csv (of counted runs),
 *results/, plots/, reproducer/ (every scenario as one C file), and of a formal experiment
 *judgement.json, summary.csv, summary-mean-cv.csv
 *
 * with/N-COMMAND/ has both kinds of an experiment that is attached (evidence_set.h), without
 * reproducer and manifest.
 *
 * The same experiment, with the same ones attached, gives the same bytes.
 */
#ifndef REPORT_BUNDLE_BUNDLE_H
#define REPORT_BUNDLE_BUNDLE_H

#include "base/buf.h"
#include "store/record.h"

#include <stdbool.h>

/* Of the folder and of what the concluded files look like: any change of a rendering raises it. */
#define BUNDLE_FORMAT 4

#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_FILES_MAX 20000
#define BUNDLE_FILE_BYTES_MAX (64u << 20)
#define BUNDLE_BYTES_MAX (128u << 20)

struct bundle_file {
	char *path; /* below the folder, "/" between its parts */
	struct buf data;
};

struct bundle {
	struct bundle_file *files; /* owned */
	size_t count, cap;
};

void bundle_free(struct bundle *b);
#define _cleanup_bundle_ __attribute__((cleanup(bundle_free)))

/* A new, empty file, valid until the next; NULL when out of memory. */
struct buf *bundle_add(struct bundle *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Takes the JSON over and writes it indented; 0 or -ENOMEM. */
int bundle_add_json(struct bundle *b, const char *path, json_t *doc);
/* By path; files are in order after this. */
void bundle_sort(struct bundle *b);
/* Of a sorted bundle; NULL: there is none. */
const struct bundle_file *bundle_find(const struct bundle *b, const char *path);

/* The measured files. */
int bundle_put_raw(const struct record *r, struct bundle *out, struct err *e);
/* Reads them again, as hostile text: every field is checked. @b has to be sorted. */
int bundle_read_raw(const struct bundle *b, struct record *out, struct err *e);
/* The concluded files. */
struct evidence;
int bundle_put_concluded(const struct evidence *x, struct bundle *out, struct err *e);

struct bundle_identity {
	char *experiment, *slowpath_version;
	int format;
};
void bundle_identity_free(struct bundle_identity *id);
/* The manifest's text over all files that are there; they get sorted. */
int bundle_manifest(struct bundle *b, const struct bundle_identity *id, struct buf *out,
		    struct err *e);

/* Where attached experiments lie. */
#define BUNDLE_WITH "with/"
/*
 * The files of @b (sorted) below @prefix, named without it; "": all that are not attached.
 * Borrowed; to be released by bundle_view_free().
 */
int bundle_view(const struct bundle *b, const char *prefix, struct bundle *out, struct err *e);
void bundle_view_free(struct bundle *view);
#define _cleanup_bundle_view_ __attribute__((cleanup(bundle_view_free)))
/* Moves all files of @part into @b, below @prefix. */
int bundle_append(struct bundle *b, const char *prefix, struct bundle *part, struct err *e);

/* Measured files of all records; a config that the main one has is not there twice. */
struct evidence_set;
int bundle_put_all_raw(const struct evidence_set *s, struct bundle *out, struct err *e);
/* All records of a bundle (sorted), as hostile text. */
int bundle_read_all_raw(const struct bundle *b, struct evidence_set *out, struct err *e);
int bundle_put_all_concluded(const struct evidence_set *s, struct bundle *out, struct err *e);

/* Raw and concluded files and the manifest of the set's records; its evidence is not looked at. */
int bundle_make(const struct evidence_set *s, const char *slowpath_version, struct bundle *out,
		struct err *e);

#endif
