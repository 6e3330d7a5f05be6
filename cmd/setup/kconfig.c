// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/cmd.h"
#include "kernel/store/minimal.h"

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	int status = opts_parse(self, ctx, NULL, 0, &argc, argv, NULL);
	json_t *doc;

	if (status >= 0)
		return status;
	if (argc)
		return usage_error(self, "no arguments are expected");
	if (!ctx->json) {
		fputs(kernel_minimal_config(), stdout);
		return finish_stdout();
	}
	doc = json_pack("{s:s,s:s}", "schema", "slowpath/kconfig/1", "config",
			kernel_minimal_config());
	status = print_json(doc);
	json_decref(doc);
	return status;
}

const struct cmd cmd_kconfig = {
	.name = "kconfig",
	.args = "",
	.help = "the config that a kernel of one's own needs to be measured",
	.run = run,
};
