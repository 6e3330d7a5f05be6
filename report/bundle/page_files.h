/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment's evidence as README.md with its pictures, for a repository. */
#ifndef REPORT_BUNDLE_PAGE_FILES_H
#define REPORT_BUNDLE_PAGE_FILES_H

#include "report/bundle/bundle.h"
#include "report/evidence/evidence.h"

int page_files(const struct evidence *x, struct bundle *out, struct err *e);

#endif
