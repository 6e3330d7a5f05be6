// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/start.h"

#include "base/cleanup.h"
#include "cmd/common/program_words.h"
#include "cmd/terminal/terminal.h"
#include "cmd/common/version.h"

#include <signal.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
/* A signal handler has nothing else to reach it by. */
static atomic_int interrupted;
static struct sigaction before[ARRAY_SIZE(caught)]; /* while signals are caught */

static void on_signal(int signal)
{
	(void)signal;
	atomic_store(&interrupted, 1);
}

/* What is ignored (nohup) stays so. */
void catch_signals(struct session *s)
{
	struct sigaction ours = { .sa_handler = on_signal };

	s->lab.cancel = &interrupted;
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		sigaction(caught[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &ours, NULL);
	}
}

void release_signals(void)
{
	/*
	 * A stop of a whole job reaches QEMU some milliseconds before slowpath, which by then is on
	 * its way out with the status that tells of it. Only Ctrl-C ends it at once.
	 */
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		if (caught[i] == SIGINT)
			sigaction(caught[i], &before[i], NULL);
	}
}

static int add_program(const void *ctx, struct scenario_list *library, struct err *e)
{
	return program_words_add(ctx, library, e);
}

struct session_start session_start_of(const struct cmd_ctx *ctx)
{
	terminal_begin("looking for kernels");
	return (struct session_start){
		.home_arg = ctx->home_arg,
		.version = slowpath_version(),
		.commit = slowpath_commit(),
		.teller = terminal_teller(),
		.add_scenarios = add_program,
		.add_arg = ctx,
	};
}

int start_session(const struct cmd_ctx *ctx, struct session *s, struct err *e)
{
	const struct session_start q = session_start_of(ctx);

	return session_open(&q, s, e);
}
