// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "cmd/common/cmd.h"
#include "cmd/common/program_words.h"
#include "cmd/common/version.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct cmd cmd_attribute;
extern const struct cmd cmd_audit;
extern const struct cmd cmd_bisect;
extern const struct cmd cmd_bundle;
extern const struct cmd cmd_cache;
extern const struct cmd cmd_compare;
extern const struct cmd cmd_complete;
extern const struct cmd cmd_completion;
extern const struct cmd cmd_contention;
extern const struct cmd cmd_cover;
extern const struct cmd cmd_cycles;
extern const struct cmd cmd_decompose;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_export;
extern const struct cmd cmd_fixed;
extern const struct cmd cmd_judge;
extern const struct cmd cmd_kconfig;
extern const struct cmd cmd_kernel;
extern const struct cmd cmd_list;
extern const struct cmd cmd_merge;
extern const struct cmd cmd_narrow;
extern const struct cmd cmd_patrol;
extern const struct cmd cmd_probe;
extern const struct cmd cmd_remove;
extern const struct cmd cmd_replay;
extern const struct cmd cmd_report;
extern const struct cmd cmd_reproducer;
extern const struct cmd cmd_run;
extern const struct cmd cmd_scenario;
extern const struct cmd cmd_series;
extern const struct cmd cmd_shell;
extern const struct cmd cmd_show;
extern const struct cmd cmd_state;
extern const struct cmd cmd_survey;
extern const struct cmd cmd_verify;

static const struct cmd *const commands[] = {
	&cmd_attribute,	 &cmd_audit,  &cmd_bisect,   &cmd_bundle,    &cmd_cache,  &cmd_compare,
	&cmd_contention, &cmd_cover,  &cmd_cycles,   &cmd_decompose, &cmd_doctor, &cmd_export,
	&cmd_fixed,	 &cmd_judge,  &cmd_kconfig,  &cmd_kernel,    &cmd_list,	  &cmd_merge,
	&cmd_narrow,	 &cmd_patrol, &cmd_probe,    &cmd_remove,    &cmd_replay, &cmd_report,
	&cmd_reproducer, &cmd_run,    &cmd_scenario, &cmd_series,    &cmd_shell,  &cmd_show,
	&cmd_state,	 &cmd_survey, &cmd_verify,
};

/* For scripts: no list has them. */
static const struct cmd *const hidden[] = { &cmd_complete, &cmd_completion };

const struct cmd *command_at(size_t i)
{
	return i < ARRAY_SIZE(commands) ? commands[i] : NULL;
}

static const struct cmd *find_command(const struct cmd *const *in, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(name, in[i]->name))
			return in[i];
	}
	return NULL;
}

static int no_such_command(const char *word)
{
	struct nearest near = { .word = word };
	_cleanup_buf_ struct buf text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		nearest_try(&near, commands[i]->name);
	nearest_text(&near, "", &text);
	fprintf(stderr, "slowpath: '%s' is not a command%s%s 'slowpath --help' lists them\n", word,
		buf_str(&text), text.len ? "" : ";");
	return ERR_USAGE;
}

static void print_commands(FILE *to)
{
	fputs("usage: slowpath COMMAND [OPTIONS]\n"
	      "Says what a kernel release changed in an mm path, exactly.\n\n",
	      to);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->help);
	fputs("\n'slowpath COMMAND --help' tells more; start with 'slowpath doctor'.\n", to);
}

static bool is_one_of(const char *word, const char *const names[3])
{
	return !strcmp(word, names[0]) || !strcmp(word, names[1]) || !strcmp(word, names[2]);
}

/* "slowpath help" and "slowpath help COMMAND". */
static int give_help(struct cmd_ctx *ctx, const char *name)
{
	char help[] = "--help", *argv[] = { NULL, help, NULL };
	const struct cmd *cmd;
	int status;

	if (!name) {
		print_commands(stdout);
		return finish_stdout();
	}
	cmd = find_command(commands, ARRAY_SIZE(commands), name);
	if (!cmd)
		return no_such_command(name);
	argv[0] = (char *)cmd->name;
	status = cmd->run(cmd, ctx, 2, argv);
	program_words_free(ctx);
	return status;
}

/* --home DIR and --json may stand before the command too, as git's and docker's do. */
static int global_options(struct cmd_ctx *ctx, int argc, char **argv)
{
	int at = 1;

	for (; at < argc; at++) {
		if (!strcmp(argv[at], "--json"))
			ctx->json = true;
		else if (!strncmp(argv[at], "--home=", 7))
			ctx->home_arg = argv[at] + 7;
		else if (!strcmp(argv[at], "--home") && at + 1 < argc)
			ctx->home_arg = argv[++at];
		else
			break;
	}
	return at;
}

/* One odd byte, and what is kept of a measurement could not be written when it has been made. */
static int check_words(int argc, char **argv, struct err *e)
{
	static const char *const variables[] = { "HOME",
						 "XDG_DATA_HOME",
						 "XDG_CACHE_HOME",
						 "SLOWPATH_HOME",
						 "SLOWPATH_DATADIR",
						 "SLOWPATH_LIBDIR",
						 "SLOWPATH_SCENARIOS",
						 "SLOWPATH_QEMU",
						 "SLOWPATH_MIRROR",
						 "CC" };
	_cleanup_free_ char *folder = getcwd(NULL, 0);
	int r = utf8_check("the current folder", folder, e);

	for (int i = 1; r == 0 && i < argc; i++)
		r = utf8_check("the argument", argv[i], e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(variables); i++) {
		char what[64];

		snprintf(what, sizeof(what), "the variable %s", variables[i]);
		r = utf8_check(what, getenv(variables[i]), e);
	}
	return r;
}

int main(int argc, char **argv)
{
	static const char *const help_words[] = { "help", "--help", "-h" };
	static const char *const version_words[] = { "version", "--version", "-V" };
	struct cmd_ctx ctx = { 0 };
	const struct cmd *cmd;
	struct err e = { 0 };
	const char *word;
	int at, status;

	signal(SIGPIPE, SIG_IGN);
	at = global_options(&ctx, argc, argv);
	if (at >= argc) {
		print_commands(stderr);
		return ERR_USAGE;
	}
	word = argv[at];
	if (is_one_of(word, help_words))
		return give_help(&ctx, argv[at + 1]);
	if (is_one_of(word, version_words)) {
		printf("slowpath %s (commit %s)\n", slowpath_version(), slowpath_commit());
		return finish_stdout();
	}
	/* These complete a line that is being typed: nothing in it is wrong yet. */
	cmd = find_command(hidden, ARRAY_SIZE(hidden), word);
	if (cmd)
		return cmd->run(cmd, &ctx, argc - at, argv + at);
	if (check_words(argc, argv, &e) < 0)
		return report_error(&e);
	cmd = find_command(commands, ARRAY_SIZE(commands), word);
	if (!cmd)
		return no_such_command(word);
	status = cmd->run(cmd, &ctx, argc - at, argv + at);
	program_words_free(&ctx);
	return status;
}
