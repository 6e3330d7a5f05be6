/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private apt root; each architecture has its own, since the lists of all take long to read. */
#ifndef KERNEL_STORE_APT_ROOT_H
#define KERNEL_STORE_APT_ROOT_H

#include "arch/arch.h"

struct apt_root {
	char *path; /* CACHE/apt; of others than the default architecture CACHE/apt-ARCH */
	const struct arch *arch;
};

#endif
