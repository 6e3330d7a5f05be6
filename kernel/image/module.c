// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In a package a module is lib/modules/RELEASE/kernel/.../NAME.ko, with usr/ before it since 6.6,
 * and .xz behind it since 6.8 or so. It says what it needs itself, so modules.dep, which depmod
 * makes when a package is installed, is not missed.
 */
#include "kernel/image/module.h"

#include "arch/arch.h"

#include "base/buf.h"
#include "base/file.h"
#include "kernel/image/deb.h"
#include "kernel/image/unpack.h"

#include <archive_entry.h>
#include <errno.h>
#include <gelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".ko"
#define FUNCTION_BYTES_MAX 512 /* KSYM_NAME_LEN; what is longer is no function */
#define SYMBOLS_BYTES_MAX (128u << 20)

static void elf_end_void(Elf *elf)
{
	elf_end(elf);
}

DEFINE_CLEANUP(Elf *, elf_end_void)

int module_name_equal(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return 0;
	}
	return *a == *b;
}

/* Section .modinfo; NULL if there is none. */
static Elf_Data *find_modinfo(Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name && !strcmp(name, ".modinfo"))
			return elf_rawdata(section, NULL);
	}
	return NULL;
}

static int take_word(char *out, size_t size, const char *text, size_t len, const char *what,
		     struct err *e)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_-.+~";

	if (!len || len >= size || strspn(text, allowed) < len)
		return err_set(e, EBADMSG, "its %s is %s", what, len ? "no name" : "empty");
	memcpy(out, text, len);
	out[len] = '\0';
	return 0;
}

static int take_depends(struct module_info *m, const char *text, struct err *e)
{
	while (*text) {
		size_t len = strcspn(text, ",");
		int r;

		if (m->n_depends == MODULE_DEPENDS_MAX)
			return err_set(e, EBADMSG, "it needs more than %d modules",
				       MODULE_DEPENDS_MAX);
		r = take_word(m->depends[m->n_depends++], MODULE_NAME_BYTES, text, len,
			      "list of modules that it needs", e);
		if (r < 0)
			return r;
		text += len + (text[len] == ',');
	}
	return 0;
}

static int take_line(struct module_info *m, const char *line, struct err *e)
{
	if (!strncmp(line, "name=", 5))
		return take_word(m->name, sizeof(m->name), line + 5, strlen(line + 5), "name", e);
	if (!strncmp(line, "vermagic=", 9))
		return take_word(m->release, sizeof(m->release), line + 9, strcspn(line + 9, " "),
				 "vermagic", e);
	if (!strncmp(line, "depends=", 8) && !m->n_depends)
		return take_depends(m, line + 8, e);
	return 0;
}

static int read_modinfo(const Elf_Data *data, struct module_info *out, struct err *e)
{
	const char *text = data ? data->d_buf : NULL;
	size_t left = text ? data->d_size : 0;

	while (left) {
		size_t len = strnlen(text, left);
		int r;

		if (len == left)
			return err_set(e, EBADMSG, "its .modinfo does not end");
		r = take_line(out, text, e);
		if (r < 0)
			return r;
		text += len + 1;
		left -= len + 1;
	}
	if (!out->name[0] || !out->release[0])
		return err_set(e, EBADMSG, "no kernel module (no %s in .modinfo)",
			       out->name[0] ? "vermagic" : "name");
	return 0;
}

int module_read(const void *image, size_t len, struct module_info *out, struct err *e)
{
	_cleanup_(elf_end_void_p) Elf *elf = NULL;
	GElf_Ehdr eh;

	*out = (struct module_info){ .n_depends = 0 };
	elf_version(EV_CURRENT);
	/* elf_memory() wants a writable pointer; it writes only for ELF_C_RDWR users. */
	elf = elf_memory((char *)(uintptr_t)image, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &eh))
		return err_set(e, EBADMSG, "not a usable ELF file (%s)", elf_errmsg(-1));
	if (gelf_getclass(elf) != ELFCLASS64 || !arch_of_elf(eh.e_machine) || eh.e_type != ET_REL)
		return err_set(e, EBADMSG, "no module for any of %s (ELF machine %u, type %u)",
			       arch_names(), eh.e_machine, eh.e_type);
	return read_modinfo(find_modinfo(elf), out, e);
}

/* Where section @section of module @name is in the guest's memory; 0: nobody said. */
static uint64_t address_of(const char *sections, const char *name, const char *section)
{
	const size_t name_len = strlen(name), len = strlen(section);

	for (const char *line = sections; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, name_len) == 0 && line[name_len] == ' ' &&
		    strncmp(line + name_len + 1, section, len) == 0 &&
		    line[name_len + 1 + len] == ' ')
			return strtoull(line + name_len + len + 2, NULL, 16);
	}
	return 0;
}

static int put_symbol(Elf *elf, const GElf_Sym *symbol, size_t strings, size_t names,
		      const char *name, const char *sections, struct buf *out)
{
	Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
	const char *function = elf_strptr(elf, strings, symbol->st_name);
	const char *in;
	GElf_Shdr header;
	uint64_t base;

	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || !section || !function || !function[0] ||
	    strnlen(function, FUNCTION_BYTES_MAX) == FUNCTION_BYTES_MAX ||
	    out->len > SYMBOLS_BYTES_MAX || strpbrk(function, " \t\n") ||
	    !gelf_getshdr(section, &header))
		return 0;
	in = elf_strptr(elf, names, header.sh_name);
	base = in ? address_of(sections, name, in) : 0;
	if (!base || symbol->st_value > header.sh_size)
		return 0;
	base += symbol->st_value;
	return buf_printf(out, "%016llx %c %s\n", (unsigned long long)base,
			  GELF_ST_BIND(symbol->st_info) == STB_LOCAL ? 't' : 'T', function);
}

static int put_symbols(Elf *elf, Elf_Scn *table, const GElf_Shdr *header, size_t names,
		       const char *name, const char *sections, struct buf *out)
{
	Elf_Data *data = elf_getdata(table, NULL);
	const size_t count = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count && i < INT_MAX; i++) {
		GElf_Sym symbol;

		if (gelf_getsym(data, (int)i, &symbol))
			r = put_symbol(elf, &symbol, header->sh_link, names, name, sections, out);
	}
	return r;
}

int module_symbols(const void *image, size_t len, const char *name, const char *sections,
		   struct buf *out, struct err *e)
{
	_cleanup_(elf_end_void_p) Elf *elf = NULL;
	Elf_Scn *section = NULL;
	size_t names;
	int r = 0;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)(uintptr_t)image, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) < 0)
		return err_set(e, EBADMSG, "not a usable ELF file (%s)", elf_errmsg(-1));
	while (r == 0 && (section = elf_nextscn(elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			r = put_symbols(elf, section, &header, names, name, sections, out);
	}
	return r < 0 ? err_oom(e) : 0;
}

struct extraction {
	const char *const *names;
	const char *dir;
	size_t *found;
};

/* Which of the names the member is, or NULL. */
static const char *wanted(const struct extraction *x, const char *path)
{
	const char *base = strrchr(path, '/'), *dot;
	char name[MODULE_NAME_BYTES];

	if (!strncmp(path, "usr/", 4))
		path += 4;
	if (!base || strncmp(path, "lib/modules/", 12) != 0 || !strstr(path, "/kernel/"))
		return NULL;
	base++;
	dot = strchr(base, '.');
	if (!dot || strncmp(dot, SUFFIX, strlen(SUFFIX)) != 0 ||
	    (dot[strlen(SUFFIX)] && dot[strlen(SUFFIX)] != '.') ||
	    (size_t)(dot - base) >= sizeof(name))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)(dot - base), base);
	for (const char *const *n = x->names; *n; n++) {
		if (module_name_equal(name, *n))
			return *n;
	}
	return NULL;
}

static int take_module(void *arg, struct archive *tar, struct archive_entry *entry,
		       const char *path, struct err *e)
{
	const struct extraction *x = arg;
	const char *name = wanted(x, path);
	_cleanup_buf_ struct buf packed = { 0 }, plain = { 0 };
	_cleanup_free_ char *to = NULL;
	int r;

	if (!name)
		return 0;
	r = deb_check_type(entry, path, true, e);
	if (r == 0)
		r = unpack_entry(tar, path, MODULE_BYTES_MAX, unpack_to_buf, &packed, e);
	if (r == 0)
		r = unpack_memory(packed.data, packed.len, MODULE_BYTES_MAX, unpack_to_buf, &plain,
				  e);
	if (r < 0)
		return err_wrap(e, "%s", path);
	to = str_printf("%s/%s" SUFFIX, x->dir, name);
	if (!to)
		return err_oom(e);
	++*x->found;
	return file_write(to, plain.data, plain.len, e);
}

int module_extract(const char *deb, const char *const *names, const char *dir, size_t *found,
		   struct err *e)
{
	struct extraction x = { names, dir, found };

	*found = 0;
	return deb_each(deb, take_module, &x, e);
}
