// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal of a bisection, as a kill or another program left it. */
#include "base/file.h"
#include "bisect/journal.h"

#include <stdio.h>
#include <stdlib.h>

static char folder[] = "/dev/shm/slowpath-fuzz-XXXXXX";

static void leave(void)
{
	dir_remove(folder, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[96];
	_cleanup_journal_ struct journal *j = NULL;
	struct err e = { 0 };

	if (!path[0]) {
		if (!mkdtemp(folder) || atexit(leave) != 0)
			abort();
		snprintf(path, sizeof(path), "%s/bisect", folder);
		if (dir_make(path, &e) < 0)
			abort();
		snprintf(path, sizeof(path), "%s/bisect/id.jsonl", folder);
	}
	if (file_write(path, data, size, &e) < 0)
		abort();
	if (journal_open(folder, "id", &j, &e) < 0)
		return e.text[0] ? 0 : (abort(), 0);
	for (size_t i = 0; i < json_array_size(journal_entries(j)); i++) {
		const json_t *entry = json_array_get(journal_entries(j), i);
		const char *key = json_string_value(json_object_get(entry, "key"));

		/* Whatever is kept can be found again, and another line can follow it. */
		if (!key || !journal_find(j, key))
			abort();
	}
	if (journal_add(j, "more", json_pack("{s:i}", "n", 1), &e) < 0 || !journal_find(j, "more"))
		abort();
	return 0;
}
