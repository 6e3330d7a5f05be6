/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is around the operations of a reproducer: state, iterations, rounds, results. */
#ifndef REPORT_REPRODUCER_REPRODUCER_MAIN_H
#define REPORT_REPRODUCER_REPRODUCER_MAIN_H

#include "report/reproducer/reproducer_text.h"

/* prepare(), and of every segment before_NAME(), do_NAME(), after_NAME(). */
void say_segments(struct text *t);
/* is_ours(), for PART_STATE. */
void say_is_ours(struct text *t);
void say_check_needs(struct text *t);
void say_check_state(struct text *t);
void say_iterate(struct text *t);
void say_main(struct text *t);

#endif
