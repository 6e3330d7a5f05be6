/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings below /sys/kernel/mm with which a scenario would not find the state that it expects. */
#ifndef REPORT_REPRODUCER_REPRODUCER_THP_H
#define REPORT_REPRODUCER_REPRODUCER_THP_H

#include "report/reproducer/reproducer_text.h"

/* Of nr_hugepages: more of them are as good. */
bool setting_is_hugepages(const struct plan_setting *p);
/* Calls of must_not_be(), of need_setting() and need_hugepages(). */
void say_settings(struct text *t);
/* Whether say_settings() says must_not_be(). */
bool thp_words_unwanted(const struct scenario *s);

#endif
