// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/study_kind.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

struct study_table *study_table(struct study_tables *t, const char *title, size_t columns,
				const char *const *heads)
{
	struct study_table *out = &t->at[t->count++];

	*out = (struct study_table){ .title = title, .columns = columns };
	for (size_t i = 0; i < columns; i++)
		study_cell(out, "%s", heads[i]);
	return out;
}

void study_cell(struct study_table *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->n_cells == t->cap_cells) {
		size_t cap = 2 * t->cap_cells + 64;
		char **grown = realloc(t->cells, cap * sizeof(*grown));

		if (!grown) {
			t->bad = true;
			return;
		}
		t->cells = grown;
		t->cap_cells = cap;
	}
	va_start(ap, fmt);
	n = vasprintf(&t->cells[t->n_cells], fmt, ap);
	va_end(ap);
	if (n < 0)
		t->bad = true;
	else
		t->n_cells++;
}

void study_source(struct study_table *t, const char *file, double line)
{
	if (t->bad || !t->n_cells || !*file)
		return;
	if (t->n_sources == t->cap_sources) {
		size_t cap = 2 * t->cap_sources + 16;
		struct study_source *grown = realloc(t->sources, cap * sizeof(*grown));

		if (!grown) {
			t->bad = true;
			return;
		}
		t->sources = grown;
		t->cap_sources = cap;
	}
	t->sources[t->n_sources++] = (struct study_source){
		.cell = t->n_cells - 1,
		.file = file,
		.line = line >= 1 && line < 1e9 ? (unsigned)line : 0,
	};
}

int study_tables(const struct evidence *x, struct study_tables *out)
{
	int r = 0;

	*out = (struct study_tables){ 0 };
	if (x->study.kind && x->study.kind->tables && !x->unjudged)
		r = x->study.kind->tables(x, out);
	for (size_t i = 0; i < out->count; i++)
		r = out->at[i].bad ? -ENOMEM : r;
	return r;
}

void study_tables_free(struct study_tables *t)
{
	for (size_t i = 0; i < t->count; i++) {
		for (size_t k = 0; k < t->at[i].n_cells; k++)
			free(t->at[i].cells[k]);
		free(t->at[i].cells);
		free(t->at[i].sources);
	}
	*t = (struct study_tables){ 0 };
}
