// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/database.h"
#include "drive/session/session.h"

#include "vm/probe.h"

#include <stdlib.h>
#include <string.h>

int session_open(const struct session_start *q, struct session *s, struct err *e)
{
	int r;

	memset(s, 0, sizeof(*s));
	s->teller = q->teller;
	s->version = q->version;
	s->commit = q->commit;
	r = home_open(q->home_arg, &s->home, e);
	if (r == 0)
		r = parts_find(&s->parts, e);
	if (r == 0)
		r = parts_library(&s->parts, &s->scenarios, e);
	if (r == 0 && q->add_scenarios)
		r = q->add_scenarios(q->add_arg, &s->scenarios, e);
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
	if (r == 0) {
		kernel_store_set_warn(s->kernels, teller_hear_note, s->teller);
		kernel_store_set_watch(s->kernels, teller_hear_watch, s->teller);
	}
	if (r == 0)
		r = database_of_home(&s->home, s->teller, &s->store, e);
	s->lab = (struct lab){
		.qemu = &s->qemu,
		.guest = s->parts.guest,
		.plugin = s->plugin,
		.kernels = s->kernels,
		.cache_dir = s->home.cache,
		.deadline_s = SESSION_DEADLINE_S,
		.progress = teller_hear_side,
		.progress_arg = s->teller,
	};
	return r;
}

struct scenario *session_scenario(struct session *s, const struct scenario *scenario)
{
	for (size_t i = 0; i < s->scenarios.count; i++) {
		if (s->scenarios.items[i] == scenario)
			return s->scenarios.items[i];
	}
	return NULL;
}

void session_close(struct session *s)
{
	teller_done(s->teller);
	store_close(s->store);
	kernel_store_close(s->kernels);
	scenario_list_free(&s->scenarios);
	free(s->plugin);
	qemu_free(&s->qemu);
	parts_free(&s->parts);
	home_close(&s->home);
}
