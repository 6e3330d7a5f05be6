// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image/sections.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>

static void end_elf(Elf *elf)
{
	elf_end(elf);
}

DEFINE_CLEANUP(Elf *, end_elf)

static int add_section(Elf *elf, Elf_Scn *section, size_t names, struct buf *out, struct err *e)
{
	GElf_Shdr h;
	const char *name;
	Elf_Data *data = NULL;

	if (!gelf_getshdr(section, &h))
		return err_set(e, EBADMSG, "section header: %s", elf_errmsg(-1));
	if (!(h.sh_flags & SHF_ALLOC) || h.sh_type == SHT_NOTE)
		return 0;
	name = elf_strptr(elf, names, h.sh_name);
	if (h.sh_type != SHT_NOBITS)
		data = elf_rawdata(section, NULL);
	if (h.sh_type != SHT_NOBITS && h.sh_size && !data)
		return err_set(e, EBADMSG, "section %s: %s", name ? name : "?", elf_errmsg(-1));
	if (buf_printf(out, "%s %llx %llx %s\n", name ? name : "?", (unsigned long long)h.sh_addr,
		       (unsigned long long)h.sh_size,
		       data && data->d_size ? hash_bytes(data->d_buf, data->d_size).text : "-") < 0)
		return err_oom(e);
	return 0;
}

int sections_hash(const char *vmlinux, struct hash_hex *out, struct err *e)
{
	_cleanup_close_ int fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	_cleanup_(end_elf_p) Elf *elf = NULL;
	_cleanup_buf_ struct buf list = { 0 };
	Elf_Scn *section = NULL;
	size_t names;
	int r = 0;

	if (fd < 0)
		return err_errno(e, errno, "%s", vmlinux);
	if (elf_version(EV_CURRENT) == EV_NONE || !(elf = elf_begin(fd, ELF_C_READ_MMAP, NULL)))
		return err_set(e, EBADMSG, "%s: %s", vmlinux, elf_errmsg(-1));
	if (elf_getshdrstrndx(elf, &names) < 0)
		return hash_file(vmlinux, out, e);
	while (r == 0 && (section = elf_nextscn(elf, section)))
		r = add_section(elf, section, names, &list, e);
	if (r < 0)
		return err_wrap(e, "%s", vmlinux);
	if (!list.len)
		return hash_file(vmlinux, out, e);
	*out = hash_bytes(list.data, list.len);
	return 0;
}
