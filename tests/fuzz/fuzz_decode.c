// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the plugin makes of the bytes of an instruction. It is handed as many as QEMU says that the
 * instruction has, which need not be what they mean.
 */
#include "base/cleanup.h"
#include "plugin/arch/decode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INSN_BYTES_MAX 15

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Each in memory of its size, where a sanitizer sees one byte beyond. */
	for (size_t at = 0; at + 1 < size;) {
		size_t len = data[at] % (INSN_BYTES_MAX + 1);
		_cleanup_free_ uint8_t *bytes = NULL;
		struct insn d[2];

		at++;
		if (len > size - at)
			len = size - at;
		bytes = malloc(len ? len : 1);
		if (!bytes)
			return 0;
		memcpy(bytes, data + at, len);
		for (int kernel = 0; kernel < 2; kernel++) {
			d[kernel] = insn_decode(bytes, len, kernel);
			if (d[kernel].kind > INSN_CALL || d[kernel].accesses > 2)
				abort();
		}
		/* What cannot fault in user mode cannot in the kernel either. */
		if (d[1].may_fault && !d[0].may_fault)
			abort();
		at += len;
	}
	return 0;
}
