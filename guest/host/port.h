/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest says to the host and hears from it, by the devices of guest/arch/port.h. */
#ifndef GUEST_HOST_PORT_H
#define GUEST_HOST_PORT_H

#include "guest/arch/port.h"

#include <stddef.h>
#include <stdint.h>

/* Stops the machine until the host lets it go on. Needs port_allow(). */
void port_pause(void);

/*
 * Selects the fw_cfg file @name: fwcfg_next() hands out its bytes in order, zeros behind its end.
 * Its size in bytes, or -ENOENT if the host gave no such file.
 */
int64_t fwcfg_open(const char *name);
void fwcfg_next(void *data, size_t len);
/* From now on by DMA, if that is possible; before fwcfg_open(), for it selects something itself. */
void fwcfg_fast(void);
/*
 * Reads the fw_cfg file @name into @data. Returns its size in bytes, -ENOENT if the host gave no
 * such file, -EFBIG if it is larger than @max.
 */
int64_t fwcfg_read(const char *name, void *data, size_t max);

#endif
