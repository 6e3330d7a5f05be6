// SPDX-License-Identifier: GPL-2.0-or-later
/* The store with local kernels: no network, no apt. */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "kernel/store/store.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char *dir, *home;
	struct kernel_store *st;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	p->dir = fake_dir();
	p->home = str_printf("%s/home", p->dir);
	assert_int_equal(kernel_store_open(p->home, p->home, &p->st, NULL), 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	kernel_store_close(p->st);
	fake_dir_remove(p->dir);
	free(p->home);
	free(p);
	return 0;
}

static char *put_bzimage(struct place *p, const char *name, const struct fake *f)
{
	_cleanup_buf_ struct buf vmlinux = { 0 }, image = { 0 };

	fake_vmlinux(f, &vmlinux);
	fake_bzimage(&vmlinux, "zstd", &image);
	return fake_file(p->dir, name, &image);
}

static struct kernel *add(struct place *p, const char *spec, const char *name)
{
	struct kernel *k = NULL;
	struct err e = { 0 };

	if (kernel_add(p->st, spec, name, NULL, NULL, &k, &e) < 0)
		fail_msg("%s", e.text);
	return k;
}

static size_t count(struct place *p)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };

	assert_int_equal(kernel_list(p->st, &list, NULL), 0);
	return list.count;
}

static void bzimage_becomes_a_kernel(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "bzImage",
						&(struct fake){ .config = "CONFIG_A=y\n"
									  "CONFIG_B=m\n"
									  "CONFIG_HZ=250\n"
									  "# CONFIG_C is "
									  "not set\n" });
	_cleanup_kernel_ struct kernel *k = add(p, path, NULL);
	struct hash_hex hex;

	assert_string_equal(k->spec, path);
	assert_string_equal(k->release, FAKE_RELEASE);
	assert_string_equal(k->version, FAKE_VERSION);
	assert_string_equal(k->compiler, FAKE_COMPILER);
	assert_null(k->name);
	assert_null(k->suite);
	assert_true(k->pvh);
	assert_null(k->bzimage_path);
	assert_int_equal(hash_file(path, &hex, NULL), 0);
	assert_string_equal(k->image_sha256, hex.text);
	assert_int_equal(hash_file(k->vmlinux_path, &hex, NULL), 0);
	assert_string_equal(k->id, hex.text);
	assert_string_equal(k->vmlinux_sha256, hex.text);
	assert_int_equal(hash_file(k->config_path, &hex, NULL), 0);
	assert_string_equal(k->config_sha256, hex.text);
	assert_int_equal(kernel_config_has(k, "CONFIG_A"), KERNEL_CONFIG_Y);
	assert_int_equal(kernel_config_has(k, "CONFIG_B"), KERNEL_CONFIG_M);
	assert_int_equal(kernel_config_has(k, "CONFIG_HZ"), KERNEL_CONFIG_Y);
	assert_int_equal(kernel_config_has(k, "CONFIG_C"), KERNEL_CONFIG_N);
	assert_int_equal(kernel_config_has(k, "CONFIG_H"), KERNEL_CONFIG_N);
}

/* A path whose file was rebuilt is another kernel, however fast that was. */
static void rebuilt_file_is_read_again(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "bzImage", &(struct fake){ .release = "6.1.1" });
	_cleanup_kernel_ struct kernel *first = add(p, path, NULL), *second = NULL, *third = NULL;

	free(put_bzimage(p, "bzImage", &(struct fake){ .release = "6.1.2" }));
	second = add(p, path, NULL);
	assert_string_equal(first->release, "6.1.1");
	assert_string_equal(second->release, "6.1.2");
	assert_string_not_equal(first->id, second->id);
	free(put_bzimage(p, "bzImage", &(struct fake){ .release = "6.1.1" }));
	third = add(p, path, NULL);
	assert_string_equal(third->id, first->id);
	assert_int_equal(count(p), 2);
}

static void one_build_from_two_sources(void **state)
{
	struct place *p = *state;
	_cleanup_buf_ struct buf vmlinux = { 0 };
	_cleanup_free_ char *image = put_bzimage(p, "bzImage", &(struct fake){ 0 });
	_cleanup_free_ char *path = NULL;
	_cleanup_kernel_ struct kernel *a = add(p, image, NULL), *b = NULL;

	fake_vmlinux(&(struct fake){ 0 }, &vmlinux);
	path = fake_file(p->dir, "vmlinux", &vmlinux);
	b = add(p, path, NULL);
	assert_string_equal(a->id, b->id);
	assert_string_not_equal(a->image_sha256, b->image_sha256);
	assert_string_equal(b->image_sha256, b->vmlinux_sha256);
	assert_int_equal(count(p), 2);
}

static void names_stay_and_move(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *one = put_bzimage(p, "one", &(struct fake){ .release = "6.1.1" });
	_cleanup_free_ char *two = put_bzimage(p, "two", &(struct fake){ .release = "6.1.2" });
	_cleanup_kernel_ struct kernel *a = add(p, one, "mine"), *b = add(p, one, "also"),
				       *c = NULL;
	_cleanup_kernel_ struct kernel *by_name = NULL, *moved = NULL;

	assert_int_equal(kernel_resolve(p->st, "mine", NULL, NULL, NULL, &by_name, NULL), 0);
	assert_string_equal(by_name->id, a->id);
	assert_string_equal(b->id, a->id);
	c = add(p, two, "mine");
	assert_int_equal(kernel_resolve(p->st, "mine", NULL, NULL, NULL, &moved, NULL), 0);
	assert_string_equal(moved->id, c->id);
	assert_string_equal(moved->release, "6.1.2");
}

static void config_from_beside(void **state)
{
	static const struct buf text = { .data = (char *)(uintptr_t)("CONFIG_Y=y\n"), .len = 11 };
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "vmlinuz", &(struct fake){ 0 });
	_cleanup_kernel_ struct kernel *k = NULL;

	free(fake_file(p->dir, "config-" FAKE_RELEASE, &text));
	k = add(p, path, NULL);
	assert_int_equal(kernel_config_has(k, "CONFIG_Y"), KERNEL_CONFIG_Y);
}

static void without_pvh_the_bzimage_stays(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "bzImage", &(struct fake){ .no_pvh = true });
	_cleanup_kernel_ struct kernel *k = add(p, path, NULL);
	struct hash_hex hex;

	assert_false(k->pvh);
	assert_non_null(k->bzimage_path);
	assert_int_equal(hash_file(k->bzimage_path, &hex, NULL), 0);
	assert_string_equal(hex.text, k->image_sha256);
	assert_null(k->config_path);
	assert_int_equal(kernel_config_has(k, "CONFIG_Y"), KERNEL_CONFIG_UNKNOWN);
}

static void built_tree(void **state)
{
	static const struct buf text = { .data = (char *)(uintptr_t)("CONFIG_T=y\n"), .len = 11 };
	struct place *p = *state;
	_cleanup_free_ char *boot = str_printf("%s/arch/x86/boot", p->dir);
	_cleanup_kernel_ struct kernel *k = NULL, *none = NULL;
	struct err e = { 0 };

	assert_int_equal(kernel_resolve(p->st, p->dir, NULL, NULL, NULL, &none, &e), -EINVAL);
	assert_non_null(strstr(e.text, "not built yet"));
	assert_int_equal(dir_make(boot, NULL), 0);
	free(put_bzimage(p, "arch/x86/boot/bzImage", &(struct fake){ 0 }));
	free(fake_file(p->dir, ".config", &text));
	k = add(p, p->dir, NULL);
	assert_string_equal(k->spec, p->dir);
	assert_int_equal(kernel_config_has(k, "CONFIG_T"), KERNEL_CONFIG_Y);
}

static void removed_is_gone(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "bzImage", &(struct fake){ 0 });
	_cleanup_kernel_ struct kernel *k = add(p, path, "mine"), *found = NULL;
	struct err e = { 0 };

	assert_int_equal(kernel_find(p->st, "mine", &found, NULL), 0);
	assert_int_equal(kernel_remove(p->st, found, NULL), 0);
	assert_false(file_exists(k->dir));
	assert_int_equal(count(p), 0);
	assert_int_equal(kernel_remove(p->st, found, &e), -ENOENT);
	kernel_free(steal(&found));
	assert_int_equal(kernel_find(p->st, "mine", &found, &e), -ENOENT);
}

static void failure_leaves_nothing(void **state)
{
	static const struct buf junk = { .data = (char *)(uintptr_t)("\x7f"
								     "ELF junk"),
					 .len = 9 };
	struct place *p = *state;
	_cleanup_free_ char *path = fake_file(p->dir, "junk", &junk);
	_cleanup_free_ char *kernels = str_printf("%s/kernels", p->home);
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err e = { 0 };
	struct dirent *d;
	DIR *dir;

	assert_int_equal(kernel_resolve(p->st, path, NULL, NULL, NULL, &k, &e), -EBADMSG);
	assert_int_equal(e.status, ERR_TOOL);
	assert_non_null(strstr(e.text, path));
	dir = opendir(kernels);
	assert_non_null(dir);
	while ((d = readdir(dir)))
		assert_true(d->d_name[0] == '.' && strncmp(d->d_name, ".tmp", 4) != 0);
	closedir(dir);
}

/* What a killed process left goes at the next open; what a live one holds stays. */
static void sweeps_leftovers(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *dead = str_printf("%s/kernels/.tmp-dead00/entry", p->home);
	_cleanup_free_ char *live = str_printf("%s/kernels/.tmp-live00", p->home);
	_cleanup_free_ char *lock = str_printf("%s/kernels/.tmp-live00/lock", p->home);
	_cleanup_kernel_store_ struct kernel_store *again = NULL;
	_cleanup_close_ int fd = -1;

	assert_int_equal(dir_make(dead, NULL), 0);
	assert_int_equal(dir_make(live, NULL), 0);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(kernel_store_open(p->home, p->home, &again, NULL), 0);
	assert_false(file_exists(dead));
	assert_true(file_exists(live));
}

static void count_note(void *arg, const char *text)
{
	(void)text;
	++*(unsigned *)arg;
}

/* Whoever lists the store is told once, and gets the others. */
static void damaged_meta_is_passed_over(void **state)
{
	static const struct buf bad = { .data = (char *)(uintptr_t)("{\"schema\": 1}"), .len = 13 };
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "a", &(struct fake){ .release = "6.1.1" });
	_cleanup_free_ char *other = put_bzimage(p, "b", &(struct fake){ .release = "6.1.2" });
	_cleanup_kernel_ struct kernel *k = add(p, path, "mine"), *whole = add(p, other, NULL);
	_cleanup_kernel_ struct kernel *again = NULL;
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	_cleanup_free_ char *removed = NULL;
	unsigned told = 0;

	free(fake_file(k->dir, "meta.json", &bad));
	kernel_store_set_warn(p->st, count_note, &told);
	assert_int_equal(kernel_list(p->st, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0]->id, whole->id);
	assert_int_equal(list.n_damaged, 1);
	assert_string_equal(list.damaged[0].id, k->id);
	assert_int_equal(kernel_find(p->st, k->id, &again, NULL), -ENOENT);
	assert_int_equal(told, 1);
	assert_int_equal(kernel_remove_damaged(p->st, whole->id, &removed, NULL), -ENOENT);
	assert_int_equal(kernel_remove_damaged(p->st, k->id, &removed, NULL), 0);
	assert_false(file_exists(k->dir));
}

static void adding_mends_a_damaged_meta(void **state)
{
	static char brace[] = "{";
	const struct buf bad = { .data = brace, .len = 1 };
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "a", &(struct fake){ 0 });
	_cleanup_kernel_ struct kernel *k = add(p, path, NULL), *again = NULL, *gone = NULL;
	_cleanup_free_ char *meta = str_printf("%s/meta.json", k->dir);

	free(fake_file(k->dir, "meta.json", &bad));
	again = add(p, path, NULL);
	assert_string_equal(again->id, k->id);
	assert_int_equal(unlink(meta), 0);
	gone = add(p, path, NULL);
	assert_string_equal(gone->id, k->id);
	assert_int_equal(count(p), 1);
}

/* Changes the first @from of a file to @to, which is as long. */
static void change(const char *path, const char *from, const char *to)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *at;

	assert_int_equal(file_read(path, 64U << 20, &text, NULL), 0);
	at = memmem(text.data, text.len, from, strlen(from));
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	assert_int_equal(file_write(path, text.data, text.len, NULL), 0);
}

static void altered_text_of_meta_is_damage(void **state)
{
	static const char *const changes[][2] = { { "gcc-14", "gcc-13" },
						  { "6.17.13+deb13", "6.17.12+deb13" },
						  { "PREEMPT", "preempt" },
						  { "\"pvh\": true", "\"pvh\": null" },
						  { "\"added\": \"2", "\"added\": \"1" } };
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "a", &(struct fake){ 0 });
	_cleanup_kernel_ struct kernel *k = add(p, path, "mine");
	_cleanup_free_ char *meta = str_printf("%s/meta.json", k->dir);

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		change(meta, changes[i][0], changes[i][1]);
		assert_int_equal(count(p), 0);
		change(meta, changes[i][1], changes[i][0]);
		assert_int_equal(count(p), 1);
	}
}

/* Of a slowpath that kept no sums: it is read, checked against the vmlinux, and gets them. */
static void old_meta_gets_its_sums(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *path = put_bzimage(p, "a", &(struct fake){ .no_pvh = true });
	_cleanup_kernel_ struct kernel *k = add(p, path, NULL);
	_cleanup_free_ char *meta = str_printf("%s/meta.json", k->dir);
	struct kernel_checked *found = NULL;
	size_t n = 0;

	change(meta, "\"sum\"", "\"sux\"");
	change(meta, "\"sum\"", "\"sux\"");
	change(meta, "\"bzimage_sha256\"", "\"bzimagx_sha256\"");
	change(meta, "gcc-14", "gcc-13");
	assert_int_equal(kernel_check(p->st, NULL, &found, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_false(kernel_checked_ok(&found[0]));
	assert_non_null(strstr(found[0].files[found[0].n_files - 1].why, "compiler"));
	kernel_checked_free(found, n);
	change(meta, "gcc-13", "gcc-14");
	assert_int_equal(kernel_check(p->st, k->id, &found, &n, NULL), 0);
	assert_true(kernel_checked_ok(&found[0]));
	assert_string_equal(found[0].files[1].file, "bzImage");
	kernel_checked_free(found, n);
	change(meta, "gcc-14", "gcc-13");
	assert_int_equal(count(p), 0);
}

/* One byte of any file of an entry: it is not used, and "check" says which file it was. */
static void one_changed_byte(void **state)
{
	static const char *const names[] = { "vmlinux", "bzImage", "config" };
	struct place *p = *state;
	_cleanup_free_ char *path =
		put_bzimage(p, "a", &(struct fake){ .no_pvh = true, .config = "CONFIG_A=y\n" });
	_cleanup_kernel_ struct kernel *k = add(p, path, NULL), *none = NULL;
	struct kernel_checked *found = NULL;
	size_t n = 0;

	for (unsigned f = 0; f < ARRAY_SIZE(names); f++) {
		_cleanup_free_ char *file = str_printf("%s/%s", k->dir, names[f]);
		_cleanup_buf_ struct buf text = { 0 };
		struct err e = { 0 };

		assert_int_equal(kernel_verify(k, f, &e), 0);
		assert_int_equal(file_read(file, 64U << 20, &text, NULL), 0);
		text.data[text.len - 1] ^= 1;
		assert_int_equal(file_write(file, text.data, text.len, NULL), 0);
		assert_int_equal(kernel_verify(k, f, &e), -EUCLEAN);
		assert_int_equal(e.status, ERR_TOOL);
		assert_non_null(strstr(e.text, "slowpath kernel check"));
		assert_non_null(strstr(e.text, names[f]));
		assert_int_equal(kernel_check(p->st, NULL, &found, &n, NULL), 0);
		assert_int_equal(n, 1);
		for (size_t i = 0; i < found[0].n_files; i++)
			assert_true(!strcmp(found[0].files[i].file, names[f]) ==
				    (found[0].files[i].why != NULL));
		kernel_checked_free(found, n);
		assert_int_equal(kernel_resolve(p->st, path, NULL, NULL, NULL, &none, NULL),
				 f == KERNEL_FILE_CONFIG ? -EUCLEAN : 0);
		kernel_free(steal(&none));
		text.data[text.len - 1] ^= 1;
		assert_int_equal(file_write(file, text.data, text.len, NULL), 0);
	}
}

/* The rest of git: is in tests/cli/kernels/build.py. */
static void git_needs_a_tree(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *spec = str_printf("git:%s/none@v6.17", p->dir);
	struct kernel *k = NULL;
	struct err e = { 0 };

	assert_int_equal(kernel_resolve(p->st, spec, NULL, NULL, NULL, &k, &e), -ENOENT);
	assert_int_equal(e.status, ERR_TOOL);
	assert_int_equal(kernel_find(p->st, spec, &k, NULL), -ENOENT);
	assert_null(k);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(bzimage_becomes_a_kernel),
		T(rebuilt_file_is_read_again),
		T(one_build_from_two_sources),
		T(names_stay_and_move),
		T(config_from_beside),
		T(without_pvh_the_bzimage_stays),
		T(built_tree),
		T(removed_is_gone),
		T(failure_leaves_nothing),
		T(sweeps_leftovers),
		T(damaged_meta_is_passed_over),
		T(adding_mends_a_damaged_meta),
		T(altered_text_of_meta_is_damage),
		T(old_meta_gets_its_sums),
		T(one_changed_byte),
		T(git_needs_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
