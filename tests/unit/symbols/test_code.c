// SPDX-License-Identifier: GPL-2.0-or-later
/* Code that is told again, who calls whom, and which file it was written in. */
#include "symbols/bug_files.h"
#include "symbols/code.h"
#include "symbols/code_calls.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#define BASE 0xffffffff81000000ull

static const char kallsyms[] = "ffffffff81000000 T caller\n"
			       "ffffffff81000010 t leaf\n"
			       "ffffffff81000020 t alone.part.0\n"
			       "ffffffff81000030 T end_of_all\n";

static struct symbols *symbols(void)
{
	struct symbols *s = NULL;
	struct err e = { 0 };

	if (symbols_parse(kallsyms, strlen(kallsyms), &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static void make(const char *listing, struct code *out)
{
	_cleanup_(symbols_free_p) struct symbols *s = symbols();
	_cleanup_disasm_ struct disasm d = { .start = BASE, .end = BASE + 0x10 };
	struct err e = { 0 };

	*out = (struct code){ 0 };
	assert_int_equal(disasm_parse(listing, strlen(listing), s, &d, &e), 0);
	assert_int_equal(code_add(out, &d, &e), 0);
	code_done(out);
}

/* The same with other registers, other places on the stack, and no frame. */
static const char one[] = "ffffffff81000000:\t55\tpush   %rbp\n"
			  "ffffffff81000001:\t48\tmov    0x58(%rdi),%rax\n"
			  "ffffffff81000002:\t48\ttest   %rax,%rax\n"
			  "ffffffff81000003:\t74\tje     0xffffffff81000008\n"
			  "ffffffff81000004:\t48\tmov    %rax,0x10(%rsp)\n"
			  "ffffffff81000005:\t48\tand    $0x100cca,%eax\n"
			  "ffffffff81000006:\tc3\tret\n";
static const char again[] = "ffffffff81000000:\t48\tmov    0x58(%rsi),%rdx\n"
			    "ffffffff81000002:\t48\ttest   %rdx,%rdx\n"
			    "ffffffff81000003:\t74\tje     0xffffffff81000009\n"
			    "ffffffff81000004:\t48\tmov    %rdx,0x28(%rsp)\n"
			    "ffffffff81000005:\t48\tand    $0x100cca,%edx\n"
			    "ffffffff81000006:\tc3\tret\n";
static const char other[] = "ffffffff81000000:\t48\tlea    0x8(%rsi),%rdx\n"
			    "ffffffff81000002:\t48\txor    %edx,%edx\n"
			    "ffffffff81000003:\t74\tshl    $0x3,%rax\n"
			    "ffffffff81000004:\t48\tor     %rdx,%rax\n"
			    "ffffffff81000006:\tc3\tret\n";

static void code_is_told_again(void **state)
{
	struct code a, b, c, none = { 0 };

	(void)state;
	make(one, &a);
	make(again, &b);
	make(other, &c);
	assert_int_equal(a.insns, 5);
	assert_near(code_alike(&a, &b), 1, 0);
	assert_near(code_alike(&a, &c), 0, 0);
	assert_near(code_alike(&a, &none), 0, 0);
	assert_near(code_alike(&none, &none), 0, 0);
	code_free(&a);
	code_free(&b);
	code_free(&c);
}

/* caller: a call of leaf, one into its middle, a jump to the part; leaf: nothing. */
static const uint8_t code[0x30] = {
	0xe8, 0x0b, 0x00, 0x00, 0x00, 0xe8, 0x07, 0x00, 0x00,
	0x00, 0xe9, 0x11, 0x00, 0x00, 0x00, 0xc3, 0xc3,
};

static void calls_are_found(void **state)
{
	_cleanup_(symbols_free_p) struct symbols *s = symbols();
	const struct text t = { (uint8_t *)code, BASE, sizeof(code) };
	_cleanup_buf_ struct buf calls = { 0 };
	const struct code_call *at;
	bool wanted[8] = { false };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(code_calls(&t, s, wanted, &calls, &e), 0);
	assert_int_equal(calls.len, 0);
	wanted[symbols_index(s, "caller")] = true;
	assert_int_equal(code_calls(&t, s, wanted, &calls, &e), 0);
	assert_int_equal(calls.len, 2 * sizeof(*at));
	at = (const struct code_call *)(const void *)calls.data;
	assert_string_equal(symbols_name(s, at[0].caller), "caller");
	assert_string_equal(symbols_name(s, at[0].callee), "alone");
	assert_string_equal(symbols_name(s, at[1].callee), "leaf");
	assert_int_equal(symbols_index(s, "nobody"), -1);
	assert_int_equal(symbols_starting(s, BASE + 0x11), -1);
}

#define TABLE (BASE + 0x100)

/* One entry: its place, and the file that the name at @name is; both relative to themselves. */
static void put_entry(uint8_t *bytes, size_t at, unsigned size, uint64_t place, uint64_t name)
{
	unsigned file = size == 16 ? 8 : 4;
	int32_t distance = (int32_t)(place - (BASE + at));

	memcpy(bytes + at, &distance, 4);
	distance = (int32_t)(name - (BASE + at + file));
	memcpy(bytes + at + file, &distance, 4);
}

static char *write_table(const char *dir, unsigned size, bool damaged)
{
	static const char names[] = "\0.shstrtab\0__bug_table";
	struct {
		Elf64_Ehdr h;
		Elf64_Phdr p;
		Elf64_Shdr s[3];
		char names[32];
		uint8_t bytes[0x200];
	} f = { .h = { .e_ident = ELFMAG,
		       .e_machine = EM_X86_64,
		       .e_phoff = sizeof(Elf64_Ehdr),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 1,
		       .e_shoff = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
		       .e_shentsize = sizeof(Elf64_Shdr),
		       .e_shnum = 3,
		       .e_shstrndx = 1 } };
	char *path = str_printf("%s/vmlinux", dir);
	struct err e = { 0 };

	f.h.e_ident[EI_CLASS] = ELFCLASS64;
	f.p = (Elf64_Phdr){ .p_type = PT_LOAD,
			    .p_offset = (uint64_t)((char *)f.bytes - (char *)&f),
			    .p_vaddr = BASE,
			    .p_filesz = sizeof(f.bytes) };
	memcpy(f.names, names, sizeof(names));
	f.s[1] = (Elf64_Shdr){ .sh_offset = (uint64_t)(f.names - (char *)&f),
			       .sh_size = sizeof(f.names) };
	f.s[2] = (Elf64_Shdr){
		.sh_name = 11, .sh_type = SHT_PROGBITS, .sh_addr = TABLE, .sh_size = 4u * size
	};
	strcpy((char *)f.bytes + 0x80, damaged ? "\x01" : "mm/memory.c");
	strcpy((char *)f.bytes + 0x90, damaged ? "\x01" : "include/linux/mm.h");
	strcpy((char *)f.bytes + 0xc0, damaged ? "\x01" : "mm/rmap.c");
	put_entry(f.bytes, 0x100, size, BASE + 0x10, BASE + 0x80);
	put_entry(f.bytes, 0x100 + size, size, BASE + 0x34, BASE + 0x90);
	put_entry(f.bytes, 0x100 + 2 * size, size, BASE + 0x50, BASE + 0x80);
	put_entry(f.bytes, 0x100 + 3 * size, size, BASE + 0x70, BASE + 0xc0);
	assert_int_equal(file_write(path, &f, sizeof(f), &e), 0);
	return path;
}

static int read_table(unsigned size, bool damaged, struct bug_files *out)
{
	_cleanup_free_ char *dir = NULL, *path = NULL;
	struct err e = { 0 };
	int r;

	assert_int_equal(dir_temp("/tmp", "slowpath-test-", &dir, &e), 0);
	path = write_table(dir, size, damaged);
	r = bug_files_read(path, out, &e);
	dir_remove(dir, NULL);
	return r;
}

static void files_are_told_by_the_kernel(void **state)
{
	(void)state;
	for (unsigned size = 12; size <= 16; size += 4) {
		_cleanup_bug_files_ struct bug_files b = { 0 };

		assert_int_equal(read_table(size, false, &b), 0);
		assert_int_equal(b.count, 3);
		assert_string_equal(bug_files_of(&b, BASE + 0x10, BASE + 0x20), "mm/memory.c");
		/* Between two of one file; what was inlined there is of a header. */
		assert_string_equal(bug_files_of(&b, BASE + 0x30, BASE + 0x40), "mm/memory.c");
		assert_string_equal(bug_files_of(&b, BASE + 0x70, BASE + 0x78), "mm/rmap.c");
		/* Between two files, before the first, behind the last, over two. */
		assert_null(bug_files_of(&b, BASE + 0x58, BASE + 0x60));
		assert_null(bug_files_of(&b, BASE, BASE + 0x10));
		assert_null(bug_files_of(&b, BASE + 0x78, BASE + 0x80));
		assert_null(bug_files_of(&b, BASE + 0x40, BASE + 0x78));
	}
}

static void a_table_of_another_form_tells_nothing(void **state)
{
	struct bug_files b;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(read_table(12, true, &b), -ENODATA);
	assert_int_equal(bug_files_read("/dev/null", &b, &e), -ENODATA);
	assert_int_equal(bug_files_read("/nowhere", &b, &e), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_is_told_again),
		cmocka_unit_test(calls_are_found),
		cmocka_unit_test(files_are_told_by_the_kernel),
		cmocka_unit_test(a_table_of_another_form_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
