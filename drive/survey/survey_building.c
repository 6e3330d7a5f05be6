// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/surveying.h"

#include "base/cleanup.h"

#include <errno.h>

/* Kernels of one experiment built with two configs would be held against one another. */
static int keep_config(const struct surveying *x, const struct building *b, json_t *asked,
		       struct err *e)
{
	_cleanup_free_ char *config = kernel_config_absolute(b->config);
	const json_t *was = json_object_get(x->journal.command, "config_sha256");
	json_t *now = building_config_hash(b, x->s->kernels, e);

	if (!now)
		return e->code ? e->code : err_oom(e);
	if (was && !json_equal(was, now)) {
		json_decref(now);
		return err_set(e, EINVAL, "config %s has changed since the %s began", b->config,
			       x->command);
	}
	return config && json_object_set_new(asked, "config_sha256", now) == 0 &&
			       json_object_set_new(asked, "config", json_string(config)) == 0
		       ? 0
		       : err_oom(e);
}

int survey_set_building(const struct surveying *x, struct building *b, json_t *asked, struct err *e)
{
	int r;

	if (x->journal.id)
		b->config = json_string_value(json_object_get(x->journal.command, "config"));
	r = building_set(b, x->s->kernels, x->s->teller, e);
	return r < 0 || !b->config ? r : keep_config(x, b, asked, e);
}
