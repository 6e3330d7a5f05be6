// SPDX-License-Identifier: GPL-2.0-or-later
/* What the plugin makes of arm64's words, and of what QEMU may hand it that is not one. */
#include "base/cleanup.h"
#include "plugin/arch/classes.h"
#include "plugin/arch/decode.h"
#include "proto/counts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LOAD_STORE (1u << COUNTS_LOADS | 1u << COUNTS_STORES)

/* What holds of every instruction. */
static void check(const uint8_t *bytes, size_t len)
{
	const struct insn user = arm64_decode(bytes, len, false);
	const struct insn kernel = arm64_decode(bytes, len, true);
	const uint8_t classes = arm64_classes(bytes, len, true);

	if (user.kind > INSN_RETURN || kernel.kind > INSN_RETURN || user.accesses ||
	    kernel.accesses)
		abort();
	/* The kernel's own stack is safe, and nothing becomes unsafe there. */
	if (kernel.may_fault && !user.may_fault && user.kind != INSN_MARKER)
		abort();
	if (kernel.kind == INSN_MARKER || kernel.kind == INSN_CLOCK)
		abort();
	if (len != 4 && (classes || user.kind != INSN_PLAIN || !user.may_fault))
		abort();
	/* What accesses memory may fault in user code, and classes do not depend on who runs. */
	if ((classes & LOAD_STORE && !user.may_fault) ||
	    classes != arm64_classes(bytes, len, false))
		abort();
	if (user.kind == INSN_RETURN && !(classes & 1u << COUNTS_BRANCHES))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Each in memory of its size, where a sanitizer sees one byte beyond. */
	for (size_t at = 0; at < size; at += 4) {
		size_t len = size - at < 4 ? size - at : 4;
		_cleanup_free_ uint8_t *bytes = malloc(len);

		if (!bytes)
			return 0;
		memcpy(bytes, data + at, len);
		check(bytes, len);
	}
	check(data, 0);
	return 0;
}
