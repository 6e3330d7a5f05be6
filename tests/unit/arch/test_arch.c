// SPDX-License-Identifier: GPL-2.0-or-later
/* Architectures by what names them. */
#include "arch/arch.h"
#include "tests/unit/unit.h"

#include <elf.h>
#include <string.h>

static void by_name_and_machine(void **state)
{
	(void)state;
	assert_ptr_equal(arch_named("amd64"), arch_default());
	assert_ptr_equal(arch_named("arm64"), &arch_arm64);
	assert_null(arch_named("arm"));
	assert_null(arch_named("aarch64"));
	assert_ptr_equal(arch_of_elf(EM_X86_64), &arch_x86_64);
	assert_ptr_equal(arch_of_elf(EM_AARCH64), &arch_arm64);
	assert_null(arch_of_elf(EM_RISCV));
}

static void by_flavour(void **state)
{
	(void)state;
	assert_ptr_equal(arch_of_flavour("cloud-amd64"), &arch_x86_64);
	assert_ptr_equal(arch_of_flavour("amd64"), &arch_x86_64);
	assert_ptr_equal(arch_of_flavour("cloud-arm64"), &arch_arm64);
	assert_ptr_equal(arch_of_flavour("arm64-16k"), &arch_arm64);
	assert_ptr_equal(arch_of_flavour("rt-arm64"), &arch_arm64);
	assert_ptr_equal(arch_of_flavour("*arm64"), &arch_arm64);
	assert_ptr_equal(arch_of_flavour("6.17*arm64*"), &arch_arm64);
	assert_ptr_equal(arch_of_flavour("?arm64-"), &arch_arm64);
	assert_null(arch_of_flavour("*"));
	assert_null(arch_of_flavour("*arm6?"));
	assert_null(arch_of_flavour("cloud-arm"));
	assert_null(arch_of_flavour(""));
}

static void each_is_whole(void **state)
{
	size_t n = 0;

	(void)state;
	for (; arch_at(n); n++) {
		const struct arch *a = arch_at(n);

		assert_ptr_equal(arch_named(a->name), a);
		assert_ptr_equal(arch_of_flavour(a->flavour), a);
		assert_non_null(strstr(arch_names(), a->name));
		assert_non_null(strstr(ARCH_CHOICE, a->name));
		assert_true(a->needed[0] && a->places[0].name && a->entries[0].name);
		assert_true(a->qemu_program && a->qemu_target && a->guest && a->cpu_model &&
			    a->cpu_options && a->panic_device && a->page_fault && a->text_symbol);
	}
	assert_int_equal(n, ARCH_MAX);
}

static void entries_are_events(void **state)
{
	(void)state;
	assert_int_equal(arch_entry_of(&arch_x86_64, "asm_exc_page_fault"), ARCH_ENTRY_FAULT);
	assert_int_equal(arch_entry_of(&arch_x86_64, "asm_sysvec_reboot"), ARCH_ENTRY_INTERRUPT);
	assert_int_equal(arch_entry_of(&arch_x86_64, "do_mem_abort"), ARCH_ENTRY_NONE);
	assert_int_equal(arch_entry_of(&arch_arm64, "do_mem_abort"), ARCH_ENTRY_FAULT);
	assert_int_equal(arch_entry_of(&arch_arm64, "cpu_switch_to"), ARCH_ENTRY_SWITCH);
	assert_int_equal(arch_entry_of(&arch_arm64, "do_mem_abort_more"), ARCH_ENTRY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name_and_machine),
		cmocka_unit_test(by_flavour),
		cmocka_unit_test(each_is_whole),
		cmocka_unit_test(entries_are_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
