// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/code_facts.h"

#include "judge/why/groups.h"
#include "symbols/bug_files.h"
#include "symbols/source_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row whose file is looked for. */
struct wanted {
	const char *row;  /* its name in the table */
	const char *file; /* NULL: not known, or not alone; of a tree: owned by files */
	bool several;
};

/* The rows by their functions on one side. */
struct search {
	const struct symbols *symbols;
	const struct bug_files *files;
	uint32_t *numbers; /* by function: which of wanted, from 1; owned */
	struct wanted *wanted;
};

/* All stretches that go by a name have to be of one file, as far as it is known. */
static int take_stretch(void *arg, const struct symbols_stretch *at, struct err *e)
{
	struct search *s = arg;
	struct wanted *w =
		s->numbers[at->function] ? &s->wanted[s->numbers[at->function] - 1] : NULL;
	const char *file = w ? bug_files_of(s->files, at->start, at->end) : NULL;

	(void)e;
	if (!file)
		return 0;
	w->several = w->several || (w->file && strcmp(w->file, file) != 0);
	w->file = file;
	return 0;
}

/* Of the rows that this side has and whose file the other side did not tell. */
static int ask_kernel(const struct run *run, const struct bug_files *files,
		      const struct comparison *c, unsigned side, struct wanted *wanted,
		      struct err *e)
{
	struct search s = { run->symbols, files, NULL, wanted };
	int r;

	s.numbers = calloc(symbols_functions(run->symbols), sizeof(*s.numbers));
	if (!s.numbers)
		return err_oom(e);
	for (size_t i = 0; i < c->n_functions; i++) {
		const struct function_delta *f = &c->functions[i];
		const char *name = f->renamed_from && !side ? f->renamed_from : f->name;
		long at = wanted[i].row && !wanted[i].file && !wanted[i].several
				  ? symbols_index(run->symbols, name)
				  : -1;

		if (at >= 0 && (side ? f->new_insns : f->old_insns) != 0)
			s.numbers[at] = (uint32_t)i + 1;
	}
	r = symbols_each(run->symbols, take_stretch, &s, e);
	free(s.numbers);
	return r;
}

static int add_file(struct code_facts *out, const char *row, const char *file, struct err *e)
{
	struct code_fact f = { .kind = CODE_FILE,
			       .one = (char *)row,
			       .other = (char *)file,
			       .code = NAN,
			       .callees = NAN,
			       .callers = NAN };

	return code_facts_add(out, &f, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What the tree tells goes before what the kernels do, and rows that it tells are done. */
static int ask_tree(const char *tree, const struct comparison *c, struct wanted *wanted,
		    struct code_facts *out, struct err *e)
{
	_cleanup_free_ const char **names = calloc(c->n_functions + 1, sizeof(*names));
	_cleanup_free_ char **files = calloc(c->n_functions + 1, sizeof(*files));
	size_t n = 0;
	int r;

	if (!names || !files)
		return err_oom(e);
	for (size_t i = 0; i < c->n_functions; i++) {
		if (wanted[i].row)
			names[n++] = wanted[i].row;
	}
	qsort(names, n, sizeof(*names), by_name);
	r = source_tree_find(tree, names, n, files, e);
	for (size_t i = 0; i < n; i++) {
		if (r == 0 && files[i])
			r = add_file(out, names[i], files[i], e);
		for (size_t k = 0; files[i] && k < c->n_functions; k++) {
			if (wanted[k].row == names[i])
				wanted[k].row = NULL;
		}
		free(files[i]);
	}
	return r;
}

int code_facts_find_files(const struct kernel *const kernels[2], const struct run *const runs[2],
			  const struct comparison *c, const char *tree, struct code_facts *out,
			  struct err *e)
{
	_cleanup_free_ struct wanted *wanted = calloc(c->n_functions + 1, sizeof(*wanted));
	struct bug_files files[2] = { 0 };
	int r = wanted ? 0 : err_oom(e);

	for (size_t i = 0; wanted && i < c->n_functions; i++) {
		if (groups_wants(c, &c->functions[i]))
			wanted[i].row = c->functions[i].name;
	}
	if (r == 0 && tree)
		r = ask_tree(tree, c, wanted, out, e);
	/* NEW's first: rows go by its names. */
	for (unsigned side = 2; r == 0 && side-- > 0;) {
		if (bug_files_read(kernels[side]->vmlinux_path, &files[side], NULL) == 0)
			r = ask_kernel(runs[side], &files[side], c, side, wanted, e);
	}
	for (size_t i = 0; r == 0 && i < c->n_functions; i++) {
		if (wanted[i].row && wanted[i].file && !wanted[i].several)
			r = add_file(out, wanted[i].row, wanted[i].file, e);
	}
	code_facts_sort(out);
	bug_files_free(&files[0]);
	bug_files_free(&files[1]);
	return r;
}
