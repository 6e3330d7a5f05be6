// SPDX-License-Identifier: GPL-2.0-or-later
/* What ctags and objdump print about a file that is not ours. */
#include "base/buf.h"
#include "symbols/disasm.h"
#include "symbols/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char kallsyms[] = "ffffffff81000000 T _text\nffffffff81000000 T first\n"
			       "ffffffff81000100 T second\nffffffff81000200 T _etext\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_disasm_ struct disasm d = { .start = 0xffffffff81000000,
					     .end = 0xffffffff81000100 };
	_cleanup_source_ struct source s = { 0 };
	struct err e = { 0 };

	if (source_parse((const char *)data, size, &s, &e) < 0 && (!e.text[0] || s.count))
		abort();
	for (size_t i = 0; i < s.count; i++) {
		if (!s.functions[i].name ||
		    (i && strcmp(s.functions[i - 1].name, s.functions[i].name) >= 0))
			abort();
	}
	if (symbols_parse(kallsyms, strlen(kallsyms), &symbols, &e) < 0)
		abort();
	if (disasm_parse((const char *)data, size, symbols, &d, &e) < 0)
		return 0;
	for (size_t i = 0; i < d.count; i++) {
		const struct disasm_insn *x = &d.insns[i];

		if (!x->text || (x->target && (x->target < d.start || x->target >= d.end)))
			abort();
	}
	return 0;
}
