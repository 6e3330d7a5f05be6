// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/begin.h"

#include "drive/begin/environment.h"
#include "drive/begin/keep_files.h"

int experiment_begin(struct session *s, const struct beginning *b, char id[STORE_ID_LEN],
		     struct err *e)
{
	json_t *environment = environment_json(s, b->label ? b->label : "", b->accel, e);
	const struct store_experiment x = { .id = id,
					    .name = b->name,
					    .command = b->command,
					    .mode = b->mode,
					    .purpose = b->purpose ? b->purpose : "performance",
					    .slowpath_version = s->version,
					    .environment = environment };
	int r = environment ? 0 : e->code;

	store_new_id(id);
	if (r == 0)
		r = b->command ? store_add_experiment(s->store, &x, e) : err_oom(e);
	if (r == 0 && b->scenario)
		r = keep_scenario_file(s, id, b->scenario, e);
	json_decref(b->command);
	json_decref(environment);
	return r;
}

int experiment_runs_on(struct session *s, const char *id, enum machine_accel accel, struct err *e)
{
	json_t *environment = environment_json(s, "", accel, e);
	int r = environment ? store_set_environment(s->store, id, environment, e) : e->code;

	json_decref(environment);
	return r;
}

int experiment_conclude(struct session *s, const char *id, const char *scenario,
			const char *verdict, const json_t *document, struct err *e)
{
	int r = store_add_result(s->store, id, scenario, verdict, document, e);

	return r == 0 ? store_finish_experiment(s->store, id, NULL, e) : r;
}
