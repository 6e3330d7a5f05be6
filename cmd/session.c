// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/database.h"
#include "cmd/session.h"

#include "vm/probe.h"

#include <signal.h>
#include <string.h>

/* A signal handler has nothing else to reach it by. */
static atomic_int interrupted;

static void on_signal(int signal)
{
	(void)signal;
	atomic_store(&interrupted, 1);
}

static const int caught_signals[SESSION_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

/* What is ignored (nohup) stays so. */
void session_catch_signals(struct session *s)
{
	struct sigaction ours = { .sa_handler = on_signal };

	s->lab.cancel = &interrupted;
	for (size_t i = 0; i < SESSION_SIGNALS; i++) {
		sigaction(caught_signals[i], NULL, &s->before[i]);
		if (s->before[i].sa_handler != SIG_IGN)
			sigaction(caught_signals[i], &ours, NULL);
	}
}

void session_release_signals(struct session *s)
{
	/*
	 * A stop of a whole job reaches QEMU some milliseconds before slowpath, which by then is on
	 * its way out with the status that tells of it. Only Ctrl-C ends it at once.
	 */
	for (size_t i = 0; i < SESSION_SIGNALS; i++) {
		if (caught_signals[i] == SIGINT)
			sigaction(caught_signals[i], &s->before[i], NULL);
	}
}

void session_note(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "slowpath: %s\n", text);
}

int session_open(const struct cmd_ctx *ctx, struct session *s, struct err *e)
{
	int r;

	memset(s, 0, sizeof(*s));
	progress_start(&s->progress);
	r = home_open(ctx->home_arg, &s->home, e);
	if (r == 0)
		r = parts_find(&s->parts, e);
	if (r == 0)
		r = parts_library(&s->parts, &s->scenarios, e);
	if (r == 0)
		r = qemu_find(&s->qemu, e);
	if (r == 0) {
		s->plugin = parts_plugin(&s->parts, s->qemu.plugin_api, e);
		r = s->plugin ? 0 : -1;
	}
	if (r == 0 && qemu_untried(&s->qemu))
		r = probe_plugin(&s->qemu, s->plugin, e);
	if (r == 0)
		r = hash_file(s->parts.guest, &s->guest_sha256, e);
	if (r == 0)
		r = hash_file(s->plugin, &s->plugin_sha256, e);
	if (r == 0)
		r = kernel_store_open(s->home.data, s->home.cache, &s->kernels, e);
	if (r == 0)
		kernel_store_set_warn(s->kernels, session_note, NULL);
	if (r == 0)
		r = database_of_home(&s->home, &s->store, e);
	s->lab = (struct lab){
		.qemu = &s->qemu,
		.guest = s->parts.guest,
		.plugin = s->plugin,
		.cache_dir = s->home.cache,
		.deadline_s = SESSION_DEADLINE_S,
		.progress = progress_side,
		.progress_arg = &s->progress,
	};
	return r;
}

void session_close(struct session *s)
{
	progress_stop(&s->progress);
	store_close(s->store);
	kernel_store_close(s->kernels);
	scenario_list_free(&s->scenarios);
	free(s->plugin);
	qemu_free(&s->qemu);
	parts_free(&s->parts);
	home_close(&s->home);
}
