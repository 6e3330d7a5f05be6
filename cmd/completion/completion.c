// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "cmd/completion_bash.h"
#include "cmd/completion_fish.h"
#include "cmd/completion_zsh.h"

#include <string.h>

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash", completion_bash },
	{ "fish", completion_fish },
	{ "zsh", completion_zsh },
};

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);

	if (status >= 0)
		return status;
	for (size_t i = 0; argc == 1 && i < ARRAY_SIZE(scripts); i++) {
		if (strcmp(argv[0], scripts[i].shell) != 0)
			continue;
		fputs(scripts[i].script, stdout);
		return finish_stdout();
	}
	return usage_error(self, "a shell is expected: bash, fish or zsh");
}

const struct cmd cmd_completion = {
	.name = "completion",
	.args = "bash|fish|zsh",
	.help = "the script that has a shell complete slowpath's command lines",
	.run = run,
};
