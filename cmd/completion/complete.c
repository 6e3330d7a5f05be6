// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "slowpath __complete WORD... BEGUN": what the last word of a command line may become, the words
 * before it being complete. This is for the scripts of cmd/completion/, which hold no list of their
 * own: options are asked of the command (struct opts_asker), and what else can stand there follows
 * from its synopsis. On stdout a line "CANDIDATE\tHELP" each, and ":files" if the shell's own files
 * fit, too. Never an error: whoever types has asked nothing yet.
 */
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/completion/complete_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 64

/* The options of the command; their targets are gone. */
struct known {
	struct opt at[OPTIONS_MAX];
	size_t count;
};

static void keep_options(void *arg, const struct opt *opts, size_t count)
{
	struct known *known = arg;

	for (size_t i = 0; i < count && known->count < OPTIONS_MAX; i++)
		known->at[known->count++] = opts[i];
}

static void ask(const struct cmd *cmd, struct known *known)
{
	const struct opts_asker asker = { keep_options, known };
	struct cmd_ctx ctx = { .asker = &asker };
	char *argv[] = { (char *)cmd->name, NULL };

	known->count = 0;
	cmd->run(cmd, &ctx, 1, argv);
}

/* The option that the first @len bytes of @word name, "--mem" or "-s"; NULL: none. */
static const struct opt *option_of(const struct known *known, const char *word, size_t len)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct opt *o = &known->at[i];

		if (len == 2 && word[0] == '-' && o->letter && word[1] == o->letter)
			return o;
		if (len > 2 && !strncmp(word, "--", 2) && strlen(o->name) == len - 2 &&
		    !strncmp(o->name, word + 2, len - 2))
			return o;
	}
	return NULL;
}

static void offer_options(struct completing *c, const struct known *known)
{
	for (size_t i = 0; i < known->count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", known->at[i].name);
		complete_offer(c, name, known->at[i].help);
	}
}

/* What a line has before the word: its first positional, and whether "--" or an option's name. */
struct before {
	const char *first;	   /* NULL: none yet */
	const struct opt *waiting; /* whose argument comes */
	bool dashdash;
};

static struct before look_at(char **words, int n, const struct known *known)
{
	struct before b = { 0 };

	for (int i = 0; i < n && !b.dashdash; i++) {
		const char *word = words[i];
		const struct opt *o = option_of(known, word, strlen(word));

		if (b.waiting)
			b.waiting = NULL;
		else if (!strcmp(word, "--"))
			b.dashdash = true;
		else if (word[0] != '-' && !b.first)
			b.first = word;
		else if (o && o->kind != OPT_FLAG && o->kind != OPT_MAYBE)
			b.waiting = o;
	}
	return b;
}

/* The next token of a synopsis, without brackets and dots; 0 at its end or behind " | ". */
static size_t next_token(const char **at, const char **token)
{
	size_t len;

	*at += strspn(*at, " [");
	*token = *at;
	len = strcspn(*at, " ");
	*at += len;
	while (len && strchr("].", (*token)[len - 1]))
		len--;
	return len == 1 && **token == '|' ? 0 : len;
}

static bool is_literal(const char *token, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!islower((unsigned char)token[i]) && token[i] != '-')
			return false;
	}
	return len && islower((unsigned char)token[0]);
}

/* Passes over what belongs to the option @token: "--tree DIR|--file PATH" is two. */
static void skip_argument(const char **at, const struct known *known, const char *token, size_t len)
{
	const struct opt *o = option_of(known, token, len);
	bool again = o && o->kind != OPT_FLAG && o->kind != OPT_MAYBE;

	while (again) {
		len = next_token(at, &token);
		again = len && memmem(token, len, "|-", 2);
	}
}

/*
 * One alternative of a synopsis, "show KERNEL" or "OLD NEW [-s SCENARIO]...": its words are offered
 * if @first, which stands on the line, is the one that it begins with; @first NULL: that word.
 * Those that begin with none take any. Returns whether @first was its word.
 */
static bool offer_alternative(struct completing *c, const struct known *known, const char **at,
			      const char *first, bool any)
{
	bool begins = true, wanted = true, is_its = false;
	const char *token;
	size_t len;

	while ((len = next_token(at, &token))) {
		if (len == 2 && !strncmp(token, "--", 2)) {
			wanted = false;
		} else if (token[0] == '-') {
			skip_argument(at, known, token, len);
		} else if (begins && is_literal(token, len)) {
			is_its = first && strlen(first) == len && !strncmp(first, token, len);
			wanted = is_its;
			if (!first)
				complete_word(c, token, len);
		} else if (wanted && (is_its || any)) {
			complete_word(c, token, len);
		}
		begins = false;
	}
	return is_its;
}

static void offer_positional(struct completing *c, const struct cmd *cmd, const struct known *known,
			     const char *first)
{
	bool found = false;

	for (const char *at = cmd->args; *at;)
		found |= offer_alternative(c, known, &at, first, false);
	for (const char *at = cmd->args; *at && !found;)
		offer_alternative(c, known, &at, first ? first : "", true);
}

static void offer_of_command(struct completing *c, const struct cmd *cmd, char **words, int n)
{
	struct known known;
	struct before b;
	const char *equals = strchr(c->begun, '=');

	ask(cmd, &known);
	b = look_at(words, n, &known);
	if (b.dashdash) {
		c->files = true;
	} else if (b.waiting) {
		complete_word(c, b.waiting->arg, strlen(b.waiting->arg));
	} else if (c->begun[0] == '-' && equals) {
		const struct opt *o = option_of(&known, c->begun, (size_t)(equals - c->begun));

		c->lead_len = (size_t)(equals - c->begun) + 1;
		c->begun = equals + 1;
		if (o && o->arg)
			complete_word(c, o->arg, strlen(o->arg));
	} else if (c->begun[0] == '-') {
		offer_options(c, &known);
	} else {
		offer_positional(c, cmd, &known, b.first);
	}
}

static void offer_commands(struct completing *c, bool others)
{
	static const char *const before[][2] = {
		{ "--home", "kernels, snapshots and database in one folder" },
		{ "--json", "one JSON document on stdout" },
		{ "--help", "the list of commands" },
		{ "--version", "which slowpath this is" },
	};

	for (size_t i = 0; command_at(i); i++)
		complete_offer(c, command_at(i)->name, command_at(i)->help);
	if (others)
		complete_offer(c, "help", "what a command does");
	for (size_t i = 0; others && c->begun[0] == '-' && i < ARRAY_SIZE(before); i++)
		complete_offer(c, before[i][0], before[i][1]);
}

/* The home that the line names, before or behind the command. */
static const char *home_of(char **words, int n)
{
	for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++) {
		if (!strncmp(words[i], "--home=", 7))
			return words[i] + 7;
		if (!strcmp(words[i], "--home") && i + 1 < n)
			return words[i + 1];
	}
	return NULL;
}

static void complete(struct completing *c, char **words, int n)
{
	int at = 0;

	for (; at < n && words[at][0] == '-'; at++)
		at += !strcmp(words[at], "--home");
	if (at > n) {
		c->files = true; /* of --home */
		return;
	}
	if (at == n) {
		offer_commands(c, true);
		return;
	}
	if (!strcmp(words[at], "help")) {
		offer_commands(c, false);
		return;
	}
	for (size_t i = 0; command_at(i); i++) {
		if (!strcmp(command_at(i)->name, words[at]))
			offer_of_command(c, command_at(i), words + at + 1, n - at - 1);
	}
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct completing c = { .lead = argv[argc - 1], .begun = argv[argc - 1] };

	(void)self;
	(void)ctx;
	if (argc < 2)
		return 0;
	c.home_arg = home_of(argv + 1, argc - 2);
	complete(&c, argv + 1, argc - 2);
	if (c.files)
		puts(":files");
	return finish_stdout();
}

const struct cmd cmd_complete = {
	.name = "__complete",
	.args = "WORD... BEGUN",
	.help = "what the last word of a command line may become",
	.run = run,
};
