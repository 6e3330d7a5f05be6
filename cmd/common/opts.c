// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/cmd.h"
#include "cmd/terminal/terminal.h"

#include "base/nearest.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_option(const struct opt *o)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s%s", o->letter ? '-' : ' ',
		 o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
		 o->kind == OPT_MAYBE ? "[="
		 : o->arg	      ? " "
				      : "",
		 o->arg ? o->arg : "", o->kind == OPT_MAYBE ? "]" : "");
	if (strlen(left) > 28)
		printf("  %s\n  %-28s  %s\n", left, "", o->help);
	else
		printf("  %-28s  %s\n", left, o->help);
}

/* What every command knows; the last one only where there is a verdict. */
#define COMMON_OPTS(json, home, wide, exit_zero)                                                 \
	{ "json", 0, OPT_FLAG, NULL, "one JSON document on stdout", json },                      \
		{ "home", 0, OPT_STRING, "DIR", "kernels, snapshots and database in one folder", \
		  home },                                                                        \
		{ "wide", 0, OPT_FLAG, NULL, "long names whole, however long the lines", wide }, \
	{                                                                                        \
		"exit-zero", 0, OPT_FLAG, NULL, "0 if it was measured, whatever the verdict",    \
			exit_zero                                                                \
	}
#define COMMON_COUNT 4

static const struct opt help_opt = { "help", 'h', OPT_FLAG, NULL, "this text", NULL };

static size_t common_count(const struct cmd *cmd)
{
	return cmd->has_verdict ? COMMON_COUNT : COMMON_COUNT - 1;
}

static void print_help(const struct cmd *cmd, const struct opt *opts, size_t nopts)
{
	static const struct opt common[COMMON_COUNT] = { COMMON_OPTS(NULL, NULL, NULL, NULL) };

	printf("usage: slowpath %s %s\n%s\n\noptions:\n", cmd->name, cmd->args, cmd->help);
	for (size_t i = 0; i < nopts; i++)
		print_option(&opts[i]);
	for (size_t i = 0; i < common_count(cmd); i++)
		print_option(&common[i]);
	print_option(&help_opt);
	printf("\nslowpath-%s(1) has the whole of it.\n", cmd->name);
}

int usage_error(const struct cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "slowpath %s: ", cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: slowpath %s %s\n'slowpath %s --help' tells more.\n", cmd->name,
		cmd->args, cmd->name);
	return ERR_USAGE;
}

struct opt_tables {
	const struct opt *own, *common;
	size_t n_own, n_common;
};

static int unknown_option(const struct cmd *cmd, const struct opt_tables *t, const char *word)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_buf_ struct buf name = { 0 };
	struct nearest near;

	if (!strncmp(word, "--", 2))
		buf_add(&name, word + 2, strcspn(word + 2, "="));
	near = (struct nearest){ .word = buf_str(&name) };
	for (size_t i = 0; i < t->n_own; i++)
		nearest_try(&near, t->own[i].name);
	for (size_t i = 0; i < t->n_common; i++)
		nearest_try(&near, t->common[i].name);
	nearest_text(&near, "--", &text);
	return usage_error(cmd, "unknown option '%s'%s", word, buf_str(&text));
}

static int store_uint(const struct cmd *cmd, const struct opt *o, const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	/* strtoul(3) would take blanks, signs and what wraps around. */
	if (errno || *end || text[0] < '0' || text[0] > '9' || value > 0x7fffffff)
		return usage_error(cmd, "--%s: '%s' is not a whole number", o->name, text);
	*(unsigned *)o->target = (unsigned)value;
	return -1;
}

static int store_double(const struct cmd *cmd, const struct opt *o, const char *text)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (errno || *end || end == text || !(value >= 0 && value < 1e18))
		return usage_error(cmd, "--%s: '%s' is not a number from 0 up", o->name, text);
	*(double *)o->target = value;
	return -1;
}

void opt_list_free(struct opt_list *list)
{
	free(list->items);
	*list = (struct opt_list){ 0 };
}

static int store_list(const struct opt *o, const char *text)
{
	struct opt_list *list = o->target;
	const char **grown = realloc(list->items, (list->count + 1) * sizeof(*grown));

	if (!grown) {
		fputs("slowpath: out of memory\n", stderr);
		return ERR_TOOL;
	}
	grown[list->count++] = text;
	list->items = grown;
	return -1;
}

static int store(const struct cmd *cmd, const struct opt *o, const char *text)
{
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->target = true;
		return -1;
	case OPT_STRING:
	case OPT_MAYBE:
		*(const char **)o->target = text;
		return -1;
	case OPT_UINT:
		return store_uint(cmd, o, text);
	case OPT_DOUBLE:
		return store_double(cmd, o, text);
	case OPT_LIST:
		return store_list(o, text);
	}
	return -1;
}

static const struct opt *find(const struct opt *opts, size_t nopts, const char *word, size_t len)
{
	for (size_t i = 0; i < nopts; i++) {
		if (word[0] == '-' && strlen(opts[i].name) == len - 1 &&
		    !strncmp(opts[i].name, word + 1, len - 1))
			return &opts[i];
		if (word[0] != '-' && opts[i].letter && word[0] == opts[i].letter)
			return &opts[i];
	}
	return NULL;
}

/* An option of a command, or one of those that all share; NULL: there is none. */
static const struct opt *find_word(const struct opt_tables *t, const char *word)
{
	size_t len = word[1] == '-' ? strcspn(word + 1, "=") : 1;
	const struct opt *o = find(t->common, t->n_common, word + 1, len);

	return o ? o : find(t->own, t->n_own, word + 1, len);
}

/* One option word at argv[*at]; moves *at over its argument. */
static int parse_word(const struct cmd *cmd, const struct opt_tables *t, int argc, char **argv,
		      int *at)
{
	const char *word = argv[*at], *value = NULL;
	bool is_long = word[1] == '-';
	size_t len = is_long ? strcspn(word + 1, "=") : 1;
	const struct opt *o = find_word(t, word);

	if (!o)
		return unknown_option(cmd, t, word);
	if (is_long && word[1 + len] == '=')
		value = word + 2 + len;
	else if (!is_long && word[2])
		value = word + 2;
	if (o->kind == OPT_FLAG && value)
		return usage_error(cmd, "option '%s' takes no argument", word);
	if (o->kind == OPT_MAYBE && !value)
		value = "";
	if (o->kind != OPT_FLAG && !value) {
		if (*at + 1 >= argc)
			return usage_error(cmd, "option '%s' needs %s", word, o->arg);
		value = argv[++*at];
	}
	return store(cmd, o, value);
}

int opts_parse(const struct cmd *cmd, struct cmd_ctx *ctx, const struct opt *opts, size_t nopts,
	       int *argc, char **argv, int *dashdash)
{
	struct opt common[COMMON_COUNT] = { COMMON_OPTS(&ctx->json, &ctx->home_arg, &ctx->wide,
							&ctx->exit_zero) };
	const struct opt_tables tables = { opts, common, nopts, common_count(cmd) };
	int kept = 0, r;

	if (ctx->asker) {
		ctx->asker->tell(ctx->asker->arg, opts, nopts);
		ctx->asker->tell(ctx->asker->arg, common, tables.n_common);
		ctx->asker->tell(ctx->asker->arg, &help_opt, 1);
		return 0;
	}

	if (dashdash)
		*dashdash = -1;
	for (int i = 1; i < *argc; i++) {
		if (!strcmp(argv[i], "--")) {
			if (dashdash)
				*dashdash = kept;
			while (++i < *argc)
				argv[kept++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			print_help(cmd, opts, nopts);
			return finish_stdout();
		}
		r = parse_word(cmd, &tables, *argc, argv, &i);
		if (r >= 0)
			return r;
	}
	/* There is room: the command's name went. What follows "--" can be handed to exec. */
	if (*argc > 0)
		argv[kept] = NULL;
	*argc = kept;
	return -1;
}

int report_error(const struct err *e)
{
	terminal_end();
	fprintf(stderr, "slowpath: %s\n", e->text[0] ? e->text : "failed without a reason");
	return e->status ? (int)e->status : ERR_TOOL;
}

int verdict_status(const struct cmd_ctx *ctx, int verdict)
{
	return ctx->exit_zero ? 0 : verdict;
}

/* An error that happened while the text grew has left no errno, but the pipe still tells. */
static bool nobody_reads(int code)
{
	struct pollfd p = { .fd = STDOUT_FILENO };

	return code == EPIPE || (poll(&p, 1, 0) == 1 && p.revents & POLLERR);
}

static int stdout_failed(int code)
{
	if (nobody_reads(code)) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	fprintf(stderr, "slowpath: standard output: %s\n", strerror(code));
	return ERR_TOOL;
}

int finish_stdout(void)
{
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : stdout_failed(errno);
}

int print_buf(const struct buf *text)
{
	terminal_end();
	fwrite(text->data, 1, text->len, stdout);
	return finish_stdout();
}

int print_json(json_t *doc)
{
	terminal_end();
	if (json_dumpf(doc, stdout,
		       JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15))) {
		if (ferror(stdout))
			return stdout_failed(errno);
		fprintf(stderr, "slowpath: cannot write JSON\n"); /* there is none */
		return ERR_TOOL;
	}
	putchar('\n');
	return finish_stdout();
}
