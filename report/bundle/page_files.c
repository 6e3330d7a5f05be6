// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/page_files.h"

#include "report/evidence/evidence_set.h"
#include "report/page/markdown.h"
#include "report/page/plots.h"
#include "report/evidence/study.h"

static int put_study_plots(const struct evidence *x, const char *folder, struct bundle *out)
{
	int r = 0;

	for (enum study_plot kind = 0; r == 0 && kind < STUDY_PLOTS; kind++) {
		struct buf *file;

		if (!study_plot_possible(x, kind))
			continue;
		file = bundle_add(out, "%s%s", folder, study_plot_paths[kind]);
		if (file)
			study_plot_draw(x, kind, file);
		r = file ? buf_error(file) : -1;
	}
	return r;
}

int page_files(const struct evidence *x, struct bundle *out, struct err *e)
{
	struct buf *file = bundle_add(out, "README.md");
	int r;

	if (file)
		evidence_markdown(x, false, file);
	r = file ? buf_error(file) : -1;
	for (size_t i = 0; r == 0 && i < x->n_cases * PLOT_KINDS; i++) {
		size_t at = i / PLOT_KINDS;
		int kind = (int)(i % PLOT_KINDS);

		if (!plot_possible(x, at, kind))
			continue;
		file = bundle_add(out, "%s", plot_path(at, kind).text);
		if (file)
			plot_draw(x, at, kind, file);
		r = file ? buf_error(file) : -1;
	}
	if (r == 0)
		r = put_study_plots(x, "", out);
	for (size_t i = 0; r == 0 && i < x->n_with; i++)
		r = put_study_plots(&x->with[i], evidence_folder(&x->with[i], i + 1).text, out);
	return r ? err_oom(e) : 0;
}
