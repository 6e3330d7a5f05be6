// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/elf_needs.h"

#include "arch/arch.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

struct file {
	const char *data;
	size_t len;
	Elf64_Ehdr head;
};

/* Of the dynamic section; addresses as in memory. */
struct dynamic {
	uint64_t strings, bytes;
	bool has_strings;
	uint64_t needed[ELF_NEEDS_MAX], rpath, runpath, soname;
	size_t n_needed;
	bool has_rpath, has_runpath, has_soname;
};

bool elf_is(const void *data, size_t len)
{
	return len >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

static int damaged(struct err *e)
{
	return err_set(e, EINVAL, "is a damaged ELF file");
}

static bool inside(const struct file *f, uint64_t at, uint64_t len)
{
	return at <= f->len && len <= f->len - at;
}

static int segment_at(const struct file *f, unsigned i, Elf64_Phdr *out, struct err *e)
{
	uint64_t at = f->head.e_phoff;

	if (f->head.e_phentsize < sizeof(*out) || !inside(f, at, 0))
		return damaged(e);
	at += (uint64_t)i * f->head.e_phentsize;
	if (!inside(f, at, sizeof(*out)))
		return damaged(e);
	memcpy(out, f->data + at, sizeof(*out));
	return 0;
}

/* A string that ends before @end, or NULL. */
static const char *string_at(const struct file *f, uint64_t at, uint64_t end)
{
	if (end > f->len || at >= end || !memchr(f->data + at, '\0', end - at))
		return NULL;
	return f->data + at;
}

static void take(struct dynamic *d, const Elf64_Dyn *one)
{
	switch (one->d_tag) {
	case DT_NEEDED:
		if (d->n_needed < ELF_NEEDS_MAX)
			d->needed[d->n_needed] = one->d_un.d_val;
		d->n_needed++;
		break;
	case DT_STRTAB:
		d->strings = one->d_un.d_ptr;
		d->has_strings = true;
		break;
	case DT_STRSZ:
		d->bytes = one->d_un.d_val;
		break;
	case DT_RPATH:
		d->rpath = one->d_un.d_val;
		d->has_rpath = true;
		break;
	case DT_RUNPATH:
		d->runpath = one->d_un.d_val;
		d->has_runpath = true;
		break;
	case DT_SONAME:
		d->soname = one->d_un.d_val;
		d->has_soname = true;
		break;
	default:
		break;
	}
}

static int read_dynamic(const struct file *f, const Elf64_Phdr *segment, struct dynamic *d,
			struct err *e)
{
	if (!inside(f, segment->p_offset, segment->p_filesz))
		return damaged(e);
	for (uint64_t at = 0; segment->p_filesz - at >= sizeof(Elf64_Dyn);
	     at += sizeof(Elf64_Dyn)) {
		Elf64_Dyn one;

		memcpy(&one, f->data + segment->p_offset + at, sizeof(one));
		if (one.d_tag == DT_NULL)
			break;
		take(d, &one);
	}
	if (d->n_needed > ELF_NEEDS_MAX)
		return err_set(e, EINVAL, "needs more than %d libraries", ELF_NEEDS_MAX);
	return 0;
}

/* Where in the file what is at an address of memory is. */
static int find_offset(const struct file *f, uint64_t address, uint64_t *out, struct err *e)
{
	for (unsigned i = 0; i < f->head.e_phnum; i++) {
		Elf64_Phdr s;
		int r = segment_at(f, i, &s, e);

		if (r < 0)
			return r;
		if (s.p_type != PT_LOAD || address < s.p_vaddr ||
		    address - s.p_vaddr >= s.p_filesz ||
		    s.p_offset > UINT64_MAX - (address - s.p_vaddr))
			continue;
		*out = s.p_offset + (address - s.p_vaddr);
		return 0;
	}
	return damaged(e);
}

static int take_strings(const struct file *f, const struct dynamic *d, struct elf_needs *out,
			struct err *e)
{
	uint64_t at = 0, end;
	bool wanted = d->n_needed || d->has_rpath || d->has_runpath || d->has_soname;
	int r = !wanted ? 0 : d->has_strings ? find_offset(f, d->strings, &at, e) : damaged(e);

	if (r < 0 || !wanted)
		return r;
	if (!inside(f, at, d->bytes))
		return damaged(e);
	end = at + d->bytes;
	for (; out->n_libraries < d->n_needed; out->n_libraries++) {
		uint64_t string = d->needed[out->n_libraries];
		const char *name = string < d->bytes ? string_at(f, at + string, end) : NULL;

		if (!name || !name[0])
			return damaged(e);
		out->libraries[out->n_libraries] = name;
	}
	out->rpath = d->has_rpath && d->rpath < d->bytes ? string_at(f, at + d->rpath, end) : NULL;
	out->runpath =
		d->has_runpath && d->runpath < d->bytes ? string_at(f, at + d->runpath, end) : NULL;
	out->soname =
		d->has_soname && d->soname < d->bytes ? string_at(f, at + d->soname, end) : NULL;
	if ((d->has_rpath && !out->rpath) || (d->has_runpath && !out->runpath) ||
	    (d->has_soname && !out->soname))
		return damaged(e);
	return 0;
}

static int check_head(const void *data, size_t len, const struct arch *arch, struct err *e)
{
	Elf64_Ehdr h;

	_Static_assert(sizeof(h) == ELF_HEAD_BYTES, "of 64 bits");
	if (!elf_is(data, len))
		return err_set(e, EINVAL, "is no ELF file");
	if (len < sizeof(h))
		return damaged(e);
	memcpy(&h, data, sizeof(h));
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_machine != arch->elf_machine)
		return err_set(e, EINVAL, "is not for %s", arch->spoken);
	if (h.e_type != ET_EXEC && h.e_type != ET_DYN)
		return err_set(e, EINVAL, "is no program (an object file?)");
	return 0;
}

int elf_check_head(const void *data, size_t len, struct err *e)
{
	return check_head(data, len, arch_default(), e);
}

static int read_needs(const void *data, size_t len, const struct arch *arch, struct elf_needs *out,
		      struct err *e)
{
	struct file f = { .data = data, .len = len };
	struct dynamic d = { 0 };
	int r;

	*out = (struct elf_needs){ 0 };
	r = check_head(data, len, arch, e);
	if (r == 0)
		memcpy(&f.head, data, sizeof(f.head));
	for (unsigned i = 0; r == 0 && i < f.head.e_phnum; i++) {
		Elf64_Phdr s;

		r = segment_at(&f, i, &s, e);
		if (r == 0 && s.p_type == PT_INTERP) {
			out->interpreter =
				inside(&f, s.p_offset, s.p_filesz)
					? string_at(&f, s.p_offset, s.p_offset + s.p_filesz)
					: NULL;
			r = out->interpreter && out->interpreter[0] ? 0 : damaged(e);
		}
		if (r == 0 && s.p_type == PT_DYNAMIC)
			r = read_dynamic(&f, &s, &d, e);
	}
	return r < 0 ? r : take_strings(&f, &d, out, e);
}

int elf_needs_read(const void *data, size_t len, struct elf_needs *out, struct err *e)
{
	return read_needs(data, len, arch_default(), out, e);
}

const struct arch *elf_other_arch(const void *data, size_t len)
{
	const struct arch *arch;
	Elf64_Ehdr h;

	if (!elf_is(data, len) || len < sizeof(h))
		return NULL;
	memcpy(&h, data, sizeof(h));
	arch = h.e_ident[EI_CLASS] == ELFCLASS64 ? arch_of_elf(h.e_machine) : NULL;
	return arch == arch_default() ? NULL : arch;
}

int elf_check_static(const void *data, size_t len, const struct arch *arch, struct err *e)
{
	struct elf_needs needs;
	int r = read_needs(data, len, arch, &needs, e);

	if (r == 0 && (needs.interpreter || needs.n_libraries))
		return err_set(e, EINVAL,
			       "is for %s and linked dynamically: this machine has no libraries "
			       "for it, so it has to be static",
			       arch->spoken);
	return r;
}
