// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs with what they need, and users' files, on their way into a guest. */
#include "base/cleanup.h"
#include "base/file.h"
#include "parcel/pack.h"
#include "proto/parcel.h"
#include "tests/unit/fake_elf.h"
#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(struct archive *, archive_read_free)

static char *dir;

static char *at(const char *name)
{
	char *path = str_printf("%s/%s", dir, name);

	assert_non_null(path);
	return path;
}

static void put(const char *name, const char *text)
{
	_cleanup_free_ char *path = at(name);
	struct err e = { 0 };

	if (file_write(path, text, strlen(text), &e) < 0)
		fail_msg("%s", e.text);
}

static void put_elf(const char *name, const struct fake_elf *what)
{
	_cleanup_free_ char *path = at(name);

	fake_elf_file(what, path);
}

static int enter(void **state)
{
	struct err e = { 0 };

	(void)state;
	return dir_temp("/tmp", "slowpath-test-", &dir, &e);
}

static int leave(void **state)
{
	int r = dir_remove(dir, NULL);

	(void)state;
	free(dir);
	return r;
}

static void make_folder(const char *name)
{
	_cleanup_free_ char *path = at(name);
	struct err e = { 0 };

	assert_int_equal(dir_make(path, &e), 0);
}

struct packed {
	struct parcel *parcel;
	struct hash_hex sha256;
	struct buf setup;
	struct err e;
};

static void packed_free(struct packed *p)
{
	parcel_free(p->parcel);
	buf_free(&p->setup);
}

#define _cleanup_packed_ __attribute__((cleanup(packed_free)))

static int pack(const char *name, const char *file, struct packed *out)
{
	_cleanup_free_ char *path = at(name);
	const struct pack_request q = { .path = path,
					.name = "prog",
					.words = "prog",
					.n_words = 1,
					.folder = dir,
					.files = file,
					.n_files = file ? 1 : 0 };

	*out = (struct packed){ 0 };
	return pack_program(&q, &out->parcel, &out->sha256, &out->setup, &out->e);
}

static bool has(const struct packed *p, const char *to)
{
	return parcel_get(p->parcel, to) != NULL;
}

static void libraries_travel_along(void **state)
{
	_cleanup_free_ char *interpreter = at("ld.so");
	struct fake_elf program = { .interpreter = interpreter,
				    .runpath = "/nowhere:$ORIGIN/lib",
				    .needed = { "liba.so", "libb.so" } };
	_cleanup_packed_ struct packed p;

	(void)state;
	make_folder("lib");
	put_elf("prog", &program);
	put_elf("ld.so", &(struct fake_elf){ .soname = "ld.so" });
	/* A program's RUNPATH is not its libraries', but what is loaded already is taken. */
	put_elf("lib/liba.so", &(struct fake_elf){ .needed = { "libb.so", "ld.so" } });
	put_elf("lib/libb.so", &(struct fake_elf){ .soname = "libb.so" });
	if (pack("prog", NULL, &p) < 0)
		fail_msg("%s", p.e.text);
	assert_true(has(&p, "/usr/bin/prog") && has(&p, interpreter));
	/* $ORIGIN is beside the program, which is in /usr/bin there. */
	assert_true(has(&p, "/usr/bin/lib/liba.so") && has(&p, "/usr/bin/lib/libb.so"));
	assert_true(has(&p, "/etc/passwd") && has(&p, "/lib64"));
	assert_int_equal(parcel_get(p.parcel, "/usr/bin/prog")->mode, S_IFREG | 0755);
	assert_non_null(strstr(buf_str(&p.setup), "with /usr/bin/lib/liba.so "));
	assert_null(strstr(buf_str(&p.setup), "passwd"));
}

static void an_rpath_is_also_that_of_what_it_loads(void **state)
{
	struct fake_elf program = { .rpath = "${ORIGIN}/deep", .needed = { "libc1.so" } };
	_cleanup_packed_ struct packed p;

	(void)state;
	make_folder("deep");
	put_elf("prog", &program);
	put_elf("deep/libc1.so", &(struct fake_elf){ .needed = { "libc2.so" } });
	put_elf("deep/libc2.so", &(struct fake_elf){ 0 });
	if (pack("prog", NULL, &p) < 0)
		fail_msg("%s", p.e.text);
	assert_true(has(&p, "/usr/bin/deep/libc2.so"));
}

static void what_is_missing_is_named(void **state)
{
	static const struct fake_elf program = { .runpath = "$ORIGIN/lib",
						 .needed = { "libnosuch.so" } };
	_cleanup_packed_ struct packed a, b, c, d, f;

	(void)state;
	put_elf("prog", &program);
	assert_int_equal(pack("prog", NULL, &a), -ENOENT);
	assert_non_null(strstr(a.e.text, "prog needs the library libnosuch.so"));
	put_elf("prog", &(struct fake_elf){ .interpreter = "/no/ld.so" });
	assert_int_equal(pack("prog", NULL, &b), -ENOENT);
	assert_non_null(strstr(b.e.text, "needs the interpreter /no/ld.so"));
	put("script", "#!/no/such -x\n");
	assert_int_equal(pack("script", NULL, &c), -ENOENT);
	assert_non_null(strstr(c.e.text, "is a script for '/no/such'"));
	put("text", "hello\n");
	assert_int_equal(pack("text", NULL, &d), -EINVAL);
	assert_non_null(strstr(d.e.text, "neither an ELF file nor a script"));
	/* One of that name, but for another machine, is passed over. */
	make_folder("lib");
	put_elf("prog", &program);
	put_elf("lib/libnosuch.so", &(struct fake_elf){ .machine = EM_AARCH64 });
	assert_int_equal(pack("prog", NULL, &f), -ENOENT);
}

static void scripts_bring_interpreters(void **state)
{
	_cleanup_free_ char *sh = at("sh"), *line = str_printf("#!%s -e\nls | nosuch; # cat\n", sh);
	_cleanup_packed_ struct packed p;

	(void)state;
	put_elf("sh", &(struct fake_elf){ 0 });
	put("script", line);
	if (pack("script", NULL, &p) < 0)
		fail_msg("%s", p.e.text);
	assert_true(has(&p, "/usr/bin/prog") && has(&p, sh));
	/* The words of a shell's text; not those of its comments. */
	assert_true(has(&p, "/usr/bin/ls") && !has(&p, "/usr/bin/cat"));
}

static void files_go_where_they_are_asked_to(void **state)
{
	static const struct {
		const char *word, *to;
	} cases[] = {
		{ "data", "/.slowpath/tmp/data" },	  { "data:here", "/.slowpath/tmp/here" },
		{ "data:in/", "/.slowpath/tmp/in/data" }, { "data:/tmp", "/.slowpath/tmp/data" },
		{ "data:/etc/passwd", "/etc/passwd" },	  { "data:/bin/./data", "/usr/bin/data" },
		{ "a:b", "/.slowpath/tmp/a:b" },	  { "tree", "/.slowpath/tmp/tree/link" },
		{ "tree:/srv", "/srv/deep/data" },	  { "tree:/", "/tree/deep/data" },
	};

	(void)state;
	put_elf("prog", &(struct fake_elf){ 0 });
	put("data", "1");
	put("a:b", "2");
	make_folder("tree/deep");
	put("tree/deep/data", "3");
	{
		_cleanup_free_ char *inner = at("tree/link"), *outer = at("tree/out");

		assert_int_equal(symlink("deep/data", inner), 0);
		assert_int_equal(symlink("../data", outer), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_packed_ struct packed p;

		if (pack("prog", cases[i].word, &p) < 0)
			fail_msg("%s: %s", cases[i].word, p.e.text);
		if (!has(&p, cases[i].to))
			fail_msg("%s: not as %s", cases[i].word, cases[i].to);
	}
	{
		_cleanup_packed_ struct packed p;

		/* A link within the folder stays one; what one leads to outside is taken. */
		assert_int_equal(pack("prog", "tree:/srv", &p), 0);
		assert_true(S_ISLNK(parcel_get(p.parcel, "/srv/link")->mode));
		assert_true(S_ISREG(parcel_get(p.parcel, "/srv/out")->mode));
		assert_string_equal(parcel_get(p.parcel, "/srv/out")->data.data, "1");
	}
}

static void places_where_nothing_can_be(void **state)
{
	static const struct {
		const char *word, *text;
	} cases[] = {
		{ "data:../x", "has no '..'" },		{ "data:/tmp/../etc/x", "has no '..'" },
		{ "../data", "say where it is to be" }, { "data:/proc/x", "nothing can be put" },
		{ "data:/init", "nothing can be put" }, { "tree:/.", "nothing can be put" },
		{ "nosuch", "No such file" },		{ "data:/usr/bin/prog", "would both be" },
		{ "/dev/null:x", "neither a file" },
	};

	(void)state;
	put_elf("prog", &(struct fake_elf){ 0 });
	put("data", "1");
	make_folder("tree");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_packed_ struct packed p;

		if (pack("prog", cases[i].word, &p) == 0)
			fail_msg("%s is taken", cases[i].word);
		if (!strstr(p.e.text, cases[i].text) || strncmp(p.e.text, "file: ", 6) != 0)
			fail_msg("%s: %s", cases[i].word, p.e.text);
	}
}

/* Another reader of the format finds the same. */
static void the_archive_is_cpio(void **state)
{
	_cleanup_(archive_read_free_p) struct archive *a = archive_read_new();
	_cleanup_buf_ struct buf bytes = { 0 };
	_cleanup_packed_ struct packed p;
	struct parcel_sum sum = { 0 };
	struct archive_entry *entry;
	struct parcel_header h;
	struct err e = { 0 };
	size_t n = 0;

	(void)state;
	put_elf("prog", &(struct fake_elf){ 0 });
	put("data", "12345");
	assert_int_equal(pack("prog", "data", &p), 0);
	assert_int_equal(parcel_write(p.parcel, &bytes, &e), 0);
	memcpy(&h, bytes.data, sizeof(h));
	assert_int_equal(h.bytes, bytes.len - sizeof(h));
	parcel_sum_add(&sum, bytes.data + sizeof(h), h.bytes);
	assert_int_equal(parcel_sum_value(&sum), h.sum);
	archive_read_support_format_cpio(a);
	assert_int_equal(archive_read_open_memory(a, bytes.data + sizeof(h), h.bytes), ARCHIVE_OK);
	for (; archive_read_next_header(a, &entry) == ARCHIVE_OK; n++) {
		_cleanup_free_ char *to = str_printf("/%s", archive_entry_pathname(entry));
		const struct parcel_entry *one = parcel_get(p.parcel, to);

		assert_non_null(one);
		assert_int_equal(archive_entry_mode(entry), one->mode);
		if (S_ISREG(one->mode))
			assert_int_equal(archive_entry_size(entry), one->data.len);
	}
	assert_int_equal(n, p.parcel->count);
	/* One word more or less, or two that have changed places, is another sum. */
	bytes.data[sizeof(h) + 8] ^= 1;
	sum = (struct parcel_sum){ 0 };
	parcel_sum_add(&sum, bytes.data + sizeof(h), h.bytes);
	assert_true(parcel_sum_value(&sum) != h.sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libraries_travel_along),
		cmocka_unit_test(an_rpath_is_also_that_of_what_it_loads),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(scripts_bring_interpreters),
		cmocka_unit_test(files_go_where_they_are_asked_to),
		cmocka_unit_test(places_where_nothing_can_be),
		cmocka_unit_test(the_archive_is_cpio),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
