// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"
#include "cmd/common/program_words.h"

#include "cmd/common/tree_version.h"
#include "judge/why/coverage.h"
#include "kernel/store/title.h"
#include "lab/boot.h"
#include "report/views/mechanism/cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 64
/* Runs after the first rest longer by this each: their ticks fall elsewhere. */
#define RUN_REST_NS 1700000

struct cover {
	struct mechanism m;
	const char *source, *tree, *source_file;
	struct opt_list files; /* of a program; without one, the first is the source file */
	unsigned runs;
	char *path, *tree_version;
	struct source functions;
	struct symbols *symbols;
	struct coverage coverage;
	json_t *document;
};

static void cover_close(struct cover *c)
{
	json_decref(c->document);
	coverage_free(&c->coverage);
	symbols_free(c->symbols);
	source_free(&c->functions);
	free(c->tree_version);
	opt_list_free(&c->files);
	free(c->path);
	mechanism_close(&c->m);
}

static int read_source(struct cover *c, struct err *e)
{
	int r;

	c->path = c->source_file ? strdup(c->source_file) : str_printf("%s/%s", c->tree, c->source);
	if (!c->path)
		return err_oom(e);
	if (c->tree)
		c->tree_version = tree_version(c->tree);
	r = source_read(c->path, &c->functions, e);
	if (r == 0 && !c->functions.count)
		r = err_set(e, EINVAL, "%s defines no function", c->path);
	return r;
}

static int start_coverage(struct cover *c, struct err *e)
{
	int r = boot_known_symbols(&c->m.session.lab, c->m.kernels[0], &c->symbols, e);

	if (r == 0 && !c->symbols)
		r = err_set(e, ENOENT, "the symbols of %s are gone from the cache",
			    kernel_title(c->m.kernels[0]).text);
	if (r == 0)
		r = coverage_start(&c->functions, c->symbols, &c->coverage, e);
	return r < 0 ? err_wrap(e, "%s", c->path) : 0;
}

static int measure(struct cover *c, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->runs; i++) {
		struct pair_side *side = &c->m.sides[0];

		run_free(&side->run);
		side->request.extra_rest_ns = (uint64_t)i * RUN_REST_NS;
		r = mechanism_run(&c->m, e);
		if (r == 0 && i == 0)
			r = start_coverage(c, e);
		if (r == 0)
			coverage_add(&c->coverage, &side->run.profile);
	}
	return r;
}

static int finish(struct cover *c, const struct cmd_ctx *ctx, struct err *e)
{
	const struct kernel_title title = kernel_title(c->m.kernels[0]);
	const struct cover_view v = { .scenario = c->m.scenario->name,
				      .title = title.text,
				      .release = c->m.kernels[0]->release,
				      .source = c->source,
				      .source_path = c->path,
				      .tree_version = c->tree_version,
				      .coverage = &c->coverage };
	const struct text_style style = screen_style_of(ctx, c->m.session.store, c->m.id);
	_cleanup_buf_ struct buf text = { 0 };

	c->document = mechanism_document(&c->m, "slowpath/cover/1", "coverage");
	if (!c->document)
		return err_oom(e), report_error(e);
	if (cover_json(&v, c->document, e) < 0 ||
	    mechanism_finish(&c->m, "covered", c->document, e) < 0)
		return report_error(e);
	if (ctx->json)
		return print_json(c->document);
	if (cover_text(&v, &style, &text, e) < 0)
		return report_error(e);
	return mechanism_print(&c->m, &style, NULL, &text, e);
}

/*
 * --file is of a program, as everywhere. It was the source file before programs had files, and
 * still is where there is no program to have any.
 */
static int take_files(const struct cmd *self, struct cmd_ctx *ctx, struct cover *c)
{
	struct program_opts *program = &program_words_of(ctx)->opts;

	if (!c->files.count)
		return -1;
	if (program->words) {
		program->files = c->files;
		c->files = (struct opt_list){ 0 };
		return -1;
	}
	if (c->source_file || c->files.count > 1)
		return usage_error(self, "--file is for a program, behind --");
	c->source_file = c->files.items[0];
	return -1;
}

static int check(const struct cmd *self, const struct cover *c)
{
	if (!c->source)
		return usage_error(self, "--source FILE is needed, such as mm/mprotect.c");
	if (!c->tree == !c->source_file)
		return usage_error(self,
				   "either --tree DIR or --source-file PATH is needed: a stock "
				   "kernel does not say which function is in which file");
	if (c->runs < 1 || c->runs > RUNS_MAX)
		return usage_error(self, "--runs: 1 to %d is possible", RUNS_MAX);
	return -1;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(cover_close))) struct cover c = { .runs = 2 };
	const struct opt own[] = {
		{ "source", 0, OPT_STRING, "FILE", "source file of the kernel: mm/mprotect.c",
		  &c.source },
		{ "tree", 0, OPT_STRING, "DIR", "kernel tree that the file is in", &c.tree },
		{ "source-file", 0, OPT_STRING, "PATH",
		  "the source file itself, where there is no tree", &c.source_file },
		{ "file", 0, OPT_LIST, "SRC[:DST]",
		  "a file or folder for the program behind --; may be given again", &c.files },
		{ "runs", 0, OPT_UINT, "N", "how often to run the scenario (default 2)", &c.runs },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &c.m, own, ARRAY_SIZE(own), &argc, argv, 1, 1);

	if (status < 0)
		status = take_files(self, ctx, &c);
	if (status < 0)
		status = check(self, &c);
	if (status >= 0)
		return status;
	if (read_source(&c, &e) < 0 ||
	    mechanism_open(&c.m, ctx, "cover", "coverage", argc, argv, &e) < 0 ||
	    measure(&c, &e) < 0)
		return report_error(&e);
	return finish(&c, ctx, &e);
}

const struct cmd cmd_cover = {
	.name = "cover",
	.args = "KERNEL --source FILE --tree DIR|--source-file PATH [-s SCENARIO | -- PROGRAM "
		"ARGS]",
	.help = "which functions of a source file a scenario executes",
	.run = run,
};
