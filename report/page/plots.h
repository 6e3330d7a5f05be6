/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pictures of an experiment's cases. */
#ifndef REPORT_PAGE_PLOTS_H
#define REPORT_PAGE_PLOTS_H

#include "report/evidence/evidence.h"

enum { PLOT_RATIOS, PLOT_VALUES, PLOT_FUNCTIONS, PLOT_KINDS };
extern const char *const plot_titles[PLOT_KINDS];

struct plot_path {
	char text[48];
};
/* "plots/01-ratio.svg", of case @at. */
struct plot_path plot_path(size_t at, int kind);
/* Is there anything to draw? */
bool plot_possible(const struct evidence *x, size_t at, int kind);
void plot_draw(const struct evidence *x, size_t at, int kind, struct buf *out);

#endif
