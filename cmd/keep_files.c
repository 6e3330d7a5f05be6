// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/keep_files.h"

#include "base/buf.h"
#include "base/file.h"

#include <string.h>

#define SCENARIO_FILE_BYTES_MAX (1u << 20)

int keep_scenario_file(struct session *s, const char *experiment, const char *scenario,
		       struct err *e)
{
	_cleanup_free_ char *name = str_printf("%.*s.yaml", (int)strcspn(scenario, "/"), scenario);
	_cleanup_free_ char *path = name ? str_printf("%s/%s", s->parts.scenarios, name) : NULL;
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	if (!path)
		return err_oom(e);
	r = file_read(path, SCENARIO_FILE_BYTES_MAX, &text, e);
	return r < 0 ? r : store_add_file(s->store, experiment, name, buf_str(&text), e);
}
