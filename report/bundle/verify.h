/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a bundle what its manifest says, and do its conclusions follow from what was measured? */
#ifndef REPORT_BUNDLE_VERIFY_H
#define REPORT_BUNDLE_VERIFY_H

#include "report/bundle/bundle.h"

struct verify_finding {
	char *file, *what;
};

struct verify {
	size_t files; /* that were looked at, the manifest too */
	struct verify_finding *findings;
	size_t n_findings, cap_findings;
	/* What agrees with the manifest and follows from no row: sentences with the file's name. */
	char **hash_only;
	size_t n_hash_only;
	char *experiment; /* its id, as the manifest has it; may be NULL */
};

void verify_free(struct verify *v);
#define _cleanup_verify_ __attribute__((cleanup(verify_free)))

/* What does not agree is a finding; negative only if the folder cannot be read as a bundle. */
int verify_bundle(const char *dir, struct verify *out, struct err *e);
/* The same of files in memory (sorted), for tests of hostile input. */
int verify_files(struct bundle *b, struct verify *out, struct err *e);

/* "slowpath/verify/1": a new reference, or NULL when out of memory. */
json_t *verify_json(const struct verify *v);

#endif
