// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a config comes from, and what it is called. */
#include "kernel/store/configure.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "kernel/image/reader.h"
#include "kernel/store/minimal.h"

#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#define CONFIG_MAX (16U << 20)
#define HASH_SHOWN 12
#define NAME_MAX_SHOWN 64
#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~:-"

/* Comments of ours may change without another kernel coming of it. */
static int settings_only(const char *text, struct buf *out)
{
	struct setting s;
	int r = 0;

	for (const char *l = text; r == 0 && l && *l; l = strchr(l, '\n'), l += l != NULL) {
		if (setting_parse(l, &s))
			r = buf_printf(out, "%.*s=%.*s\n", (int)s.name_len, s.name,
				       (int)s.value_len, s.value);
	}
	return r;
}

static int set_sha(struct build_config *c, struct err *e)
{
	_cleanup_buf_ struct buf all = { 0 };
	int r = buf_printf(&all, "%d %d\n", (int)c->kind, c->distribution);

	if (r == 0)
		r = settings_only(buf_str(&c->text), &all);
	if (r == 0 && c->kind != CONFIG_MINIMAL)
		r = settings_needed(NEEDED, &all);
	if (r == 0 && c->kind != CONFIG_MINIMAL)
		r = settings_needed(WANTED, &all);
	if (r < 0)
		return err_oom(e);
	c->sha = hash_bytes(buf_str(&all), all.len);
	return 0;
}

int build_config_minimal(struct build_config *out, struct err *e)
{
	*out = (struct build_config){ .kind = CONFIG_MINIMAL, .name = strdup("") };
	if (out->name && buf_puts(&out->text, kernel_minimal_config()) == 0 && set_sha(out, e) == 0)
		return 0;
	build_config_free(out);
	return err_oom(e);
}

int build_config_defconfig(struct build_config *out, struct err *e)
{
	*out = (struct build_config){ .kind = CONFIG_DEFCONFIG, .name = strdup("defconfig") };
	if (out->name && set_sha(out, e) == 0)
		return 0;
	build_config_free(out);
	return err_oom(e);
}

static bool is_config(const struct buf *text)
{
	struct setting s;

	if (strlen(buf_str(text)) != text->len)
		return false;
	for (const char *l = buf_str(text); *l; l = strchr(l, '\n') + 1) {
		if (!strncmp(l, "CONFIG_", 7) && setting_parse(l, &s))
			return true;
		if (!strchr(l, '\n'))
			break;
	}
	return false;
}

/* What is read is a whole .config that ends in a newline. */
static int settle(const char *path, struct build_config *c, struct err *e)
{
	if (!is_config(&c->text))
		return err_set(e, EINVAL, "%s: not a kernel's .config", path);
	if (c->text.data[c->text.len - 1] != '\n' && buf_puts(&c->text, "\n") < 0)
		return err_oom(e);
	return set_sha(c, e);
}

/* "my.config-1a2b3c4d5e6f", fit for a spec. */
static char *name_of(const char *path, const struct hash_hex *hash)
{
	const char *slash = strrchr(path, '/');
	char *name = str_printf("%.*s-%.*s", NAME_MAX_SHOWN, slash ? slash + 1 : path, HASH_SHOWN,
				hash->text);

	for (char *c = name; c && *c; c++) {
		if (!strchr(NAME_CHARS, *c))
			*c = '_';
	}
	return name;
}

int build_config_file(const char *path, struct build_config *out, struct err *e)
{
	_cleanup_build_config_ struct build_config c = { .kind = CONFIG_GIVEN };
	struct hash_hex hash;
	int r = file_read(path, CONFIG_MAX, &c.text, e);

	*out = (struct build_config){ 0 };
	if (r < 0)
		return r;
	hash = hash_bytes(buf_str(&c.text), c.text.len);
	c.name = name_of(path, &hash);
	r = c.name ? settle(path, &c, e) : err_oom(e);
	if (r < 0)
		return r;
	*out = c;
	c = (struct build_config){ 0 };
	return 0;
}

/* What @path holds, unpacked if it is gzipped, as /proc/config.gz is. */
static int read_packed(const char *path, struct buf *out, struct err *e)
{
	_cleanup_reader_ struct archive *a = reader_new(READER_RAW);
	struct archive_entry *entry;
	char block[16384];
	la_ssize_t n;

	if (!a)
		return err_oom(e);
	if (archive_read_open_filename(a, path, sizeof(block)) != ARCHIVE_OK ||
	    archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return err_set(e, EIO, "%s: %s", path, reader_reason(a));
	while ((n = archive_read_data(a, block, sizeof(block))) > 0) {
		if (out->len + (size_t)n > CONFIG_MAX)
			return err_set(e, EFBIG, "%s: larger than %u MiB", path, CONFIG_MAX >> 20);
		if (buf_add(out, block, (size_t)n) < 0)
			return err_oom(e);
	}
	return n < 0 ? err_set(e, EIO, "%s: %s", path, reader_reason(a)) : 0;
}

int build_config_distribution(const char *name, const char *path, struct build_config *out,
			      struct err *e)
{
	_cleanup_build_config_ struct build_config c = { .kind = CONFIG_GIVEN,
							 .name = strdup(name),
							 .distribution = true };
	int r = c.name ? read_packed(path, &c.text, e) : err_oom(e);

	*out = (struct build_config){ 0 };
	if (r == 0)
		r = settle(path, &c, e);
	if (r < 0)
		return r;
	*out = c;
	c = (struct build_config){ 0 };
	return 0;
}

void build_config_free(struct build_config *c)
{
	free(c->name);
	buf_free(&c->text);
	*c = (struct build_config){ 0 };
}
