/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every cmocka test needs, in the order that cmocka.h asks for. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
