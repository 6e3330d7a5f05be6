/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_WORK_SETTINGS_H
#define GUEST_WORK_SETTINGS_H

#include "proto/plan.h"

/*
 * Writes each below /sys/kernel/mm and reads it back: what does not hold is an error. 0, or -errno
 * after a report_error().
 */
int settings_write(const struct plan_setting *settings, unsigned count);

#endif
