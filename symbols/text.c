// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/text.h"

#include "arch/arch.h"
#include "base/cleanup.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEGMENT_BYTES_MAX (256u << 20)
#define CALL_BYTES 5

void text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){ 0 };
}

static int load(int fd, const Elf64_Phdr *p, struct text *out, struct err *e)
{
	if (!p->p_filesz || p->p_filesz > SEGMENT_BYTES_MAX)
		return err_set(e, EPROTO, "a segment of %llu bytes",
			       (unsigned long long)p->p_filesz);
	out->bytes = malloc(p->p_filesz);
	if (!out->bytes)
		return err_oom(e);
	if (pread(fd, out->bytes, p->p_filesz, (off_t)p->p_offset) != (ssize_t)p->p_filesz) {
		text_free(out);
		return err_set(e, EPROTO, "the file is cut short");
	}
	out->start = p->p_vaddr;
	out->len = p->p_filesz;
	return 0;
}

static int find_segment(int fd, uint64_t vaddr, struct text *out, struct err *e)
{
	Elf64_Ehdr h;
	char magic[4] = "";

	if (pread(fd, magic, sizeof(magic), ARM64_IMAGE_MAGIC_AT) == sizeof(magic) &&
	    !memcmp(magic, ARM64_IMAGE_MAGIC, sizeof(magic)))
		return err_set(e, ENOTSUP, "an arm64 Image, whose code slowpath does not read");
	if (pread(fd, &h, sizeof(h), 0) != sizeof(h) || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 ||
	    h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_machine != EM_X86_64 ||
	    h.e_phentsize != sizeof(Elf64_Phdr))
		return err_set(e, EPROTO, "no x86-64 ELF file");
	for (unsigned i = 0; i < h.e_phnum; i++) {
		Elf64_Phdr p;

		if (pread(fd, &p, sizeof(p), (off_t)(h.e_phoff + i * sizeof(p))) != sizeof(p))
			return err_set(e, EPROTO, "the file is cut short");
		if (p.p_type == PT_LOAD && vaddr >= p.p_vaddr && vaddr - p.p_vaddr < p.p_filesz)
			return load(fd, &p, out, e);
	}
	return err_set(e, EPROTO, "nothing is linked at %#llx", (unsigned long long)vaddr);
}

int text_open(const char *vmlinux, uint64_t vaddr, struct text *out, struct err *e)
{
	_cleanup_close_ int fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	int r;

	*out = (struct text){ 0 };
	if (fd < 0)
		return err_errno(e, errno, "%s", vmlinux);
	r = find_segment(fd, vaddr, out, e);
	return r < 0 ? err_wrap(e, "%s", vmlinux) : 0;
}

const uint8_t *text_at(const struct text *t, uint64_t vaddr, size_t *len)
{
	if (vaddr < t->start || vaddr - t->start >= t->len)
		return NULL;
	*len = t->len - (size_t)(vaddr - t->start);
	return t->bytes + (vaddr - t->start);
}

/* Where the five bytes of a CALL or JMP at @p lead to, @p standing at @vaddr. */
static uint64_t destination(const uint8_t *p, uint64_t vaddr)
{
	int32_t displacement;

	memcpy(&displacement, p + 1, sizeof(displacement));
	return vaddr + CALL_BYTES + (uint64_t)(int64_t)displacement;
}

bool text_is_traced(const struct text *t, uint64_t vaddr, uint64_t fentry)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	size_t len = 0;
	const uint8_t *p = text_at(t, vaddr, &len);

	if (!fentry)
		return true;
	if (p && len > sizeof(endbr) && !memcmp(p, endbr, sizeof(endbr))) {
		p += sizeof(endbr);
		len -= sizeof(endbr);
		vaddr += sizeof(endbr);
	}
	if (!p || len < CALL_BYTES)
		return false;
	return !memcmp(p, nop, sizeof(nop)) || (p[0] == 0xe8 && destination(p, vaddr) == fentry);
}

size_t text_calls(const struct text *t, uint64_t target, uint64_t *sites, size_t max)
{
	size_t found = 0;

	for (size_t i = 0; i + CALL_BYTES <= t->len; i++) {
		const uint8_t *p = t->bytes + i;

		if ((p[0] != 0xe8 && p[0] != 0xe9) || destination(p, t->start + i) != target)
			continue;
		if (found < max)
			sites[found] = t->start + i;
		found++;
	}
	return found;
}
