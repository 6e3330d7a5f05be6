// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/cmd.h"

#include <signal.h>
#include <string.h>

extern const struct cmd cmd_cache;
extern const struct cmd cmd_compare;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_judge;
extern const struct cmd cmd_kernel;
extern const struct cmd cmd_scenario;

static const struct cmd *const commands[] = {
	&cmd_cache, &cmd_compare, &cmd_doctor, &cmd_judge, &cmd_kernel, &cmd_scenario,
};

static void print_commands(FILE *to)
{
	fputs("usage: slowpath COMMAND [OPTIONS]\n"
	      "Says what a kernel release changed in an mm path, exactly.\n\n",
	      to);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->help);
	fputs("\n'slowpath COMMAND --help' tells more; start with 'slowpath doctor'.\n", to);
}

int main(int argc, char **argv)
{
	struct cmd_ctx ctx = { 0 };

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_commands(stderr);
		return ERR_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_commands(stdout);
		return finish_stdout();
	}
	if (!strcmp(argv[1], "--version")) {
		puts("slowpath " SLOWPATH_VERSION);
		return finish_stdout();
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(argv[1], commands[i]->name))
			return commands[i]->run(commands[i], &ctx, argc - 1, argv + 1);
	}
	fprintf(stderr, "slowpath: '%s' is not a command; 'slowpath --help' lists them\n", argv[1]);
	return ERR_USAGE;
}
