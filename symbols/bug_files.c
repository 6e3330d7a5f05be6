// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/bug_files.h"

#include "base/cleanup.h"
#include "symbols/text.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TABLE_BYTES_MAX (16u << 20)
#define NAMES_BYTES_MAX 65536u
#define FILE_NAME_MAX 200

void bug_files_free(struct bug_files *b)
{
	free(b->places);
	intern_free(&b->names);
	*b = (struct bug_files){ 0 };
}

static bool read_at(int fd, void *out, size_t len, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, out, len, (off_t)offset) == (ssize_t)len;
}

/* The section with the table; false: there is none. */
static bool find_table(int fd, Elf64_Shdr *out)
{
	_cleanup_free_ char *names = NULL;
	Elf64_Shdr strings;
	Elf64_Ehdr h;

	if (!read_at(fd, &h, sizeof(h), 0) || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 ||
	    h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_shentsize != sizeof(strings) ||
	    h.e_shstrndx >= h.e_shnum ||
	    !read_at(fd, &strings, sizeof(strings),
		     h.e_shoff + (uint64_t)h.e_shstrndx * sizeof(strings)) ||
	    !strings.sh_size || strings.sh_size > NAMES_BYTES_MAX)
		return false;
	names = calloc(1, strings.sh_size + 1);
	if (!names || !read_at(fd, names, strings.sh_size, strings.sh_offset))
		return false;
	for (unsigned i = 0; i < h.e_shnum; i++) {
		if (!read_at(fd, out, sizeof(*out), h.e_shoff + (uint64_t)i * sizeof(*out)))
			return false;
		if (out->sh_name < strings.sh_size && !strcmp(names + out->sh_name, "__bug_table"))
			return out->sh_type == SHT_PROGBITS && out->sh_size &&
			       out->sh_size <= TABLE_BYTES_MAX;
	}
	return false;
}

static uint64_t relative(const struct text *table, uint64_t vaddr)
{
	size_t len = 0;
	const uint8_t *at = text_at(table, vaddr, &len);
	int32_t distance;

	if (!at || len < sizeof(distance))
		return 0;
	memcpy(&distance, at, sizeof(distance));
	return vaddr + (uint64_t)(int64_t)distance;
}

/* "mm/memory.c", "include/linux/mm.h"; *in_c: it is no header. */
static const char *file_at(const struct text *strings, uint64_t vaddr, bool *in_c)
{
	size_t len = 0, n = 0;
	const char *name = (const char *)text_at(strings, vaddr, &len);

	while (name && n < len && n < FILE_NAME_MAX && name[n] &&
	       (isalnum((unsigned char)name[n]) || strchr("/._+-", name[n])))
		n++;
	if (!name || n < 3 || n == len || name[n] || name[n - 2] != '.' ||
	    !strchr("chS", name[n - 1]))
		return NULL;
	*in_c = name[n - 1] == 'c';
	return name;
}

struct form {
	unsigned bytes, file; /* of an entry; where in it the file is */
};

static int take(struct bug_files *out, const struct text *table, const Elf64_Shdr *section,
		const struct text *strings, const struct form *form, struct err *e)
{
	for (uint64_t at = 0; at + form->bytes <= section->sh_size; at += form->bytes) {
		uint64_t vaddr = section->sh_addr + at;
		bool in_c = false;
		const char *name = file_at(strings, relative(table, vaddr + form->file), &in_c);
		struct bug_place place = { .vaddr = relative(table, vaddr) };

		if (!name || !in_c || !place.vaddr)
			continue;
		place.file = intern_add(&out->names, name);
		if (place.file == INTERN_NONE)
			return err_oom(e);
		out->places[out->count++] = place;
	}
	return 0;
}

/* Whether nine of the first ten entries name a file. */
static bool is_form(const struct text *table, const Elf64_Shdr *section, const struct text *strings,
		    const struct form *form)
{
	unsigned good = 0, looked_at = 0;

	for (uint64_t at = 0; at + form->bytes <= section->sh_size && looked_at < 10;
	     at += form->bytes) {
		bool in_c;

		looked_at++;
		good += file_at(strings, relative(table, section->sh_addr + at + form->file),
				&in_c) != NULL;
	}
	return looked_at && good * 10 >= looked_at * 9;
}

static int by_address(const void *a, const void *b)
{
	const struct bug_place *x = a, *y = b;

	return (x->vaddr > y->vaddr) - (x->vaddr < y->vaddr);
}

static int read_forms(const char *vmlinux, const struct text *table, const Elf64_Shdr *section,
		      struct bug_files *out, struct err *e)
{
	static const struct form forms[] = { { 12, 4 }, { 16, 8 } };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		uint64_t first = relative(table, section->sh_addr + forms[i].file);
		_cleanup_text_ struct text strings = { 0 };

		if (text_open(vmlinux, first, &strings, NULL) < 0 ||
		    !is_form(table, section, &strings, &forms[i]))
			continue;
		out->places = calloc(section->sh_size / forms[i].bytes + 1, sizeof(*out->places));
		return out->places ? take(out, table, section, &strings, &forms[i], e) : err_oom(e);
	}
	return err_set(e, ENODATA, "%s: __bug_table names no files", vmlinux);
}

int bug_files_read(const char *vmlinux, struct bug_files *out, struct err *e)
{
	_cleanup_close_ int fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	_cleanup_text_ struct text table = { 0 };
	Elf64_Shdr section;
	int r;

	*out = (struct bug_files){ 0 };
	if (fd < 0)
		return err_errno(e, errno, "%s", vmlinux);
	if (!find_table(fd, &section))
		return err_set(e, ENODATA, "%s has no __bug_table", vmlinux);
	r = text_open(vmlinux, section.sh_addr, &table, e);
	if (r == 0)
		r = read_forms(vmlinux, &table, &section, out, e);
	if (r == 0 && out->count)
		qsort(out->places, out->count, sizeof(*out->places), by_address);
	if (r < 0)
		bug_files_free(out);
	return r;
}

const char *bug_files_of(const struct bug_files *b, uint64_t start, uint64_t end)
{
	size_t low = 0, high = b->count, next;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (b->places[middle].vaddr < start)
			low = middle + 1;
		else
			high = middle;
	}
	for (next = low; next < b->count && b->places[next].vaddr < end; next++) {
		if (b->places[next].file != b->places[low].file)
			return NULL;
	}
	if (next > low)
		return intern_text(&b->names, b->places[low].file);
	if (!low || low == b->count || b->places[low - 1].file != b->places[low].file)
		return NULL;
	return intern_text(&b->names, b->places[low].file);
}
