// SPDX-License-Identifier: GPL-2.0-or-later
/* Two .config files, an empty line that begins with NUL between them: all that compares them. */
#include "base/buf.h"
#include "judge/why/config_diff.h"
#include "kernel/store/configure.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_settings(const char *text)
{
	for (const char *l = text; l && *l; l = strchr(l, '\n'), l += l != NULL) {
		struct setting s;

		if (setting_parse(l, &s) && (s.name < l || strncmp(s.name, "CONFIG_", 7) != 0 ||
					     (s.value_len && memchr(s.value, '\n', s.value_len))))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 }, changes = { 0 };
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t first = nul ? (size_t)(nul - data) : size;
	_cleanup_config_diff_ struct config_diff d = { 0 };
	struct err e = { 0 };

	if (buf_add(&a, data, first) < 0 || (nul && buf_add(&b, nul + 1, size - first - 1) < 0))
		return 0;
	check_settings(buf_str(&a));
	check_settings(buf_str(&b));
	if (settings_differ(buf_str(&a), buf_str(&a), &changes) < 0 ||
	    settings_differ(buf_str(&a), buf_str(&b), &changes) < 0)
		abort();
	if (config_diff_texts(buf_str(&a), buf_str(&b), &d, &e) < 0)
		abort();
	for (size_t i = 0; i < d.count; i++) {
		if (!d.entries[i].option || !d.entries[i].old_value || !d.entries[i].new_value)
			abort();
	}
	return 0;
}
