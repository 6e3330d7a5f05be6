// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/debug_file.h"

#include "base/cleanup.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_BYTES_MAX 32

struct build_id {
	char text[2 * ID_BYTES_MAX + 1]; /* empty: none */
};

void debug_file_close(struct debug_file *f)
{
	free(f->sections);
	if (f->dwarf)
		dwarf_end(f->dwarf);
	if (f->elf) {
		elf_end(f->elf);
		close(f->fd);
	}
	*f = (struct debug_file){ 0 };
}

static int open_elf(const char *path, struct debug_file *out, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = (struct debug_file){ 0 };
	if (fd < 0)
		return err_errno(e, errno, "cannot be opened");
	if (elf_version(EV_CURRENT) == EV_NONE)
		return err_set(e, EPROTO, "%s", elf_errmsg(-1));
	/* Not mapped: it is not ours, and who cuts it short would end us. */
	out->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!out->elf)
		return err_set(e, EPROTO, "%s", elf_errmsg(-1));
	out->fd = fd;
	fd = -1;
	return 0;
}

/* Whether the file has all that its headers speak of; in *debug, whether it has .debug_info. */
static int check_sections(Elf *elf, uint64_t size, bool *debug, struct err *e)
{
	size_t count, names = 0;
	GElf_Ehdr h;

	*debug = false;
	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &h) || h.e_machine != EM_X86_64 ||
	    gelf_getclass(elf) != ELFCLASS64)
		return err_set(e, EPROTO, "no x86-64 ELF file");
	if (elf_getshdrnum(elf, &count) < 0 || (h.e_shoff && elf_getshdrstrndx(elf, &names) < 0))
		return err_set(e, EPROTO, "the file is cut short");
	for (size_t i = 1; i < count; i++) {
		Elf_Scn *section = elf_getscn(elf, i);
		const char *name;
		GElf_Shdr s;

		if (!section || !gelf_getshdr(section, &s))
			return err_set(e, EPROTO, "the file is cut short");
		if (s.sh_type == SHT_NOBITS)
			continue;
		if (s.sh_offset > size || s.sh_size > size - s.sh_offset)
			return err_set(e, EPROTO, "the file is cut short");
		name = elf_strptr(elf, names, s.sh_name);
		if (name && (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info")))
			*debug = true;
	}
	return 0;
}

int debug_file_open(const char *path, struct debug_file *out, struct err *e)
{
	bool debug = false;
	struct stat st;
	int r = open_elf(path, out, e);

	if (r == 0 && fstat(out->fd, &st) < 0)
		r = err_errno(e, errno, "cannot be read");
	if (r == 0)
		r = check_sections(out->elf, (uint64_t)st.st_size, &debug, e);
	if (r == 0 && !debug)
		r = err_set(e, ENODATA, "no debug information in it");
	if (r < 0)
		debug_file_close(out);
	return r;
}

static bool is_strings(const char *name)
{
	return (strstr(name, "debug_str") && !strstr(name, "debug_str_offsets")) ||
	       strstr(name, "debug_line_str");
}

static int add_section(struct debug_file *f, const Elf_Data *data, struct err *e)
{
	struct debug_section *grown =
		realloc(f->sections, (f->n_sections + 1) * sizeof(*f->sections));

	if (!grown)
		return err_oom(e);
	f->sections = grown;
	grown[f->n_sections++] = (struct debug_section){ data->d_buf, data->d_size };
	return 0;
}

/*
 * Where all that libdw reads lies, as it does not say where what it returns has to end. Of what it
 * makes longer names of by itself, it takes it for granted that the last string of a section ends
 * within it.
 */
static int take_sections(struct debug_file *f, Elf *elf, struct err *e)
{
	Elf_Scn *section = NULL;
	size_t names;
	int r = 0;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return err_set(e, EPROTO, "%s", elf_errmsg(-1));
	while (r == 0 && (section = elf_nextscn(elf, section))) {
		Elf_Data *data;
		const char *name;
		GElf_Shdr s;

		name = gelf_getshdr(section, &s) ? elf_strptr(elf, names, s.sh_name) : NULL;
		if (!name || s.sh_type == SHT_NOBITS || !strstr(name, "debug_"))
			continue;
		data = elf_getdata(section, NULL);
		if (!data || !data->d_buf || !data->d_size)
			continue;
		if (is_strings(name) && ((const char *)data->d_buf)[data->d_size - 1])
			return err_set(e, EPROTO, "the debug information is damaged: %s has no end",
				       name);
		r = add_section(f, data, e);
	}
	return r;
}

int debug_file_load(struct debug_file *f, struct err *e)
{
	Dwarf *shared;
	int r;

	f->dwarf = dwarf_begin_elf(f->elf, DWARF_C_READ, NULL);
	if (!f->dwarf)
		return err_set(e, EPROTO, "the debug information is damaged: %s", dwarf_errmsg(-1));
	/* What was compressed is not so any more. */
	r = take_sections(f, f->elf, e);
	/* What dwz(1) moved to another file is read from there. */
	shared = r == 0 ? dwarf_getalt(f->dwarf) : NULL;
	return shared ? take_sections(f, dwarf_getelf(shared), e) : r;
}

const char *debug_file_string(const struct debug_file *f, const char *text)
{
	for (size_t i = 0; text && i < f->n_sections; i++) {
		const struct debug_section *s = &f->sections[i];
		uintptr_t at = (uintptr_t)text - (uintptr_t)s->data;

		if ((uintptr_t)text >= (uintptr_t)s->data && at < s->size)
			return memchr(text, '\0', s->size - at) ? text : NULL;
	}
	return text;
}

static struct build_id build_id(Elf *elf)
{
	struct build_id id = { "" };
	const void *bytes;
	ssize_t n = dwelf_elf_gnu_build_id(elf, &bytes);

	for (ssize_t i = 0; i < n && i < ID_BYTES_MAX; i++)
		snprintf(id.text + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
	return id;
}

int debug_file_compare(const struct debug_file *f, const char *vmlinux, struct err *e)
{
	struct build_id given = build_id(f->elf), wanted = { "" };
	struct debug_file kernel = { 0 };
	int r = open_elf(vmlinux, &kernel, e);

	if (r < 0)
		return err_wrap(e, "%s", vmlinux);
	wanted = build_id(kernel.elf);
	debug_file_close(&kernel);
	if (!given.text[0] || !wanted.text[0])
		return err_set(e, EINVAL,
			       "%s no build id: whether it is of the kernel's build cannot be told",
			       given.text[0] ? "the kernel has" : "it has");
	if (strcmp(given.text, wanted.text) != 0)
		return err_set(e, EINVAL, "of another build: its build id is %s, the kernel's %s",
			       given.text, wanted.text);
	return 0;
}
