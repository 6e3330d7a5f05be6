// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_elf.h"

#include "base/file.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <string.h>

#define SEGMENTS 3
#define DYNAMIC_MAX 16
#define DYNAMIC_AT (sizeof(Elf64_Ehdr) + SEGMENTS * sizeof(Elf64_Phdr))
#define STRINGS_AT (DYNAMIC_AT + DYNAMIC_MAX * sizeof(Elf64_Dyn))
#define VADDR 0x10000

struct making {
	Elf64_Dyn dynamic[DYNAMIC_MAX];
	size_t n;
	struct buf strings;
};

static void add(struct making *m, int64_t tag, const char *text)
{
	if (!text)
		return;
	m->dynamic[m->n++] = (Elf64_Dyn){ .d_tag = tag, .d_un.d_val = m->strings.len };
	assert_int_equal(buf_add(&m->strings, text, strlen(text) + 1), 0);
}

void fake_elf(const struct fake_elf *what, struct buf *out)
{
	struct making m = { .n = 0 };
	const char *interpreter = what->interpreter ? what->interpreter : "";
	Elf64_Ehdr h = { .e_type = (Elf64_Half)(what->type ? what->type : ET_DYN),
			 .e_machine = (Elf64_Half)(what->machine ? what->machine : EM_X86_64),
			 .e_phoff = sizeof(h),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = SEGMENTS };
	Elf64_Phdr segments[SEGMENTS] = {
		{ .p_type = PT_LOAD, .p_vaddr = VADDR },
		{ .p_type = PT_DYNAMIC, .p_offset = DYNAMIC_AT, .p_filesz = sizeof(m.dynamic) },
		{ .p_type = what->interpreter ? PT_INTERP : PT_NULL,
		  .p_filesz = strlen(interpreter) + 1 }
	};

	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS64;
	add(&m, DT_SONAME, what->soname);
	add(&m, DT_RPATH, what->rpath);
	add(&m, DT_RUNPATH, what->runpath);
	for (size_t i = 0; i < 4 && what->needed[i]; i++)
		add(&m, DT_NEEDED, what->needed[i]);
	m.dynamic[m.n++] = (Elf64_Dyn){ .d_tag = DT_STRTAB, .d_un.d_ptr = VADDR + STRINGS_AT };
	m.dynamic[m.n++] = (Elf64_Dyn){ .d_tag = DT_STRSZ, .d_un.d_val = m.strings.len };
	segments[2].p_offset = STRINGS_AT + m.strings.len;
	segments[0].p_filesz = segments[2].p_offset + segments[2].p_filesz;
	assert_int_equal(buf_add(out, &h, sizeof(h)) | buf_add(out, segments, sizeof(segments)) |
				 buf_add(out, m.dynamic, sizeof(m.dynamic)) |
				 (m.strings.len ? buf_add(out, m.strings.data, m.strings.len) : 0) |
				 buf_add(out, interpreter, strlen(interpreter) + 1),
			 0);
	buf_free(&m.strings);
}

void fake_elf_file(const struct fake_elf *what, const char *path)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct err e = { 0 };

	fake_elf(what, &bytes);
	if (file_write(path, bytes.data, bytes.len, &e) < 0)
		fail_msg("%s", e.text);
}
