// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/host/port.h"

#include "guest/host/clock.h"
#include "guest/host/dma.h"
#include "proto/report.h"

#include <errno.h>
#include <string.h>

#define FWCFG_KEY_SIGNATURE 0x00
#define FWCFG_KEY_DIRECTORY 0x19
#define FWCFG_KEY_FEATURES 0x01
#define FWCFG_FEATURE_DMA 2u
#define FWCFG_FILES_MAX 1024
#define DMA_WORTH_BYTES 256u
#define JUMP_TICKS_MAX 15000000 /* of the clock: a timer tick at 100 Hz, and more */

static struct dma dma;

/* One entry of the directory, big-endian (QEMU, docs/specs/fw_cfg.rst). */
struct fwcfg_file {
	uint32_t size;
	uint16_t select;
	uint16_t reserved;
	char name[56];
};

/*
 * Between stopping the processor and stopping its clock, QEMU's main loop may or may not let the
 * clock jump to the next timer, as it is not idle time that passes then but nobody's. Timers expire
 * at the same instants in either case.
 */
void port_pause(void)
{
	uint64_t before = ticks_read();

	pvpanic_write(REPORT_PAUSE);
	clock_settle(before + JUMP_TICKS_MAX, 0);
}

int64_t fwcfg_open(const char *name)
{
	char signature[4] = "";
	uint32_t count = 0;

	fwcfg_select(FWCFG_KEY_SIGNATURE);
	fwcfg_bytes(signature, sizeof(signature));
	if (memcmp(signature, "QEMU", 4))
		return -ENODEV;
	fwcfg_select(FWCFG_KEY_DIRECTORY);
	fwcfg_bytes(&count, sizeof(count));
	count = __builtin_bswap32(count);
	for (uint32_t i = 0; i < count && i < FWCFG_FILES_MAX; i++) {
		struct fwcfg_file f = { 0 };

		fwcfg_bytes(&f, sizeof(f));
		f.name[sizeof(f.name) - 1] = '\0';
		if (strcmp(f.name, name) != 0)
			continue;
		fwcfg_select(__builtin_bswap16(f.select));
		return __builtin_bswap32(f.size);
	}
	return -ENOENT;
}

static int has_dma(void)
{
	uint32_t features = 0;

	fwcfg_select(FWCFG_KEY_FEATURES);
	fwcfg_bytes(&features, sizeof(features));
	return features & FWCFG_FEATURE_DMA;
}

/* How many bytes came so: all, or those before it failed. */
static size_t read_by_dma(uint8_t *data, size_t len)
{
	size_t done = 0, n;

	for (; dma.room && done < len; done += n) {
		n = len - done < DMA_ROOM_BYTES ? len - done : DMA_ROOM_BYTES;
		if (dma_fill(&dma, n) < 0)
			break;
		memcpy(data + done, dma.room, n);
	}
	return done;
}

void fwcfg_fast(void)
{
	if (!dma.room && has_dma())
		dma_open(&dma);
}

void fwcfg_next(void *data, size_t len)
{
	size_t done = len < DMA_WORTH_BYTES ? 0 : read_by_dma(data, len);

	fwcfg_bytes((uint8_t *)data + done, len - done);
}

int64_t fwcfg_read(const char *name, void *data, size_t max)
{
	int64_t size = fwcfg_open(name);

	if (size < 0)
		return size;
	if ((uint64_t)size > max)
		return -EFBIG;
	fwcfg_next(data, (size_t)size);
	return size;
}
