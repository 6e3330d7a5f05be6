/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes long while a kernel is made can be looked at meanwhile, by whoever is told where: the
 * log of a build grows by objects, the folder of a download by bytes.
 */
#ifndef KERNEL_STORE_WATCH_H
#define KERNEL_STORE_WATCH_H

#include "kernel/store/store.h"

/* How far it has come; 0 if there is nothing to see. @path as in struct kernel_watch. */
uint64_t watch_done(enum kernel_watch_kind kind, const char *path);

#endif
