// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/measure/measuring.h"

#include "reading/readings.h"
#include "store/read.h"
#include "kernel/store/title.h"
#include "scenario/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONSOLE_SHOWN 2000
/* So many QEMUs may die in a row before it is the machine that is wrong, not a kernel. */
#define QEMU_FAILURES_MAX 3

unsigned measuring_cpus(const struct measuring *m, const struct scenario *scenario)
{
	return m->cpus == CPUS_AS_NEEDED ? scenario->cpus : m->cpus;
}

struct run_request measuring_request(const struct measuring *m, const struct kernel *kernel,
				     const struct scenario *scenario, unsigned side)
{
	return (struct run_request){
		.side = side,
		.kernel = kernel,
		.scenario = scenario,
		.cpus = measuring_cpus(m, scenario),
		.memory_mib = m->memory_mib ? m->memory_mib : scenario_memory_mib(scenario),
		.iterations = m->iterations,
		.fresh = m->fresh,
		.tree = metric_needs_tree(scenario->metric),
	};
}

int keep_run(struct session *s, const struct run_place *at, const struct run_request *q,
	     const struct run *run, const struct err *failure, struct err *e)
{
	struct store_run r = {
		.experiment = at->experiment,
		.block = at->block,
		.position = at->position,
		.attempt = at->attempt,
		.side = at->side,
		.trial = at->trial,
		.request = q,
		.run = run,
		.failure_reason = failure->code ? failure->text : NULL,
		.qemu_version = s->qemu.version,
		.guest_sha256 = s->guest_sha256.text,
		.plugin_sha256 = s->plugin_sha256.text,
	};
	_cleanup_free_ struct readings *readings = calloc(1, sizeof(*readings));
	const struct reading_source source = reading_source_of(q->scenario, run, q->cpus);

	if (failure->code == -ECANCELED)
		return 0;
	if (!readings)
		return err_oom(e);
	/* Under a probe nothing is counted, and there are no phases. */
	if (!failure->code && (!source.counted || run_pairs(run)) &&
	    readings_of(&source, readings, e) < 0)
		return e->code;
	r.readings = readings->at;
	r.n_readings = readings->count;
	return store_add_run(s->store, &r, e);
}

static int note_run(void *arg, const struct stored_row *row, struct err *e)
{
	(void)row;
	(void)e;
	*(bool *)arg = true;
	return 0;
}

bool drop_unmeasured(struct session *s, const char *id)
{
	struct err ignored;
	bool measured = false;

	if (!id[0] || store_each_run(s->store, id, note_run, &measured, &ignored) < 0 || measured)
		return false;
	return store_remove_experiment(s->store, id, &ignored) == 0;
}

bool failure_is_the_kernels(const struct err *failure)
{
	return failure->status == ERR_UNMEASURED && failure->code != -ECANCELED;
}

bool failure_ends_all(unsigned *in_a_row, const struct run *run, struct err *failure)
{
	if (!failure->code || failure_is_the_kernels(failure)) {
		*in_a_row = 0;
		return false;
	}
	if (failure->code != -EIO || !run->argv || ++*in_a_row >= QEMU_FAILURES_MAX)
		return true;
	failure->status = ERR_UNMEASURED;
	return false;
}

void tell_console(const struct session *s, const struct run_request *q, const struct run *run)
{
	const char *text = run->console;
	size_t len = text ? strlen(text) : 0;

	if (len)
		teller_console(s->teller, kernel_title(q->kernel).text,
			       len > CONSOLE_SHOWN ? text + len - CONSOLE_SHOWN : text);
}

int choose_scenario(const struct session *s, const char *name, const struct scenario **out,
		    struct err *e)
{
	int r = library_one(&s->scenarios, name ? name : DEFAULT_SCENARIO, out, e);

	if (r < 0 && name && !strncmp(name, "program/", 8))
		return err_wrap(e, "the program has to be given again, as it was");
	for (size_t i = 0; r == 0 && i < s->scenarios.count; i++) {
		if (s->scenarios.items[i] == *out)
			r = program_load(s->scenarios.items[i], e);
	}
	return r;
}
