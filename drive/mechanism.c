// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/mechanism.h"

#include "arch/arch.h"
#include "base/clock.h"
#include "drive/begin/begin.h"
#include "drive/begin/cpu_model.h"
#include "drive/begin/disks.h"
#include "drive/measure/measuring.h"
#include "drive/measure/pair_run.h"
#include "lab/boot.h"
#include "report/views/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int find_kernels(struct mechanism *m, int argc, char **argv, struct err *e)
{
	m->n = (unsigned)argc;
	if (argc == 1)
		return kernel_resolve(m->session.kernels, argv[0], NULL, teller_hear_note,
				      m->session.teller, &m->kernels[0], e);
	return kernel_resolve_pair(m->session.kernels, argv[0], argv[1], teller_hear_note,
				   m->session.teller, &m->kernels[0], &m->kernels[1], e);
}

/* Only code for x86-64 is understood. */
static int check_code(const struct mechanism *m, const struct arch *arch, struct err *e)
{
	if (!m->o.reads_code || !arch || arch == arch_default())
		return 0;
	return err_set(
		e, ENOTSUP,
		"%s reads the kernels' machine code, which slowpath can only for %s, and not "
		"for %s",
		m->o.reads_code, arch_default()->name, arch->name);
}

static int check_kernels(const struct mechanism *m, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < m->n; i++) {
		r = check_code(m, kernel_arch(m->kernels[i]), e);
		if (r < 0)
			err_wrap(e, "%s", m->kernels[i]->spec);
	}
	return r;
}

static int begin(struct mechanism *m, const char *command, const char *purpose, int argc,
		 char **argv, struct err *e)
{
	json_t *asked = json_pack("{s:s,s:s,s:[],s:s*,s:s*}", "command", command, "scenario",
				  m->scenario->name, "kernels", "function", m->o.function, "cpu",
				  m->o.cpu_model);
	const struct beginning b = { .name = command,
				     .command = asked,
				     .mode = "exact",
				     .purpose = purpose,
				     .accel = ACCEL_ICOUNT,
				     .scenario = m->scenario };

	for (int i = 0; i < argc; i++)
		json_array_append_new(json_object_get(asked, "kernels"), part_text(argv[i]));
	return experiment_begin(&m->session, &b, m->id, e);
}

int mechanism_start(struct mechanism *m, const struct session_start *q, const char *command,
		    const char *purpose, int argc, char **argv, struct err *e)
{
	int r = m->o.arch ? check_code(m, arch_named(m->o.arch), e) : 0;

	if (r < 0)
		return r;
	m->start_ns = clock_ns();
	r = session_open(q, &m->session, e);
	m->session.lab.deadline_s = m->o.deadline_s;
	if (r == 0)
		r = session_set_arch(&m->session, m->o.arch, e);
	if (r == 0)
		r = cpu_model_set(&m->session, m->o.cpu_model, e);
	if (r == 0)
		r = memory_room(&m->session, m->o.memory_mib, e);
	if (r == 0)
		r = choose_scenario(&m->session, m->o.scenario, &m->scenario, e);
	if (r == 0)
		r = building_set(&m->o.building, m->session.kernels, m->session.teller, e);
	if (r == 0)
		r = find_kernels(m, argc, argv, e);
	if (r == 0)
		r = check_kernels(m, e);
	if (r == 0)
		r = session_measures(&m->session, m->kernels, m->n, e);
	if (r == 0)
		r = disk_settle_of(&m->session, m->scenario, m->kernels, m->n, e);
	for (unsigned i = 0; r == 0 && i < m->n; i++) {
		mechanism_request(m, i, &m->sides[i].request);
		r = boot_check(&m->sides[i].request, e);
	}
	return r < 0 ? r : begin(m, command, purpose, argc, argv, e);
}

void mechanism_request(const struct mechanism *m, unsigned i, struct run_request *out)
{
	*out = (struct run_request){
		.side = i,
		.kernel = m->kernels[i],
		.scenario = m->scenario,
		.cpus = m->o.cpus,
		.memory_mib = m->o.memory_mib ? m->o.memory_mib : scenario_memory_mib(m->scenario),
		.cmdline = m->o.cmdlines[i],
		.fresh = m->o.fresh,
	};
}

int mechanism_measure(struct mechanism *m, struct err *e)
{
	int r = pair_run(&m->session, m->id, m->block++, m->sides, m->n, e);

	if (r < 0)
		drop_unmeasured(&m->session, m->id);
	return r < 0 ? err_wrap(e, "%s", m->scenario->name) : 0;
}

json_t *mechanism_document(const struct mechanism *m, const char *schema, const char *purpose)
{
	json_t *doc = json_pack("{s:s,s:s,s:s,s:b,s:s}", "schema", schema, "id", m->id, "purpose",
				purpose, "performance_clean", 0, "scenario", m->scenario->name);
	/* Under a probe there are no phases. */
	const unsigned iterations = run_iterations(&m->sides[0].run);

	if (!doc)
		return NULL;
	if (m->n == 1) {
		json_object_set_new(doc, "kernel", part_kernel(m->kernels[0]));
	} else {
		json_object_set_new(doc, "old", part_kernel(m->kernels[0]));
		json_object_set_new(doc, "new", part_kernel(m->kernels[1]));
	}
	json_object_set_new(doc, "cpus", json_integer(m->o.cpus));
	json_object_set_new(doc, "pages", json_integer((json_int_t)scenario_pages(m->scenario)));
	json_object_set_new(doc, "iterations",
			    json_integer(iterations ? iterations : m->scenario->iterations));
	return doc;
}

int mechanism_finish(struct mechanism *m, const char *verdict, json_t *document, struct err *e)
{
	int r;

	json_object_set_new(document, "qemu", json_string(m->session.qemu.version));
	json_object_set_new(document, "seconds", json_pack("{s:f}", "total", mechanism_seconds(m)));
	r = experiment_conclude(&m->session, m->id, m->scenario->name, verdict, document, e);
	teller_done(m->session.teller);
	return r;
}

double mechanism_seconds(const struct mechanism *m)
{
	return (double)(clock_ns() - m->start_ns) / 1e9;
}

void mechanism_close(struct mechanism *m)
{
	pair_free(m->sides);
	kernel_free(m->kernels[0]);
	kernel_free(m->kernels[1]);
	if (m->start_ns)
		session_close(&m->session);
}
