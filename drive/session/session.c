// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/session/session.h"

#include "drive/session/cpu_ask.h"
#include "drive/session/database.h"
#include "kernel/foresee.h"
#include "vm/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void close_tools(struct session *s)
{
	free(s->guest);
	free(s->plugin);
	free(s->tracer);
	qemu_free(&s->qemu);
	s->guest = s->plugin = s->tracer = NULL;
	s->lab.tracer = NULL;
}

static int open_tools(struct session *s, const struct arch *arch, struct err *e)
{
	int r = qemu_find(arch, &s->qemu, e);

	s->arch = arch;
	if (r == 0) {
		s->plugin = parts_plugin(&s->parts, s->qemu.plugin_api, e);
		r = s->plugin ? 0 : -1;
	}
	if (r == 0 && qemu_untried(&s->qemu))
		r = probe_plugin(&s->qemu, s->plugin, e);
	if (r == 0)
		r = parts_guest(&s->parts, arch, &s->guest, e);
	if (r == 0)
		r = hash_file(s->guest, &s->guest_sha256, e);
	if (r == 0)
		r = hash_file(s->plugin, &s->plugin_sha256, e);
	s->lab.arch = arch;
	s->lab.qemu = &s->qemu;
	s->lab.guest = s->guest;
	s->lab.plugin = s->plugin;
	return r;
}

static int use_tools(struct session *s, const struct arch *arch, struct err *e)
{
	if (arch == s->arch)
		return 0;
	close_tools(s);
	return open_tools(s, arch, e);
}

int session_traces(struct session *s, struct err *e)
{
	if (!s->tracer)
		s->tracer = parts_tracer(&s->parts, s->qemu.plugin_api, e);
	s->lab.tracer = s->tracer;
	return s->tracer ? 0 : e->code;
}

int session_contends(struct session *s, struct err *e)
{
	if (!s->tracer)
		s->tracer = parts_contender(&s->parts, s->qemu.plugin_api, e);
	s->lab.tracer = s->tracer;
	return s->tracer ? 0 : e->code;
}

int session_set_arch(struct session *s, const char *name, struct err *e)
{
	if (!name)
		return 0;
	if (kernel_store_name_arch(s->kernels, name, e) < 0)
		return e->code;
	return use_tools(s, arch_named(name), e);
}

int session_expect(struct session *s, char *const *specs, size_t n, struct err *e)
{
	const struct arch *arch;
	int r = kernel_foresee_arch(s->kernels, specs, n, &arch, e);

	return r == 0 && arch ? use_tools(s, arch, e) : r;
}

int session_measures(struct session *s, struct kernel *const *kernels, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct arch *arch = kernel_arch(kernels[i]);

		if (s->arch && arch != s->arch && (s->measures || i))
			return err_set(e, EINVAL,
				       "%s is for %s, and what it would be compared with is for "
				       "%s: the instructions of two architectures say nothing of "
				       "each other",
				       kernels[i]->spec, arch->name, s->arch->name);
		if (arch != s->arch)
			s->cpu_asked = false;
		r = use_tools(s, arch, e);
		if (r == 0)
			r = session_ask_cpu(s, e);
		s->measures = true;
	}
	return r;
}

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
		r = kernel_store_open(s->home.data, s->home.cache, &s->kernels, e);
	if (r == 0) {
		kernel_store_set_warn(s->kernels, teller_hear_note, s->teller);
		kernel_store_set_watch(s->kernels, teller_hear_watch, s->teller);
	}
	if (r == 0)
		r = session_set_arch(s, q->arch, e);
	if (r == 0 && q->n_specs)
		r = session_expect(s, q->specs, q->n_specs, e);
	if (r == 0)
		r = database_of_home(&s->home, s->teller, &s->store, e);
	s->lab.kernels = s->kernels;
	s->lab.cache_dir = s->home.cache;
	s->lab.deadline_s = SESSION_DEADLINE_S;
	s->lab.progress = teller_hear_side;
	s->lab.progress_arg = s->teller;
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
	close_tools(s);
	parts_free(&s->parts);
	home_close(&s->home);
}
