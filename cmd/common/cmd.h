/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command is one file in a folder of cmd/ that ends in a `const struct cmd cmd_NAME`, and one
 * line in cmd/main.c. Only cmd/ prints, exits or reads argv.
 */
#ifndef CMD_COMMON_CMD_H
#define CMD_COMMON_CMD_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct opt;
struct cmd;

/* Who wants a command's options told and nothing done (cmd/completion/complete.c). */
struct opts_asker {
	/* The command's own and those that it shares with others; valid during the call only. */
	void (*tell)(void *arg, const struct opt *opts, size_t count);
	void *arg;
};

/* What every command is handed. */
struct program_words;

struct cmd_ctx {
	const char *home_arg; /* --home, or NULL */
	bool json;	      /* --json: one JSON document on stdout and nothing else there */
	bool exit_zero;	      /* --exit-zero: see verdict_status() */
	const struct opts_asker *asker; /* NULL: the command is to be carried out */
	bool wide;			/* --wide: no name in a table is elided */
	struct program_words *program;	/* cmd/common/program_words.h; NULL: not looked for */
};

struct cmd {
	const char *name;
	const char *args; /* synopsis after the name: "OLD NEW [-s SCENARIO]..." */
	const char *help; /* one line, for the list of commands */
	bool has_verdict; /* the exit status tells one, so there is --exit-zero */
	/* Returns the exit status. argv[0] is the command's name. */
	int (*run)(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv);
};

/* All commands, in the order of their list; NULL behind the last. Of cmd/main.c. */
const struct cmd *command_at(size_t i);

/* OPT_MAYBE: a text behind '=' alone, and "" without one. */
enum opt_kind { OPT_FLAG, OPT_STRING, OPT_UINT, OPT_DOUBLE, OPT_LIST, OPT_MAYBE };

/* A list option collects every use: -s A -s B. */
struct opt_list {
	const char **items; /* the strings belong to argv */
	size_t count;
};

void opt_list_free(struct opt_list *list);
#define _cleanup_opt_list_ __attribute__((cleanup(opt_list_free)))

struct opt {
	const char *name; /* long name without "--" */
	char letter;	  /* 0 if none */
	enum opt_kind kind;
	/*
	 * What the help calls the argument, NULL for a flag. Completion goes by it: KERNEL,
	 * SCENARIO, FILE and so on are offered (cmd/completion/complete_words.c), and "exact|timed"
	 * is one of these.
	 */
	const char *arg;
	const char *help;
	/* bool *, const char **, unsigned *, double *, struct opt_list * */
	void *target;
};

/*
 * Parses options (anywhere on the line) and leaves the positional arguments in argv[0..*argc),
 * followed by NULL.
 * After "--" everything is positional and *dashdash, if wanted, is the index of the first such.
 * --help, --json, --wide and --home are understood by every command, --exit-zero by those with a
 * verdict. Returns -1 to go on, else the exit status to return (0 after --help or for an asker, 129
 * on misuse). So a command does nothing before it.
 */
int opts_parse(const struct cmd *cmd, struct cmd_ctx *ctx, const struct opt *opts, size_t nopts,
	       int *argc, char **argv, int *dashdash);

/* "slowpath NAME: fmt" and the pointer to --help, on stderr; returns 129. */
int usage_error(const struct cmd *cmd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints "slowpath: CHAIN" on stderr; returns the exit status that the error asks for. */
int report_error(const struct err *e);
/*
 * The exit status of a command that has measured what it was asked for and printed it: @verdict, or
 * 0 under --exit-zero, whatever the verdict. A failure to measure does not pass here.
 */
int verdict_status(const struct cmd_ctx *ctx, int verdict);
/* Prints one JSON document with a newline on stdout; returns what finish_stdout() returns. */
int print_json(json_t *doc);
/* Prints a text on stdout, as its end; returns what finish_stdout() returns. */
int print_buf(const struct buf *text);
/*
 * fflush(stdout) that notices a full disk: 0, or 128 with a message. Who has closed the pipe wants
 * no more: that ends the process by SIGPIPE, as git's does, so all that is to stay has to be done.
 */
int finish_stdout(void);

#endif
