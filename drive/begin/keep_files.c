// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/keep_files.h"

#include "base/buf.h"
#include "base/file.h"

#include <string.h>

#define SCENARIO_FILE_BYTES_MAX (1u << 20)

int keep_scenario_file(struct session *s, const char *experiment, const struct scenario *scenario,
		       struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	const char *name;
	int r;

	if (!scenario->file)
		return 0;
	r = file_read(scenario->file, SCENARIO_FILE_BYTES_MAX, &text, e);
	if (r < 0)
		return r;
	name = strrchr(scenario->file, '/');
	return store_add_file(s->store, experiment, name ? name + 1 : scenario->file,
			      buf_str(&text), e);
}
