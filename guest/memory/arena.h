/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for what operations need beside their maps: present before any window opens. */
#ifndef GUEST_MEMORY_ARENA_H
#define GUEST_MEMORY_ARENA_H

#include <stddef.h>

/* Zeroed, never given back. NULL when there is none. */
void *arena_get(size_t bytes);

#endif
