/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment's evidence as Markdown that stands on its own, with pictures beside it. */
#ifndef REPORT_PAGE_MARKDOWN_H
#define REPORT_PAGE_MARKDOWN_H

#include "report/evidence/evidence.h"

/* @in_bundle: the files of a bundle are beside it, and it tells what they are. */
void evidence_markdown(const struct evidence *x, bool in_bundle, struct buf *out);

#endif
