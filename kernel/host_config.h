/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config of the kernel that runs here. */
#ifndef KERNEL_HOST_CONFIG_H
#define KERNEL_HOST_CONFIG_H

#include "kernel/store/configure.h"

/* @root/boot/config-RELEASE, else @root/proc/config.gz; -ENOENT if there is neither. */
int host_config(const char *root, const char *release, struct build_config *out, struct err *e);

#endif
