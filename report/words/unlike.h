/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line about kernels whose config is unlike any distribution's. */
#ifndef REPORT_WORDS_UNLIKE_H
#define REPORT_WORDS_UNLIKE_H

#include "base/buf.h"
#include "kernel/store/store.h"
#include "report/words/table.h"

/* What stands behind a config in such a line. */
#define UNLIKE_ENDING "; counts are not a distribution's"

/* "config minimal: no MEMCG, no NUMA_BALANCING"; nothing if there is nothing to say. */
void unlike_kernel(const struct kernel *k, struct buf *out);
/*
 * A line for each that there is to say of these kernels (NULL: not known), which is one where all
 * have one config: "  config minimal: no MEMCG; counts are not a distribution's".
 */
void unlike_lines(const struct kernel *const *kernels, size_t count, const struct text_style *style,
		  struct buf *out);

#endif
