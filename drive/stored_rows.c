// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/stored_rows.h"

#include "judge/table/record_rows.h"
#include "store/load.h"

int stored_rows_read(struct store *s, const char *id, struct rows *out, struct err *e)
{
	_cleanup_record_ struct record record;
	int r = store_load(s, id, LOAD_CHECKED, &record, e);

	return r < 0 ? r : record_rows(&record, out, e);
}
