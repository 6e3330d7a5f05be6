// SPDX-License-Identifier: GPL-2.0-or-later
/* What a failing guest says becomes an error for people. */
#include "lab/guest_error.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

/* A report of one frame. */
static struct report one(struct report_item *item, enum report_frame_type type, const char *text)
{
	*item = (struct report_item){ type, (const uint8_t *)text, strlen(text) };
	return (struct report){ .why = REPORT_FAILED, .items = item, .count = 1 };
}

static void the_guests_words_are_kept(void **state)
{
	struct report_item item;
	struct report r = one(&item, FRAME_ERROR, "mmap: no memory\nneeds CONFIG_SHMEM");
	struct err e = { 0 };

	(void)state;
	assert_true(guest_error(&r, &e) < 0);
	assert_string_equal(e.text, "in the guest: mmap: no memory;needs CONFIG_SHMEM");
	assert_int_equal(e.status, ERR_UNMEASURED);
	r = one(&item, FRAME_UNAME, "6.17");
	assert_true(guest_error(&r, &e) < 0);
	assert_non_null(strstr(e.text, "does not say why"));
}

static void long_words_are_cut(void **state)
{
	struct report_item item;
	char text[5000];
	struct report r;
	struct err e = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	r = one(&item, FRAME_ERROR, text);
	assert_true(guest_error(&r, &e) < 0);
	assert_true(strlen(e.text) < 500);
}

static void another_kernel_is_refused(void **state)
{
	struct report_item item;
	struct report r = one(&item, FRAME_UNAME, "6.17.13\n#1 SMP");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(guest_check_release(&r, "6.17.13", &e), 0);
	assert_int_equal(guest_check_release(&r, NULL, &e), 0);
	assert_int_equal(guest_check_release(&r, "6.17.1", &e), -EPROTO);
	assert_string_equal(e.text, "the guest runs kernel '6.17.13', not 6.17.1");
	assert_int_equal(e.status, ERR_UNMEASURED);
	r = one(&item, FRAME_ERROR, "x");
	assert_int_equal(guest_check_release(&r, "6.17.13", &e), -EPROTO);
}

static void consoles_explain(void **state)
{
	struct err e = { 0 };

	(void)state;
	err_unmeasured(&e, EIO, "the guest ended");
	guest_explain("booting\nall is well\n", &e);
	assert_string_equal(e.text, "the guest ended");
	guest_explain("[1] Kernel panic - not syncing: first\n"
		      "[2] Kernel panic - not syncing: VFS\nrest\n",
		      &e);
	assert_string_equal(e.text, "the guest ended; console: Kernel panic - not syncing: VFS");
	err_unmeasured(&e, EIO, "x");
	guest_explain("slowpath-guest: no /proc\n[2] Kernel panic - not syncing: init\n", &e);
	assert_string_equal(e.text, "x; console: slowpath-guest: no /proc");
	assert_int_equal(e.status, ERR_UNMEASURED);
}

static void full_errors_do_not_overflow(void **state)
{
	struct err e = { 0 };
	char longer[3000];

	(void)state;
	memset(longer, 'y', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, EIO, "%s", longer);
	guest_explain("slowpath-guest: x\n", &e);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void entries_have_to_be_seen(void **state)
{
	static const char unmapped[] = "thp=never\nmitigation.meltdown=Mitigation: PTI\n"
				       "mitigation.spectre_v1=Mitigation\n";
	struct err e = { 0 };

	(void)state;
	assert_int_equal(guest_check_entries(unmapped, arch_named("amd64"), &e), 0);
	assert_int_equal(
		guest_check_entries("mitigation.meltdown=Not affected\n", arch_named("arm64"), &e),
		0);
	assert_int_equal(guest_check_entries(unmapped, arch_named("arm64"), &e), -ENOTSUP);
	assert_non_null(strstr(e.text, "take another --cpu, or kpti=0"));
	assert_int_equal(e.status, ERR_UNMEASURED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_guests_words_are_kept),
		cmocka_unit_test(long_words_are_cut),
		cmocka_unit_test(another_kernel_is_refused),
		cmocka_unit_test(consoles_explain),
		cmocka_unit_test(full_errors_do_not_overflow),
		cmocka_unit_test(entries_have_to_be_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
