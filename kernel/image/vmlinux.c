// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image/vmlinux.h"

#include "kernel/image/arm64_image.h"
#include "kernel/image/banner.h"
#include "kernel/image/unpack.h"

#include <errno.h>
#include <gelf.h>
#include <string.h>

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define CONFIG_MAX (16ULL << 20)

static void elf_end_void(Elf *elf)
{
	elf_end(elf);
}

DEFINE_CLEANUP(Elf *, elf_end_void)

bool vmlinux_is_elf(const void *head, size_t len)
{
	return len >= SELFMAG && !memcmp(head, ELFMAG, SELFMAG);
}

static bool notes_have_pvh(Elf_Data *data)
{
	GElf_Nhdr note;
	size_t at = 0, next, name, desc;

	while ((next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		if (note.n_type == XEN_ELFNOTE_PHYS32_ENTRY && note.n_namesz == 4 &&
		    !memcmp((const char *)data->d_buf + name, "Xen", 4))
			return true;
		at = next;
	}
	return false;
}

/* The note segment, not the section: QEMU reads the former, and sections can be stripped. */
static bool has_pvh(Elf *elf, size_t phnum, size_t len)
{
	for (size_t i = 0; i < phnum; i++) {
		GElf_Phdr ph;
		Elf_Data *data;

		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_NOTE)
			continue;
		if (ph.p_offset > len || ph.p_filesz > len - ph.p_offset)
			continue;
		data = elf_getdata_rawchunk(elf, (int64_t)ph.p_offset, ph.p_filesz,
					    ph.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (data && notes_have_pvh(data))
			return true;
	}
	return false;
}

static int check_segments(Elf *elf, size_t phnum, size_t len, struct err *e)
{
	size_t loads = 0;

	for (size_t i = 0; i < phnum; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(elf, (int)i, &ph))
			return err_set(e, EBADMSG, "program header %zu: %s", i, elf_errmsg(-1));
		if (ph.p_type != PT_LOAD)
			continue;
		loads++;
		if (ph.p_offset > len || ph.p_filesz > len - ph.p_offset)
			return err_set(e, EBADMSG,
				       "segment %zu lies beyond the end of the file: cut short", i);
	}
	if (!loads)
		return err_set(e, EBADMSG, "an ELF file with nothing to load, not a kernel");
	return 0;
}

static int read_elf(const void *image, size_t len, bool *pvh, struct err *e)
{
	_cleanup_(elf_end_void_p) Elf *elf = NULL;
	GElf_Ehdr eh;
	size_t phnum;
	int r;

	elf_version(EV_CURRENT);
	/* elf_memory() wants a writable pointer; it writes only for ELF_C_RDWR users. */
	elf = elf_memory((char *)(uintptr_t)image, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &eh))
		return err_set(e, EBADMSG, "not a usable ELF file (%s)", elf_errmsg(-1));
	if (gelf_getclass(elf) == ELFCLASS64 && eh.e_machine == EM_AARCH64)
		return err_set(e, EBADMSG,
			       "an arm64 vmlinux, which QEMU does not boot: give the Image "
			       "(arch/arm64/boot/Image)");
	if (gelf_getclass(elf) != ELFCLASS64 || eh.e_machine != EM_X86_64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB || (eh.e_type != ET_EXEC && eh.e_type != ET_DYN))
		return err_set(e, EBADMSG, "not an x86-64 kernel (ELF machine %u, type %u)",
			       eh.e_machine, eh.e_type);
	if (elf_getphdrnum(elf, &phnum) < 0)
		return err_set(e, EBADMSG, "program headers: %s", elf_errmsg(-1));
	r = check_segments(elf, phnum, len, e);
	if (r < 0)
		return r;
	*pvh = has_pvh(elf, phnum, len);
	return 0;
}

int vmlinux_read(const void *image, size_t len, struct vmlinux *out, struct err *e)
{
	struct banner banner;
	int r;

	*out = (struct vmlinux){ 0 };
	if (arm64_image_is(image, len)) {
		out->arch = &arch_arm64;
		r = arm64_image_check(image, len, e);
	} else if (vmlinux_is_elf(image, len)) {
		out->arch = arch_default();
		r = read_elf(image, len, &out->pvh, e);
	} else {
		return err_set(e, EBADMSG, "neither an ELF file nor an arm64 Image");
	}
	if (r < 0)
		return r;
	if (!banner_find(image, len, &banner))
		return err_set(e, EBADMSG, "no \"Linux version\" text in it: not a Linux kernel");
	out->release = strndup(banner.release, banner.release_len);
	out->version = strndup(banner.version, banner.version_len);
	out->compiler = strndup(banner.compiler, banner.compiler_len);
	if (out->release && out->version && out->compiler)
		return 0;
	vmlinux_free(out);
	return err_oom(e);
}

void vmlinux_free(struct vmlinux *v)
{
	free(v->release);
	free(v->version);
	free(v->compiler);
	*v = (struct vmlinux){ 0 };
}

/* kernel/configs.c: "IKCFG_ST", the gzip of .config, "IKCFG_ED". */
int vmlinux_config(const void *image, size_t len, struct buf *out, struct err *e)
{
	static const char start[] = "IKCFG_ST\x1f\x8b", end[] = "IKCFG_ED";
	const char *p = memmem(image, len, start, sizeof(start) - 1), *stop;
	size_t was = out->len;
	int r;

	if (!p)
		return 0;
	p += 8;
	stop = memmem(p, (size_t)((const char *)image + len - p), end, sizeof(end) - 1);
	if (!stop)
		return 0;
	r = unpack_memory(p, (size_t)(stop - p), CONFIG_MAX, unpack_to_buf, out, e);
	if (r < 0) {
		out->len = was;
		err_wrap(e, "the config inside the kernel");
		return r;
	}
	return 1;
}
