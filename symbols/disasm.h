/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function's instructions as binutils' objdump has them, addresses made comparable. */
#ifndef SYMBOLS_DISASM_H
#define SYMBOLS_DISASM_H

#include "base/err.h"
#include "symbols/symbols.h"
#include "symbols/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disasm_insn {
	uint64_t vaddr;
	uint64_t target; /* of a jump inside the function; else 0 */
	/*
	 * AT&T syntax, owned. Jumps inside the function lead to ".", others and calls to a name;
	 * what is addressed by place is DATA, the CPU's own area PERCPU.
	 */
	char *text;
	bool is_nop; /* does nothing: padding, or the place of a static branch */
};

struct disasm {
	struct disasm_insn *insns; /* owned; by address */
	size_t count;
	uint64_t start, end;
	uint32_t crc; /* of the bytes */
};

/* -ENOENT without objdump; @symbols name what is called. */
int disasm_read(const struct text *t, uint64_t start, uint64_t end, const struct symbols *symbols,
		struct disasm *out, struct err *e);
/*
 * Several at once, by one call of objdump; each of @out has its start and end, and gets the rest.
 * What is not in the image stays without instructions. They have to be freed, on failure too.
 */
int disasm_read_all(const struct text *t, const struct symbols *symbols, struct disasm *out,
		    size_t count, struct err *e);
/* Takes objdump's lines "  ADDRESS: \t BYTES \t TEXT". */
int disasm_parse(const char *listing, size_t len, const struct symbols *symbols, struct disasm *out,
		 struct err *e);
void disasm_free(struct disasm *d);
#define _cleanup_disasm_ __attribute__((cleanup(disasm_free)))

#endif
