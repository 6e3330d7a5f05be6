// SPDX-License-Identifier: GPL-2.0-or-later
/* The info file of a saved machine. */
#include "base/buf.h"
#include "lab/snapshot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hash_hex sum = hash_bytes("state", 5);
	_cleanup_buf_ struct buf info = { 0 };

	if (buf_add(&info, data, size) < 0)
		return 0;
	if (snapshot_info_has(buf_str(&info), &sum) && !strstr(buf_str(&info), sum.text))
		abort();
	return 0;
}
