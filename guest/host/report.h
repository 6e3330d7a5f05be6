/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects frames (proto/report.h) and hands them to the host by pausing the machine. */
#ifndef GUEST_HOST_REPORT_H
#define GUEST_HOST_REPORT_H

#include "proto/report.h"

#include <stddef.h>

/* Maps the report's memory. 0 or -errno. */
int report_open(void);
/* Forgets what was collected. */
void report_reset(void);
/* Adds a frame. A frame that does not fit is dropped and the report says so with a FRAME_ERROR. */
void report_add(enum report_frame_type type, const void *payload, size_t len);
/* Frames that are filled in place: room for up to @max bytes, then the length that was used. */
void *report_begin(enum report_frame_type type, size_t max);
void report_end(size_t len);
/* Adds a FRAME_ERROR. */
void report_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Seals the report and pauses; returns when the host has let the machine go on. */
void report_send(enum report_why why);

#endif
