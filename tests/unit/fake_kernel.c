// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_kernel.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static ssize_t to_buf(struct archive *a, void *arg, const void *data, size_t len)
{
	(void)a;
	return buf_add(arg, data, len) < 0 ? -1 : (ssize_t)len;
}

static struct archive *open_writer(void)
{
	struct archive *a = archive_write_new();

	assert_non_null(a);
	assert_int_equal(archive_write_set_bytes_per_block(a, 0), ARCHIVE_OK);
	return a;
}

static void start(struct archive *a, struct buf *out)
{
	assert_int_equal(archive_write_open(a, out, NULL, to_buf, NULL), ARCHIVE_OK);
}

static void put_entry(struct archive *a, const char *path, const void *data, size_t len,
		      const char *link)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, path);
	archive_entry_set_filetype(e, link ? AE_IFLNK : AE_IFREG);
	archive_entry_set_perm(e, 0644);
	if (link)
		archive_entry_set_symlink(e, link);
	else
		archive_entry_set_size(e, (int64_t)len);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	if (len)
		assert_int_equal(archive_write_data(a, data, len), len);
	archive_entry_free(e);
}

static void finish(struct archive *a)
{
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

void fake_compress(const void *data, size_t len, const char *filter, struct buf *out)
{
	struct archive *a = open_writer();

	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
	start(a, out);
	put_entry(a, "data", data, len, NULL);
	finish(a);
}

static const char note[] = "\x04\0\0\0\x08\0\0\0\x12\0\0\0Xen\0\0\0\0\x01\0\0\0\0";

static void add_note(struct buf *out, bool pvh)
{
	size_t at = out->len;

	assert_int_equal(buf_add(out, note, sizeof(note) - 1), 0);
	if (!pvh)
		out->data[at + 8] = 0x11;
}

void fake_vmlinux(const struct fake *f, struct buf *out)
{
	Elf64_Ehdr eh = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			  .e_type = ET_EXEC,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_phoff = sizeof(Elf64_Ehdr),
			  .e_ehsize = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 2 };
	size_t start_of_note = sizeof(eh) + 2 * sizeof(Elf64_Phdr), from = out->len;
	Elf64_Phdr ph[2] = {
		{ .p_type = PT_LOAD, .p_flags = PF_R, .p_align = 4096 },
		{ .p_type = PT_NOTE,
		  .p_offset = start_of_note,
		  .p_filesz = sizeof(note) - 1,
		  .p_memsz = sizeof(note) - 1,
		  .p_align = 4 },
	};

	assert_int_equal(buf_add(out, &eh, sizeof(eh)), 0);
	assert_int_equal(buf_add(out, ph, sizeof(ph)), 0);
	add_note(out, !f->no_pvh);
	/* As in Debian's kernels: the first copy has no build number yet. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(buf_printf(out,
					    "Linux version %s (builder@host) (x86_64-linux-gnu-%s, "
					    "GNU ld (GNU Binutils for Debian) 2.44) %s\n",
					    f->release ? f->release : FAKE_RELEASE, FAKE_COMPILER,
					    i ? FAKE_VERSION : "# SMP PREEMPT_DYNAMIC"),
				 0);
	if (f->config) {
		assert_int_equal(buf_puts(out, "IKCFG_ST"), 0);
		fake_compress(f->config, strlen(f->config), "gzip", out);
		assert_int_equal(buf_puts(out, "IKCFG_ED"), 0);
	}
	assert_int_equal(buf_add(out, "\0", 1), 0);
	ph[0].p_filesz = ph[0].p_memsz = out->len - from;
	memcpy(out->data + from + sizeof(eh), ph, sizeof(ph));
}

void fake_bzimage(const struct buf *vmlinux, const char *filter, struct buf *out)
{
	uint8_t setup[1024] = { 0 };
	uint32_t size = htole32((uint32_t)vmlinux->len), length;
	_cleanup_buf_ struct buf payload = { 0 };

	fake_compress(vmlinux->data, vmlinux->len, filter, &payload);
	if (strcmp(filter, "gzip") != 0)
		assert_int_equal(buf_add(&payload, &size, sizeof(size)), 0);
	length = htole32((uint32_t)payload.len);
	setup[0x1f1] = 1;
	memcpy(setup + 0x202, "HdrS\x0f\x02", 6);
	memcpy(setup + 0x24c, &length, sizeof(length));
	assert_int_equal(buf_add(out, setup, sizeof(setup)), 0);
	assert_int_equal(buf_add(out, payload.data, payload.len), 0);
}

static void fake_tar(const struct fake_member *members, size_t count, struct buf *out)
{
	struct archive *a = open_writer();

	assert_int_equal(archive_write_set_format_pax_restricted(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter_xz(a), ARCHIVE_OK);
	start(a, out);
	for (size_t i = 0; i < count; i++)
		put_entry(a, members[i].path, members[i].content ? members[i].content->data : NULL,
			  members[i].content ? members[i].content->len : 0, members[i].link);
	finish(a);
}

void fake_deb(const struct fake_member *members, size_t count, struct buf *out)
{
	_cleanup_buf_ struct buf control = { 0 }, data = { 0 };
	struct archive *a = open_writer();

	fake_tar(NULL, 0, &control);
	fake_tar(members, count, &data);
	assert_int_equal(archive_write_set_format_ar_svr4(a), ARCHIVE_OK);
	start(a, out);
	put_entry(a, "debian-binary", "2.0\n", 4, NULL);
	put_entry(a, "control.tar.xz", control.data, control.len, NULL);
	put_entry(a, "data.tar.xz", data.data, data.len, NULL);
	finish(a);
}

char *fake_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;

	assert_int_equal(dir_temp(tmp ? tmp : "/tmp", "slowpath-test-", &dir, NULL), 0);
	return dir;
}

void fake_dir_remove(char *dir)
{
	assert_int_equal(dir_remove(dir, NULL), 0);
	free(dir);
}

char *fake_file(const char *dir, const char *name, const struct buf *content)
{
	char *path = str_printf("%s/%s", dir, name);

	assert_non_null(path);
	assert_int_equal(file_write(path, content->data, content->len, NULL), 0);
	return path;
}
