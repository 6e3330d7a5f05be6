// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/parts.h"

#include "judge/counts/outcomes.h"
#include "judge/counts/state.h"
#include "kernel/store/title.h"
#include "report/words/plain.h"

#include <math.h>
#include <string.h>

json_t *part_number(double value)
{
	if (!isfinite(value))
		return json_null();
	return json_real(value == 0 ? 0 : value); /* no -0 */
}

json_t *part_count(uint64_t value)
{
	return value == REPORT_UNKNOWN ? json_null() : json_integer((json_int_t)value);
}

json_t *part_text(const char *value)
{
	return plain_json(value);
}

json_t *part_kernel(const struct kernel *k)
{
	const struct kernel_commit c = kernel_commit(k->spec);

	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "spec",
			 part_text(k->spec), "title", part_text(kernel_title(k).text), "commit",
			 part_text(c.id[0] ? c.id : NULL), "reverted",
			 part_text(c.reverted[0] ? c.reverted : NULL), "changed_files",
			 c.tree[0] ? json_integer(c.changed) : json_null(), "config",
			 part_text(!c.id[0]	 ? NULL
				   : c.config[0] ? c.config
						 : "minimal"),
			 "subject", part_text(k->subject), "release", part_text(k->release),
			 "version", part_text(k->version), "compiler", part_text(k->compiler),
			 "config_sha256", part_text(k->config_sha256), "image_sha256",
			 part_text(k->image_sha256));
}

/* Found after a window or during it: a difference is a finding, not another state. */
static json_t *outcomes_json(const struct comparison *c)
{
	static const char *const results[] = {
		[CHECK_PASS] = "same", [CHECK_FAIL] = "differs", [CHECK_UNKNOWN] = "unknown"
	};
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_outcomes; i++) {
		const struct work_outcome *o = &c->outcomes[i];

		json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:o,s:s}", "name", o->name,
						      "expected", part_number(o->expected), "old",
						      part_number(o->old_value), "new",
						      part_number(o->new_value), "result",
						      results[outcome_result(o)]));
	}
	return list;
}

json_t *part_state(const struct comparison *c)
{
	json_t *checks = json_array();
	bool same = true;

	for (size_t i = 0; i < c->n_checks; i++) {
		const struct state_check *k = &c->checks[i];

		same = same && k->result != CHECK_FAIL;
		json_array_append_new(checks, json_pack("{s:s,s:o,s:o,s:o,s:s}", "name", k->name,
							"expected", part_count(k->expected), "old",
							part_count(k->old_value), "new",
							part_count(k->new_value), "result",
							check_result_name(k->result)));
	}
	return json_pack("{s:b,s:o,s:o}", "same", same, "checks", checks, "outcomes",
			 outcomes_json(c));
}

json_t *part_audit(const struct audit *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:b}", "name", a->entries[i].name, "old",
					a->entries[i].old_value, "new", a->entries[i].new_value,
					"same", a->entries[i].same));
	return list;
}

json_t *part_reading(const struct reading *r)
{
	return json_pack("{s:o,s:s,s:s,s:o,s:o,s:b,s:o}", "value", part_number(r->value), "unit",
			 r->of.unit ? r->of.unit : "insns", "kind", reading_kind_name(r->of.kind),
			 "spread", part_number(r->spread), "unseen", part_number(r->unseen),
			 "exact", r->exact, "why_not",
			 part_text(r->why_not[0] ? r->why_not : NULL));
}
