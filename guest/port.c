// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/port.h"

#include "guest/clock.h"
#include "proto/report.h"

#include <errno.h>
#include <string.h>
#include <sys/io.h>

#define FWCFG_SELECT 0x510
#define FWCFG_DATA 0x511
#define FWCFG_KEY_SIGNATURE 0x00
#define FWCFG_KEY_DIRECTORY 0x19
#define FWCFG_FILES_MAX 1024
#define JUMP_TICKS_MAX 15000000 /* of the TSC: a timer tick at 100 Hz, and more */

/* One entry of the directory, big-endian (QEMU, docs/specs/fw_cfg.rst). */
struct fwcfg_file {
	uint32_t size;
	uint16_t select;
	uint16_t reserved;
	char name[56];
};

int port_allow(void)
{
	if (ioperm(REPORT_PVPANIC_PORT, 1, 1) < 0 || ioperm(FWCFG_SELECT, 2, 1) < 0)
		return -errno;
	return 0;
}

void port_deny(void)
{
	ioperm(REPORT_PVPANIC_PORT, 1, 0);
	ioperm(FWCFG_SELECT, 2, 0);
}

/*
 * Between stopping the processor and stopping its clock, QEMU's main loop may or may not let the
 * clock jump to the next timer, as it is not idle time that passes then but nobody's. Timers expire
 * at the same instants in either case.
 */
void port_pause(void)
{
	uint64_t before = tsc_read();

	outb(REPORT_PAUSE, REPORT_PVPANIC_PORT);
	clock_settle(before + JUMP_TICKS_MAX, 0);
}

/* libc's insb() does not tell the compiler that it writes memory. */
static void read_bytes(void *data, size_t len)
{
	__asm__ volatile("rep insb" : "+D"(data), "+c"(len) : "d"(FWCFG_DATA) : "memory");
}

int64_t fwcfg_read(const char *name, void *data, size_t max)
{
	char signature[4] = "";
	uint32_t count = 0;

	outw(FWCFG_KEY_SIGNATURE, FWCFG_SELECT);
	read_bytes(signature, sizeof(signature));
	if (memcmp(signature, "QEMU", 4))
		return -ENODEV;
	outw(FWCFG_KEY_DIRECTORY, FWCFG_SELECT);
	read_bytes(&count, sizeof(count));
	count = __builtin_bswap32(count);
	for (uint32_t i = 0; i < count && i < FWCFG_FILES_MAX; i++) {
		struct fwcfg_file f = { 0 };
		size_t size;

		read_bytes(&f, sizeof(f));
		f.name[sizeof(f.name) - 1] = '\0';
		if (strcmp(f.name, name) != 0)
			continue;
		size = __builtin_bswap32(f.size);
		if (size > max)
			return -EFBIG;
		outw(__builtin_bswap16(f.select), FWCFG_SELECT);
		read_bytes(data, size);
		return (int64_t)size;
	}
	return -ENOENT;
}
