/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the code of two kernels says that counts do not: found once, beside what was measured, and
 * kept with it, since what is concluded from it has to be concluded again where no kernel is.
 */
#ifndef SYMBOLS_CODE_FACTS_H
#define SYMBOLS_CODE_FACTS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum code_fact_kind {
	CODE_ALIKE,	/* one of OLD is like other of NEW; two of one name: that function is */
	CODE_OLD_CALLS, /* in OLD's code one calls other, and NEW has no function other */
	CODE_NEW_CALLS, /* the other way round */
	CODE_FILE,	/* one (of the table's rows) is written in the file that other names */
	CODE_FACT_KINDS,
};

struct code_fact {
	enum code_fact_kind kind;
	char *one, *other; /* owned */
	/* Shares from 0 to 1, of CODE_ALIKE; NAN: not known, and of the other kinds. */
	double code;	/* symbols/code.h */
	double callees; /* of the functions that they call, those that both do */
	double callers; /* the same of those that were executed and call them */
};

struct code_facts {
	struct code_fact *at; /* owned */
	size_t count;
};

/* "alike", "old calls", "new calls", "file". */
const char *code_fact_name(enum code_fact_kind k);
/* False: there is no such kind. */
bool code_fact_kind_of(const char *name, enum code_fact_kind *out);
/* @f's strings are copied. 0 or -ENOMEM. */
int code_facts_add(struct code_facts *facts, const struct code_fact *f, struct err *e);
/* Of sorted facts; NULL: there is none such. */
const struct code_fact *code_facts_find(const struct code_facts *facts, enum code_fact_kind kind,
					const char *one, const char *other);
/* Ascending by kind and names. */
void code_facts_sort(struct code_facts *facts);
void code_facts_free(struct code_facts *facts);
#define _cleanup_code_facts_ __attribute__((cleanup(code_facts_free)))

#endif
