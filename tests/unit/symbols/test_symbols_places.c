// SPDX-License-Identifier: GPL-2.0-or-later
/* The places file that the plugin gets is made of symbols. */
#include "base/buf.h"
#include "symbols/symbols.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define IRQ "ffffffff82000000 T irq_entries_start\n"
#define TIMER "ffffffff82001000 T asm_sysvec_apic_timer_interrupt\n"
#define FAULT "ffffffff82001040 T asm_exc_page_fault\n"
#define SYSCALL "ffffffff82002000 T entry_SYSCALL_64\n"
#define SWITCH "ffffffff82003000 T __switch_to_asm\n"
#define END "ffffffff82003050 T end\n"

static int places(const char *text, struct buf *out, struct err *e)
{
	_cleanup_(symbols_free_p) struct symbols *s = NULL;

	if (symbols_parse(text, strlen(text), &s, e) < 0)
		fail_msg("%s", e->text);
	return symbols_places(s, out, e);
}

static void all_kinds_are_written(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(places(SWITCH SYSCALL "ffffffff82000100 T spurious_entries_start\n"
					       "ffffffff82001100 T asm_exc_divide_error\n"
					       "ffffffff82001140 T asm_sysvec_reboot\n"
					       "ffffffff81000000 T asm_other\n" IRQ TIMER FAULT END,
				&b, &e),
			 0);
	assert_string_equal(buf_str(&b), "interrupt ffffffff82000000 ffffffff82000100\n"
					 "interrupt ffffffff82000100 ffffffff82001000\n"
					 "interrupt ffffffff82001000 ffffffff82001040\n"
					 "exception ffffffff82001040 ffffffff82001041\n"
					 "stub ffffffff82001041 ffffffff82001100\n"
					 "exception ffffffff82001100 ffffffff82001101\n"
					 "stub ffffffff82001101 ffffffff82001140\n"
					 "interrupt ffffffff82001140 ffffffff82002000\n"
					 "task ffffffff82002000 ffffffff82002001\n"
					 "switch ffffffff82003000 ffffffff82003050\n");
}

/* As the text section's start mark does: a stub reaches to the next address, not the next name. */
static void a_shared_address_does_not_end_a_stub(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(places("ffffffff82000000 T __irqentry_text_start\n"
				"ffffffff82000000 T zz_alias\n"
				"ffffffff82000800 t next\n" IRQ TIMER FAULT SYSCALL SWITCH END,
				&b, &e),
			 0);
	assert_non_null(strstr(buf_str(&b), "interrupt ffffffff82000000 ffffffff82000800\n"));
}

static void the_last_symbol_is_a_byte_long(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(places(IRQ TIMER FAULT SYSCALL SWITCH, &b, &e), 0);
	assert_non_null(strstr(buf_str(&b), "switch ffffffff82003000 ffffffff82003001\n"));
}

static void what_is_missing_is_named(void **state)
{
	static const struct {
		const char *text;
		const char *name;
	} rows[] = {
		{ TIMER FAULT SYSCALL SWITCH END, "irq_entries_start" },
		{ IRQ FAULT SYSCALL SWITCH END, "asm_sysvec_apic_timer_interrupt" },
		{ IRQ TIMER SYSCALL SWITCH END, "asm_exc_page_fault" },
		{ IRQ TIMER FAULT SWITCH END, "entry_SYSCALL_64" },
		{ IRQ TIMER FAULT SYSCALL END, "__switch_to_asm" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf b = { 0 };
		struct err e = { 0 };

		assert_int_equal(places(rows[i].text, &b, &e), -ENOENT);
		assert_int_equal(e.status, ERR_UNMEASURED);
		if (!strstr(e.text, rows[i].name))
			fail_msg("%s: %s", rows[i].name, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_are_written),
		cmocka_unit_test(a_shared_address_does_not_end_a_stub),
		cmocka_unit_test(the_last_symbol_is_a_byte_long),
		cmocka_unit_test(what_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
