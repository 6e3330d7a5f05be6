/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_HOST_UNPACK_H
#define GUEST_HOST_UNPACK_H

/*
 * Puts the files of the parcel (proto/parcel.h) where they belong. 0 if there is none, or
 * the second time; or -errno
 * after a report_error(). Needs port_allow().
 */
int unpack_parcel(void);
/* Copies all that is below the folder @from, with modes and times, into the folder @to. -errno. */
int unpack_copy(const char *from, const char *to);

#endif
