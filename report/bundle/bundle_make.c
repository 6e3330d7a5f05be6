// SPDX-License-Identifier: GPL-2.0-or-later
/* A whole bundle, out of records. */
#include "report/bundle/bundle.h"
#include "report/evidence/evidence_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bundle_make(const struct evidence_set *s, const char *slowpath_version, struct bundle *out,
		struct err *e)
{
	struct bundle_identity id = { .format = BUNDLE_FORMAT };
	_cleanup_evidence_set_ struct evidence_set again = { 0 };
	_cleanup_buf_ struct buf manifest = { 0 };
	struct buf *file;
	int rc = bundle_put_all_raw(s, out, e);

	/* What is concluded comes from the files, as a verifier will read them. */
	bundle_sort(out);
	if (rc == 0)
		rc = bundle_read_all_raw(out, &again, e);
	if (rc == 0)
		rc = evidence_set_make(&again, e);
	if (rc == 0)
		rc = bundle_put_all_concluded(&again, out, e);
	if (rc)
		return rc;
	id.experiment = strdup(again.records[0].id);
	id.slowpath_version = strdup(slowpath_version);
	rc = id.experiment && id.slowpath_version ? bundle_manifest(out, &id, &manifest, e)
						  : err_oom(e);
	bundle_identity_free(&id);
	if (rc < 0)
		return rc;
	file = bundle_add(out, BUNDLE_MANIFEST);
	if (!file)
		return err_oom(e);
	*file = manifest;
	manifest = (struct buf){ 0 };
	return 0;
}
