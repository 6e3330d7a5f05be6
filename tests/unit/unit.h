/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every cmocka test needs, in the order that cmocka.h asks for. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Doubles: cmocka compares floats only. */
#define assert_near(got, want, within)                                         \
	do {                                                                   \
		double got_ = (got), want_ = (want);                           \
		if (!(got_ - want_ <= (within) && want_ - got_ <= (within)))   \
			fail_msg("%s is %.17g, not %.17g", #got, got_, want_); \
	} while (0)

#endif
