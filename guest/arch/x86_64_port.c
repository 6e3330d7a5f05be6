// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/arch/port.h"

#include "proto/report.h"

#include <errno.h>
#include <sys/io.h>

#define FWCFG_SELECT 0x510
#define FWCFG_DATA 0x511
#define DMA_PORT 0x514
#define DMA_PORTS 8

const char port_needs[] = "CONFIG_X86_IOPL_IOPERM";

int port_allow(void)
{
	if (ioperm(REPORT_PVPANIC_PORT, 1, 1) < 0 || ioperm(FWCFG_SELECT, 2, 1) < 0 ||
	    ioperm(DMA_PORT, DMA_PORTS, 1) < 0)
		return -errno;
	return 0;
}

void port_deny(void)
{
	ioperm(REPORT_PVPANIC_PORT, 1, 0);
	ioperm(FWCFG_SELECT, 2, 0);
	ioperm(DMA_PORT, DMA_PORTS, 0);
}

void pvpanic_write(uint8_t value)
{
	outb(value, REPORT_PVPANIC_PORT);
}

void fwcfg_select(uint16_t key)
{
	outw(key, FWCFG_SELECT);
}

/* libc's insb() does not tell the compiler that it writes memory. */
void fwcfg_bytes(void *data, size_t len)
{
	__asm__ volatile("rep insb" : "+D"(data), "+c"(len) : "d"(FWCFG_DATA) : "memory");
}

void fwcfg_dma(uint64_t access)
{
	/* The second half starts it, and it is over when that returns. */
	outl(__builtin_bswap32((uint32_t)(access >> 32)), DMA_PORT);
	outl(__builtin_bswap32((uint32_t)access), DMA_PORT + 4);
}
