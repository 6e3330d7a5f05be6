/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_SYMBOLS_H
#define GUEST_SYMBOLS_H

/* Adds FRAME_SYMBOLS with the text symbols of /proc/kallsyms. 0, or -errno after a report_error().
 */
int symbols_report(void);

#endif
