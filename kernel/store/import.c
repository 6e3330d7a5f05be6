// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/store/import.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/image/arm64_image.h"
#include "kernel/image/bzimage.h"
#include "kernel/image/deb.h"
#include "kernel/image/vmlinux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define CONFIG_MAX (16U << 20)
#define TREE_BZIMAGE "arch/x86/boot/bzImage"
#define TREE_IMAGE "arch/arm64/boot/Image"

/* A whole file in memory, for reading. Only for files of our own: others could shrink it. */
struct map {
	void *data;
	size_t len;
};

static void map_close(struct map *m)
{
	if (m->data)
		munmap(m->data, m->len);
}

static int map_open(const char *path, struct map *m, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;

	*m = (struct map){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(e, errno, "%s", path);
	if (st.st_size == 0)
		return err_set(e, EBADMSG, "the file is empty");
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return err_errno(e, errno, "%s", path);
	*m = (struct map){ .data = data, .len = (size_t)st.st_size };
	return 0;
}

enum image { IMAGE_BZIMAGE, IMAGE_VMLINUX, IMAGE_DEB, IMAGE_ARM64, IMAGE_ARM64_PACKED };

static bool is_gzip(const char *head, ssize_t n)
{
	return n >= 2 && !memcmp(head, "\x1f\x8b", 2);
}

static int detect(const char *path, enum image *kind, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[BZIMAGE_HEAD];
	ssize_t n;

	if (fd < 0)
		return err_errno(e, errno, "%s", path);
	n = read(fd, head, sizeof(head));
	if (n < 0)
		return err_errno(e, errno, "%s", path);
	if (deb_is(head, (size_t)n))
		*kind = IMAGE_DEB;
	else if (vmlinux_is_elf(head, (size_t)n))
		*kind = IMAGE_VMLINUX;
	else if (arm64_image_is(head, (size_t)n))
		*kind = IMAGE_ARM64;
	else if (arm64_zboot_is(head, (size_t)n) || is_gzip(head, n))
		*kind = IMAGE_ARM64_PACKED;
	else if (bzimage_is(head, (size_t)n))
		*kind = IMAGE_BZIMAGE;
	else if (arm64_image_foreign(head, (size_t)n))
		return err_set(e, EBADMSG, "an Image for %s; kernels are measured on %s",
			       arm64_image_foreign(head, (size_t)n), arch_names());
	else
		return err_set(e, EBADMSG,
			       "neither a bzImage, nor a vmlinux, nor an arm64 Image, nor a .deb "
			       "package (%s)",
			       n < (ssize_t)sizeof(head) ? "too short" : "no magic number of them");
	return 0;
}

static int unpack(const char *image, const char *vmlinux,
		  int (*unpack_fn)(const void *image, size_t len, int fd, struct err *e),
		  struct err *e)
{
	_cleanup_(map_close) struct map m = { 0 };
	_cleanup_close_ int fd = -1;
	int r = map_open(image, &m, e);

	if (r < 0)
		return r;
	fd = open(vmlinux, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(e, errno, "%s", vmlinux);
	return unpack_fn(m.data, m.len, fd, e);
}

static int set_hash(const char *path, char **out, struct err *e)
{
	struct hash_hex hex;
	int r = hash_file(path, &hex, e);

	if (r < 0)
		return r;
	free(*out);
	*out = strdup(hex.text);
	return *out ? 0 : err_oom(e);
}

/* Names of the files of one entry in the making. */
struct names {
	char *vmlinux, *bzimage, *config, *member;
};

static void names_free(struct names *n)
{
	free(n->vmlinux);
	free(n->bzimage);
	free(n->config);
	free(n->member);
}

static int names_make(const struct staging *w, struct names *n, struct err *e)
{
	n->vmlinux = str_printf("%s/vmlinux", w->files);
	n->bzimage = str_printf("%s/bzImage", w->files);
	n->config = str_printf("%s/config", w->files);
	n->member = str_printf("%s/member", w->dir);
	return n->vmlinux && n->bzimage && n->config && n->member ? 0 : err_oom(e);
}

/* Brings a bzImage or vmlinux to n->vmlinux (and n->bzimage), and its hash to @k. */
static int take_image(const char *path, bool move, const struct names *n, struct kernel *k,
		      struct err *e)
{
	enum image kind;
	const char *to;
	int r = detect(path, &kind, e);

	if (r < 0)
		return r;
	if (kind == IMAGE_DEB)
		return err_set(e, EBADMSG, "a package within a package");
	if (file_size(path) > (int64_t)VMLINUX_MAX)
		return err_set(e, EFBIG, "larger than %llu MiB", VMLINUX_MAX >> 20);
	to = kind == IMAGE_BZIMAGE || kind == IMAGE_ARM64_PACKED ? n->bzimage : n->vmlinux;
	if (move && rename(path, to) < 0)
		return err_errno(e, errno, "cannot rename %s", path);
	r = move ? 0 : file_copy(path, to, e);
	if (r == 0)
		r = set_hash(to, &k->image_sha256, e);
	if (r == 0 && kind == IMAGE_BZIMAGE)
		r = unpack(n->bzimage, n->vmlinux, bzimage_unpack, e);
	if (r == 0 && kind == IMAGE_ARM64_PACKED) {
		r = unpack(n->bzimage, n->vmlinux, arm64_image_unpack, e);
		unlink(n->bzimage);
	}
	return r;
}

static int take_deb(const char *deb, const struct names *n, struct kernel *k, struct err *e)
{
	struct deb_found found;
	int r = deb_extract(deb, n->member, n->config, &found, e);

	if (r < 0)
		return r;
	if (!found.image)
		return err_set(e, EBADMSG,
			       "the package holds no kernel (boot/vmlinuz-* or "
			       "usr/lib/modules/*/vmlinuz); up to 6.18 that is linux-image-*, from "
			       "6.19 linux-binary-*");
	return take_image(n->member, true, n, k, e);
}

/* The facts, from the vmlinux itself. */
static int take_facts(const struct names *n, struct kernel *k, struct err *e)
{
	_cleanup_vmlinux_ struct vmlinux facts = { 0 };
	_cleanup_(map_close) struct map m = { 0 };
	_cleanup_buf_ struct buf config = { 0 };
	int r = map_open(n->vmlinux, &m, e);

	if (r < 0)
		return r;
	r = vmlinux_read(m.data, m.len, &facts, e);
	if (r < 0)
		return r;
	k->release = steal(&facts.release);
	k->version = steal(&facts.version);
	k->compiler = steal(&facts.compiler);
	k->pvh = facts.pvh;
	if (facts.arch != arch_default() && !(k->arch = strdup(facts.arch->name)))
		return err_oom(e);
	if (file_exists(n->config))
		return 0;
	r = vmlinux_config(m.data, m.len, &config, e);
	return r <= 0 ? r : file_write(n->config, config.data, config.len, e);
}

/* Looks for the config outside of the image, where none came with it. */
static int find_config(const char *path, const char *config_deb, const struct names *n,
		       const struct kernel *k, struct err *e)
{
	_cleanup_free_ char *beside = NULL;
	struct deb_found found;
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (file_exists(n->config))
		return 0;
	if (config_deb)
		return deb_extract(config_deb, n->member, n->config, &found, e);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		beside = str_printf("%s/.config", path);
	else
		beside = str_printf("%.*s/config-%s", slash ? (int)(slash - path) : 1,
				    slash ? path : ".", k->release);
	if (!beside)
		return err_oom(e);
	if (stat(beside, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > CONFIG_MAX)
		return 0;
	return file_copy(beside, n->config, e);
}

/* A kernel without the PVH note is booted from its bzImage; otherwise that is only ballast. */
static int settle_bzimage(const char *path, struct names *n, struct kernel *k, struct err *e)
{
	_cleanup_free_ char *beside = str_printf("%s/" TREE_BZIMAGE, path);
	int r;

	if (!beside)
		return err_oom(e);
	if (k->pvh || kernel_arch(k)->raw_image) {
		unlink(n->bzimage);
		return 0;
	}
	if (!file_exists(n->bzimage) && file_exists(beside)) {
		r = file_copy(beside, n->bzimage, e);
		if (r < 0)
			return r;
	}
	if (file_exists(n->bzimage))
		k->bzimage_path = steal(&n->bzimage);
	return 0;
}

static int sync_file(const char *path, struct err *e)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_errno(e, errno, "%s", path);
	return 0;
}

static int finish(struct names *n, struct kernel *k, const struct staging *w, struct err *e)
{
	int r = set_hash(n->vmlinux, &k->vmlinux_sha256, e);

	if (r == 0 && !(k->id = strdup(k->vmlinux_sha256)))
		r = err_oom(e);
	if (r == 0 && file_exists(n->config)) {
		r = set_hash(n->config, &k->config_sha256, e);
		if (r == 0)
			r = sync_file(n->config, e);
		k->config_path = steal(&n->config);
	}
	if (r == 0)
		r = sync_file(n->vmlinux, e);
	if (r == 0 && k->bzimage_path) {
		r = set_hash(k->bzimage_path, &k->bzimage_sha256, e);
		if (r == 0)
			r = sync_file(k->bzimage_path, e);
	}
	return r == 0 ? sync_file(w->files, e) : r;
}

int import_facts(const char *path, struct vmlinux *out, struct err *e)
{
	_cleanup_(map_close) struct map m = { 0 };
	int r = map_open(path, &m, e);

	*out = (struct vmlinux){ 0 };
	return r < 0 ? r : vmlinux_read(m.data, m.len, out, e);
}

static bool is_arm64_elf(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr h;

	return fd >= 0 && read(fd, &h, sizeof(h)) == (ssize_t)sizeof(h) &&
	       vmlinux_is_elf(&h, sizeof(h)) && h.e_machine == arch_arm64.elf_machine;
}

int import_image_of(const char *path, char **out, struct err *e)
{
	static const char *const images[] = { "vmlinux", TREE_BZIMAGE, TREE_IMAGE };
	bool for_arm64 = false;
	struct stat st;

	*out = NULL;
	if (stat(path, &st) < 0)
		return err_errno(e, errno, "%s", path);
	if (S_ISREG(st.st_mode)) {
		*out = strdup(path);
		return *out ? 0 : err_oom(e);
	}
	if (!S_ISDIR(st.st_mode))
		return err_set(e, EINVAL, "%s: neither a file nor a folder", path);
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		_cleanup_free_ char *image = str_printf("%s/%s", path, images[i]);

		if (!image)
			return err_oom(e);
		if (stat(image, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		/*
		 * Of what was built for arm64 the Image is what QEMU boots; a bzImage beside it is
		 * of an earlier build.
		 */
		for_arm64 = for_arm64 || is_arm64_elf(image);
		if (for_arm64 && strcmp(images[i], TREE_IMAGE) != 0)
			continue;
		*out = steal(&image);
		return 0;
	}
	return err_set(e, EINVAL,
		       "%s: a folder with neither vmlinux nor " TREE_BZIMAGE " nor " TREE_IMAGE
		       ": not a kernel tree, or not built yet (make bzImage; for arm64, make "
		       "Image)",
		       path);
}

int import_path(const char *path, const char *config_deb, struct staging *w, struct kernel *k,
		struct err *e)
{
	_cleanup_(names_free) struct names n = { 0 };
	_cleanup_free_ char *image = NULL;
	enum image kind;
	int r = import_image_of(path, &image, e);

	if (r < 0)
		return r;
	r = names_make(w, &n, e);
	if (r == 0)
		r = detect(image, &kind, e);
	if (r == 0)
		r = kind == IMAGE_DEB ? take_deb(image, &n, k, e)
				      : take_image(image, false, &n, k, e);
	if (r == 0)
		r = take_facts(&n, k, e);
	if (r == 0)
		r = find_config(path, config_deb, &n, k, e);
	if (r == 0)
		r = settle_bzimage(path, &n, k, e);
	if (r == 0)
		r = finish(&n, k, w, e);
	if (r < 0 && strcmp(image, path) != 0)
		err_wrap(e, "%s", image);
	return r;
}
