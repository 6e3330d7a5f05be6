// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/compare_arches.h"

#include "base/buf.h"
#include "base/file.h"
#include "cmd/common/screen.h"
#include "cmd/terminal/terminal.h"
#include "kernel/name/spec.h"
#include "report/views/compare_arches.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One architecture of several. */
struct column {
	struct compare c;
	bool prepared;
	struct err err; /* code 0: nothing has failed */
	const struct compare_view **views;
	json_t **documents;
};

static int add(const struct cmd *self, const char *word, size_t len, struct compare_arches *out)
{
	_cleanup_free_ char *name = strndup(word, len);
	const struct arch *arch = name ? arch_named(name) : NULL;

	if (!arch)
		return usage_error(self, "--arch: '%s' is none of %s", name ? name : "",
				   arch_names());
	for (size_t i = 0; i < out->count; i++) {
		if (out->items[i] == arch)
			return usage_error(self, "--arch has %s twice", arch->name);
	}
	out->items[out->count++] = arch;
	return -1;
}

int compare_arches_parse(const struct cmd *self, const struct compare_options *o,
			 struct compare_arches *out)
{
	const char *word = o->m.arch;
	const bool all = word && !strcmp(word, "all");
	int status = -1;

	*out = (struct compare_arches){ 0 };
	if (!word || (!all && !strchr(word, ',')))
		return -1;
	if (o->program.words)
		return usage_error(self, "--arch %s: a program is for one architecture", word);
	for (size_t i = 0; all && arch_at(i); i++)
		out->items[out->count++] = arch_at(i);
	while (!all && status < 0) {
		const size_t len = strcspn(word, ",");

		status = add(self, word, len, out);
		if (!word[len])
			break;
		word += len + 1;
	}
	return status;
}

/* "6.16.12" is Debian's, as is "debian:6.16.12"; what has a flavour is of one architecture. */
static int spec_word(const char *word, char **out, struct err *e)
{
	const char *version = strncmp(word, "debian:", 7) ? word : word + 7;
	const size_t len = spec_version_length(version, NULL);
	const bool whole = len && !version[len];

	if (version != word && len && !whole)
		return err_set(e, EINVAL,
			       "kernel '%s': a flavour is of one architecture; with several, "
			       "give the version alone",
			       word);
	if (version == word && whole && strchr(word, '.') && !file_exists(word))
		*out = str_printf("debian:%s", word);
	else
		*out = strdup(word);
	return *out ? 0 : err_oom(e);
}

static void say_unmeasured(struct column *x)
{
	teller_note(terminal_teller(), "%s is not measured: %s", x->c.one_of->name, x->err.text);
}

/* Whoever pressed Ctrl-C wants none of the others either. */
static bool stopped(const struct column *x)
{
	return x->err.code == -ECANCELED;
}

/* All of them before the first is measured: what is missing is known then. */
static void prepare(struct column *columns, size_t count, const struct cmd_ctx *ctx, int n_specs,
		    char **specs)
{
	for (size_t i = 0; i < count; i++) {
		if (compare_prepare(&columns[i].c, ctx, n_specs, specs, &columns[i].err) < 0)
			say_unmeasured(&columns[i]);
		if (stopped(&columns[i]))
			return;
		columns[i].prepared = !columns[i].err.code;
	}
}

static void measure(struct column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (stopped(&columns[i]))
			return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!columns[i].prepared)
			continue;
		if (compare_measure(&columns[i].c, &columns[i].err) < 0)
			say_unmeasured(&columns[i]);
		if (stopped(&columns[i]))
			return;
	}
}

static int status_of(const struct err *e)
{
	return e->status ? (int)e->status : ERR_TOOL;
}

/* If none was measured: why. 0: some were. */
static int all_failed(const struct column *columns, size_t count)
{
	struct err all = columns[0].err;
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		if (stopped(&columns[i]))
			return report_error(&columns[i].err);
	}
	for (size_t i = 0; i < count; i++) {
		if (!columns[i].err.code)
			return 0;
		status = compare_worse(status, status_of(&columns[i].err));
	}
	for (size_t i = 1; i < count; i++) {
		if (!strcmp(columns[i].err.text, columns[0].err.text))
			continue;
		err_set(&all, EINVAL, "no architecture can be measured");
		all.status = (enum err_status)status;
	}
	return report_error(&all);
}

static int show(const struct column *x, const struct cmd_ctx *ctx, struct compare_column *out)
{
	*out = (struct compare_column){ .arch = x->c.one_of, .views = x->views };
	out->documents = x->documents;
	if (x->err.code) {
		out->failure = x->err.text;
		out->exit_status = status_of(&x->err);
		return out->exit_status;
	}
	for (int i = 0; i < x->c.n; i++) {
		x->views[i] = &x->c.outcomes[i].view;
		x->documents[i] = x->c.outcomes[i].document;
	}
	out->exit_status = compare_exit(&x->c, ctx);
	snprintf(out->id, sizeof(out->id), "%s", screen_style_of(ctx, x->c.s->store, x->c.id).id);
	if (!out->id[0])
		snprintf(out->id, sizeof(out->id), "%s", x->c.id);
	return out->exit_status;
}

static int print(const struct compare_arches_view *v, const struct cmd_ctx *ctx, struct err *e)
{
	const struct text_style style = screen_style(ctx);
	_cleanup_buf_ struct buf text = { 0 };
	json_t *document;
	int status;

	if (!ctx->json) {
		if (compare_arches_text(v, &style, &text, e) < 0)
			return report_error(e);
		return print_buf(&text);
	}
	document = compare_arches_json(v);
	if (!document)
		return err_oom(e), report_error(e);
	status = print_json(document);
	json_decref(document);
	return status;
}

static int conclude(struct column *columns, size_t count, const struct cmd_ctx *ctx,
		    char *const *words, struct err *e)
{
	struct compare_column shown[ARCH_MAX];
	struct compare_arches_view v = { words[0] ? words[0] : "git:.@HEAD",
					 words[1] ? words[1] : "git:.", shown, count, 0 };
	int status = all_failed(columns, count), printed;

	if (status)
		return status;
	for (size_t i = 0; i < count; i++) {
		struct column *x = &columns[i];

		if (x->c.n > 0) {
			x->views = calloc((size_t)x->c.n, sizeof(struct compare_view *));
			x->documents = calloc((size_t)x->c.n, sizeof(*x->documents));
			if (!x->views || !x->documents)
				return err_oom(e), report_error(e);
		}
		if (!x->err.code)
			v.n_rows = (size_t)x->c.n;
		status = compare_worse(status, show(x, ctx, &shown[i]));
	}
	printed = print(&v, ctx, e);
	return printed ? printed : status;
}

int compare_arches_run(const struct compare_arches *a, const struct compare_options *o,
		       const struct weight *weight, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct column *columns = calloc(a->count, sizeof(*columns));
	char *words[3] = { NULL };
	struct err e = { 0 };
	int status = 0, r = columns ? 0 : err_oom(&e);

	for (int i = 0; r == 0 && i < argc; i++)
		r = spec_word(argv[i], &words[i], &e);
	if (r < 0) {
		status = report_error(&e);
	} else {
		for (size_t i = 0; i < a->count; i++) {
			columns[i].c.o = o;
			columns[i].c.weight = weight;
			columns[i].c.one_of = a->items[i];
		}
		prepare(columns, a->count, ctx, argc, words);
		measure(columns, a->count);
		status = conclude(columns, a->count, ctx, words, &e);
	}
	for (size_t i = 0; columns && i < a->count; i++) {
		free(columns[i].views);
		free(columns[i].documents);
		compare_close(&columns[i].c);
	}
	free(columns);
	free(words[0]);
	free(words[1]);
	return status;
}
