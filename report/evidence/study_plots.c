// SPDX-License-Identifier: GPL-2.0-or-later
/* The pictures of a study, each from its document alone. */
#include "lab/counts/histogram.h"
#include "report/drawing/flame.h"
#include "report/evidence/study_kind.h"
#include "report/drawing/svg.h"
#include "report/words/release.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const study_plot_titles[STUDY_PLOTS] = { "Cost over the series",
						     "Differential flame graph",
						     "Size of the batches" };
const char *const study_plot_paths[STUDY_PLOTS] = { "plots/series.svg", "plots/flame.svg",
						    "plots/batches.svg" };

static const json_t *data_of(const struct evidence *x, enum study_plot kind)
{
	const json_t *d = x->study.document;

	if (!x->study.kind || x->unjudged)
		return NULL;
	switch (kind) {
	case STUDY_SERIES:
		return x->study.kind == &study_narrow ? json_object_get(d, "series") : NULL;
	case STUDY_FLAME:
		return x->study.kind == &study_attribute
			       ? json_object_get(json_object_get(d, "tree"), "nodes")
			       : NULL;
	case STUDY_BATCHES:
		return x->study.kind == &study_probe ? json_object_get(d, "classes") : NULL;
	case STUDY_PLOTS:
		break;
	}
	return NULL;
}

bool study_plot_possible(const struct evidence *x, enum study_plot kind)
{
	const json_t *data = data_of(x, kind);

	return json_array_size(data) || json_object_size(data);
}

/* A series of releases goes by these; where two have the same, and of git, by the whole titles. */
static bool brief_names(const json_t *series, struct release_text *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(series, i, one)
	{
		struct release release;

		if (!strncmp(study_text(one, "kernel"), "git:", 4) ||
		    !release_parse(study_text(one, "release"), &release))
			return false;
		out[i] = release_name(&release);
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(out[k].text, out[i].text))
				return false;
		}
	}
	return true;
}

static void draw_series(const struct evidence *x, const json_t *series, struct buf *out)
{
	size_t n = json_array_size(series), i;
	_cleanup_free_ struct svg_point *points = calloc(n, sizeof(*points));
	_cleanup_free_ struct release_text *names = calloc(n, sizeof(*names));
	const json_t *one;
	bool brief;

	if (!points || !names) {
		buf_keep(out, -ENOMEM);
		return;
	}
	brief = brief_names(series, names);
	json_array_foreach(series, i, one) points[i] =
		(struct svg_point){ .name = study_text(one, "title"),
				    .brief = brief ? names[i].text : study_text(one, "title"),
				    .value = study_number(one, "value"),
				    .spread = study_number(one, "spread") };
	svg_series(out, x->study.scenario->name, study_text(x->study.document, "metric"), points,
		   n);
}

static void draw_flame(const struct evidence *x, const json_t *nodes, struct buf *out)
{
	const struct evidence_case *c = &x->cases[0];
	_cleanup_flame_ struct flame f = { 0 };
	_cleanup_free_ char *title =
		str_printf("%s, %s to %s", x->study.scenario->name, evidence_title(c->old_run).text,
			   evidence_title(c->new_run).text);

	/* It was read when the study was made. */
	if (!title || flame_of_json(nodes, &f, NULL) < 0)
		buf_keep(out, -ENOMEM);
	else
		buf_keep(out,
			 flame_svg(&f, title, scenario_item_name(x->study.scenario), out, NULL));
}

static void draw_batches(const struct evidence *x, const json_t *classes, struct buf *out)
{
	struct svg_bar bars[HISTOGRAM_CLASSES];

	for (enum histogram_class c = 0; c < HISTOGRAM_CLASSES; c++)
		bars[c] = (struct svg_bar){ histogram_class_name(c),
					    study_number(classes, histogram_class_name(c)) };
	svg_bars(out, study_text(x->study.document, "function"), "calls", SVG_AMOUNTS, bars,
		 HISTOGRAM_CLASSES);
}

void study_plot_draw(const struct evidence *x, enum study_plot kind, struct buf *out)
{
	const json_t *data = data_of(x, kind);

	if (kind == STUDY_SERIES)
		draw_series(x, data, out);
	else if (kind == STUDY_FLAME)
		draw_flame(x, data, out);
	else
		draw_batches(x, data, out);
}
