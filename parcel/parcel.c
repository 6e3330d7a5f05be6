// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/parcel.h"

#include "base/file.h"
#include "proto/parcel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct parcel *parcel_new(void)
{
	struct parcel *p = calloc(1, sizeof(*p));

	if (p)
		p->owners = 1;
	return p;
}

struct parcel *parcel_share(struct parcel *p)
{
	if (p)
		p->owners++;
	return p;
}

void parcel_free(struct parcel *p)
{
	if (!p || --p->owners)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->entries[i].from);
		buf_free(&p->entries[i].data);
	}
	free(p->entries);
	intern_free(&p->names);
	free(p);
}

/* Below /usr on a system that has one: /bin/sh is /usr/bin/sh. */
static bool belongs_to_usr(const char *path)
{
	static const char *const folders[] = { "/bin", "/sbin", "/lib", "/lib64" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		size_t len = strlen(folders[i]);

		if (!strncmp(path, folders[i], len) && (path[len] == '/' || !path[len]))
			return true;
	}
	return false;
}

static int add_part(struct buf *b, const char *part, size_t len, bool climb, struct err *e)
{
	if (len == 0 || (len == 1 && part[0] == '.'))
		return 0;
	if (len != 2 || part[0] != '.' || part[1] != '.')
		return buf_printf(b, "/%.*s", (int)len, part) < 0 ? err_oom(e) : 0;
	if (!climb)
		return err_set(e, EINVAL, "a path in the guest has no '..'");
	while (b->len && b->data[b->len - 1] != '/')
		b->data[--b->len] = '\0';
	if (b->len)
		b->data[--b->len] = '\0';
	return 0;
}

int parcel_path(const char *base, const char *path, bool climb, char **out, struct err *e)
{
	_cleanup_buf_ struct buf b = { 0 };
	int r = 0;

	if (path[0] != '/' && buf_puts(&b, base) < 0)
		return err_oom(e);
	for (const char *at = path; r == 0 && *at;) {
		size_t len = strcspn(at, "/");

		r = add_part(&b, at, len, climb, e);
		at += len + (at[len] == '/');
	}
	if (r < 0)
		return r;
	if (b.len >= PARCEL_NAME_MAX)
		return err_set(e, ENAMETOOLONG, "%.60s...: a path of %zu bytes", path, b.len);
	*out = belongs_to_usr(buf_str(&b)) ? str_printf("/usr%s", buf_str(&b))
					   : strdup(b.len ? buf_str(&b) : "/");
	return *out ? 0 : err_oom(e);
}

const struct parcel_entry *parcel_get(const struct parcel *p, const char *to)
{
	uint32_t i = intern_find(&p->names, to);

	return i == INTERN_NONE ? NULL : &p->entries[i];
}

/* There is none of this name yet. */
static int add(struct parcel *p, const char *to, struct parcel_entry *one, struct err *e)
{
	uint32_t index;

	if (p->count == PARCEL_ENTRIES_MAX)
		return err_set(e, E2BIG, "more than %d files", PARCEL_ENTRIES_MAX);
	p->bytes += one->data.len;
	if (p->bytes > PARCEL_BYTES_MAX)
		return err_set(e, EFBIG, "the files for the guest are more than %llu MiB",
			       PARCEL_BYTES_MAX >> 20);
	if (p->count == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 64;
		struct parcel_entry *grown = realloc(p->entries, cap * sizeof(*grown));

		if (!grown)
			return err_oom(e);
		p->entries = grown;
		p->cap = cap;
	}
	index = intern_add(&p->names, to);
	if (index == INTERN_NONE)
		return err_oom(e);
	p->entries[p->count++] = *one;
	*one = (struct parcel_entry){ 0 };
	return 0;
}

/* All folders above @to. */
static int add_folders(struct parcel *p, const char *to, struct err *e)
{
	int r = 0;

	for (const char *at = strchr(to + 1, '/'); r == 0 && at; at = strchr(at + 1, '/')) {
		_cleanup_free_ char *folder = strndup(to, (size_t)(at - to));
		const struct parcel_entry *there = folder ? parcel_get(p, folder) : NULL;
		struct parcel_entry one = { .mode = S_IFDIR | 0755 };

		if (!folder)
			return err_oom(e);
		if (there && S_ISREG(there->mode))
			return err_set(e, ENOTDIR,
				       "%s is a file in the guest, and %s is to be in it", folder,
				       to);
		if (!there)
			r = add(p, folder, &one, e);
	}
	return r;
}

int parcel_folder(struct parcel *p, const char *to, struct err *e)
{
	_cleanup_free_ char *below = str_printf("%s/", to);

	return !below ? err_oom(e) : !strcmp(to, "/") ? 0 : add_folders(p, below, e);
}

static int add_data(struct parcel *p, const char *to, mode_t mode, const char *text, struct err *e)
{
	struct parcel_entry one = { .mode = mode };
	int r = parcel_get(p, to) ? -EEXIST : add_folders(p, to, e);

	if (r < 0)
		return r == -EEXIST ? 0 : r;
	r = buf_puts(&one.data, text) < 0 ? err_oom(e) : add(p, to, &one, e);
	buf_free(&one.data);
	return r;
}

int parcel_link(struct parcel *p, const char *to, const char *target, struct err *e)
{
	return add_data(p, to, S_IFLNK | 0777, target, e);
}

int parcel_text(struct parcel *p, const char *to, const char *text, struct err *e)
{
	return add_data(p, to, S_IFREG | 0644, text, e);
}

static int read_entry(const char *from, struct parcel_entry *one, struct err *e)
{
	struct stat st;

	if (stat(from, &st) < 0)
		return err_errno(e, errno, "%s", from);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s is no file", from);
	one->mode = S_IFREG | (st.st_mode & 0777);
	one->time_s = st.st_mtime;
	one->from = strdup(from);
	return one->from ? file_read(from, PARCEL_BYTES_MAX, &one->data, e) : err_oom(e);
}

static int place(struct parcel *p, const char *to, struct parcel_entry *one, struct err *e)
{
	const struct parcel_entry *there = parcel_get(p, to);
	int r;

	if (there && (!S_ISREG(there->mode) || there->data.len != one->data.len ||
		      (one->data.len && memcmp(there->data.data, one->data.data, one->data.len))))
		return err_set(e, EEXIST, "%s and %s would both be %s in the guest",
			       there->from ? there->from : "what slowpath puts there", one->from,
			       to);
	if (there)
		return 0;
	r = add_folders(p, to, e);
	return r < 0 ? r : add(p, to, one, e);
}

int parcel_file(struct parcel *p, const char *from, const char *to, const struct parcel_entry **out,
		struct err *e)
{
	struct parcel_entry one = { 0 };
	int r = read_entry(from, &one, e);

	if (r == 0)
		r = place(p, to, &one, e);
	free(one.from);
	buf_free(&one.data);
	if (r == 0 && out)
		*out = parcel_get(p, to);
	return r;
}

int parcel_add(struct parcel *p, const struct parcel *from, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->count; i++) {
		const struct parcel_entry *x = &from->entries[i];
		const char *to = intern_text(&from->names, (uint32_t)i);
		struct parcel_entry one = { .mode = x->mode, .time_s = x->time_s };

		if (!S_ISREG(x->mode) && parcel_get(p, to))
			continue;
		one.from = x->from ? strdup(x->from) : NULL;
		if (!one.from != !x->from || buf_add(&one.data, x->data.data, x->data.len) < 0)
			r = err_oom(e);
		else
			r = S_ISREG(x->mode) ? place(p, to, &one, e) : add(p, to, &one, e);
		free(one.from);
		buf_free(&one.data);
	}
	return r;
}

static int pad(struct buf *b, size_t start, size_t to)
{
	static const char zeros[8];
	size_t over = (b->len - start) % to;

	return over ? buf_add(b, zeros, to - over) : 0;
}

static int write_entry(struct buf *b, size_t start, size_t index, const char *name, mode_t mode,
		       int64_t time_s, const struct buf *data)
{
	uint32_t numbers[PARCEL_NUMBERS] = { [PARCEL_INODE] = (uint32_t)index,
					     [PARCEL_MODE] = mode,
					     [PARCEL_LINKS] = 1,
					     [PARCEL_TIME] = time_s > 0 && time_s < UINT32_MAX
								     ? (uint32_t)time_s
								     : 0,
					     [PARCEL_SIZE] = (uint32_t)data->len,
					     [PARCEL_NAME_SIZE] = (uint32_t)strlen(name) + 1 };
	int r = buf_puts(b, PARCEL_ENTRY_MAGIC);

	for (size_t i = 0; i < PARCEL_NUMBERS; i++)
		r |= buf_printf(b, "%08x", numbers[i]);
	r |= buf_add(b, name, strlen(name) + 1);
	r |= pad(b, start, 4);
	if (data->len)
		r |= buf_add(b, data->data, data->len);
	return r | pad(b, start, 4);
}

int parcel_write(const struct parcel *p, struct buf *out, struct err *e)
{
	static const struct buf nothing;
	struct parcel_header h = { .magic = PARCEL_MAGIC };
	struct parcel_sum sum = { 0 };
	size_t at = out->len, start = at + sizeof(h);
	int r = buf_add(out, &h, sizeof(h));

	for (size_t i = 0; i < p->count; i++) {
		const struct parcel_entry *one = &p->entries[i];
		const char *name = intern_text(&p->names, (uint32_t)i);

		r |= write_entry(out, start, i + 1, name + 1, one->mode, one->time_s, &one->data);
	}
	r |= write_entry(out, start, 0, PARCEL_END, 0, 0, &nothing);
	r |= pad(out, start, 8);
	if (r)
		return err_oom(e);
	h.bytes = out->len - start;
	parcel_sum_add(&sum, out->data + start, h.bytes);
	h.sum = parcel_sum_value(&sum);
	memcpy(out->data + at, &h, sizeof(h));
	return 0;
}

int parcel_hash(const struct parcel *p, const char *to, struct hash_hex *out, struct err *e)
{
	const struct parcel_entry *one = parcel_get(p, to);
	_cleanup_buf_ struct buf all = { 0 };
	size_t len = strlen(to);
	int r = 0;

	for (size_t i = 0; r == 0 && !(one && S_ISREG(one->mode)) && i < p->count; i++) {
		const struct parcel_entry *x = &p->entries[i];
		const char *name = intern_text(&p->names, (uint32_t)i);

		if (!strncmp(name, to, len) && name[len] == '/')
			r = buf_printf(&all, "%s %o %s\n", name + len, (unsigned)x->mode,
				       hash_bytes(x->data.data, x->data.len).text);
	}
	*out = one && S_ISREG(one->mode) ? hash_bytes(one->data.data, one->data.len)
					 : hash_bytes(all.data, all.len);
	return r < 0 ? err_oom(e) : 0;
}
