// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/program_words.h"

#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SPLIT_MAX (PLAN_PROGRAM_WORDS_MAX + 1)

struct program_words *program_words_of(struct cmd_ctx *ctx)
{
	if (!ctx->program)
		ctx->program = calloc(1, sizeof(*ctx->program));
	if (!ctx->program)
		abort();
	return ctx->program;
}

void program_words_free(struct cmd_ctx *ctx)
{
	if (!ctx->program)
		return;
	program_opts_free(&ctx->program->opts);
	for (char **word = ctx->program->split; word && *word; word++)
		free(*word);
	free(ctx->program->split);
	free(ctx->program);
	ctx->program = NULL;
}

/* The scenario is the program. */
static int choose(const struct cmd *self, struct program_words *w, const char **scenario)
{
	const char *slash = strrchr(w->opts.words[0], '/');
	int len = snprintf(w->name, sizeof(w->name), "program/%s",
			   slash ? slash + 1 : w->opts.words[0]);

	if (len >= (int)sizeof(w->name))
		return usage_error(self, "'%s': the program's name is too long", w->opts.words[0]);
	*scenario = w->name;
	return -1;
}

static bool is_named(const char *scenario, const char *usual)
{
	return scenario && (!usual || strcmp(scenario, usual) != 0);
}

int program_words_take(const struct cmd *self, struct cmd_ctx *ctx, const char **scenario,
		       const char *usual, int *argc, char **argv, int dashdash)
{
	struct program_words *w = program_words_of(ctx);
	int status =
		program_opts_take(self, &w->opts, is_named(*scenario, usual), argc, argv, dashdash);

	return status < 0 && w->opts.words ? choose(self, w, scenario) : status;
}

/* One word from *at on, unquoted into @out. False: a quote does not end. */
static bool unquote(const char **at, char *out)
{
	const char *p = *at;
	char quote = '\0';

	for (; *p && (quote || *p != ' '); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = quote ? '\0' : *p;
		else if (*p == '\\' && quote != '\'' && p[1])
			*out++ = *++p;
		else
			*out++ = *p;
	}
	*out = '\0';
	*at = p;
	return !quote;
}

int program_words_split(const struct cmd *self, struct cmd_ctx *ctx, const char *text,
			const char **scenario, const char *usual)
{
	struct program_words *w = program_words_of(ctx);
	size_t n = 0;
	int argc = 0;

	w->split = calloc(SPLIT_MAX + 1, sizeof(*w->split));
	if (!w->split)
		abort();
	for (const char *at = text; *(at += strspn(at, " "));) {
		if (n == SPLIT_MAX)
			return usage_error(self, "--program: more than %d words", SPLIT_MAX);
		w->split[n] = calloc(1, strlen(at) + 1);
		if (!w->split[n])
			abort();
		if (!unquote(&at, w->split[n++]))
			return usage_error(self, "--program: a quote does not end: '%s'", text);
	}
	if (!n)
		return usage_error(self, "--program: a program is expected");
	/* As if the words stood behind "--", at the end of a line that has nothing else. */
	argc = (int)n;
	return program_words_take(self, ctx, scenario, usual, &argc, w->split, 0);
}

int program_words_add(const struct cmd_ctx *ctx, struct scenario_list *library, struct err *e)
{
	size_t index;
	int r;

	if (!ctx->program || !ctx->program->opts.words)
		return 0;
	r = program_opts_add(&ctx->program->opts, library, &index, e);
	return r < 0 ? r : program_load(library->items[index], e);
}
