// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/find_code.h"

#include "base/cleanup.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>

struct code find_code(const char *path, const char *name)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct code code = { 0 };
	Elf_Scn *section = NULL;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Shdr h;
		GElf_Sym s;

		gelf_getshdr(section, &h);
		if (h.sh_type != SHT_SYMTAB)
			continue;
		for (int i = 0; gelf_getsym(data, i, &s); i++) {
			if (!strcmp(elf_strptr(elf, h.sh_link, s.st_name), name))
				code = (struct code){ s.st_value, s.st_value + s.st_size };
		}
	}
	elf_end(elf);
	assert_true(code.end > code.start);
	return code;
}
