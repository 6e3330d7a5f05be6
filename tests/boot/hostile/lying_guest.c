// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guest that misbehaves where it is to report: the real one, linked with --wrap=report_send.
 * The kernel hands a word LIE=NAME of its command line to its init as an environment variable;
 * without one this guest is honest. See bad_guest.py.
 */
#include "guest/host/port.h"
#include "guest/host/report.h"
#include "proto/crc32.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HEADER ((struct report_header *)REPORT_BASE)
#define FRAMES ((uint8_t *)REPORT_BASE + REPORT_HEADER_BYTES)

void __real_report_send(enum report_why why);
void __wrap_report_send(enum report_why why);

/* Payload of the nth frame of a type, or NULL. */
static void *find(enum report_frame_type type, unsigned nth)
{
	uint32_t at = 0;

	while (at < HEADER->length) {
		struct report_frame *f = (struct report_frame *)(FRAMES + at);

		if (f->type == type && nth-- == 0)
			return f + 1;
		at += sizeof(*f) + ((f->length + 7) & ~7u);
	}
	return NULL;
}

/* Seals and pauses as the real one does, but leaves the header as it was made. */
static void pause_as_it_is(void)
{
	port_pause();
	for (;;)
		;
}

static void seal(enum report_why why)
{
	HEADER->why = why;
	HEADER->crc = crc32_update(0, FRAMES, HEADER->length);
}

static void misbehave(const char *lie)
{
	if (!strcmp(lie, "loop")) {
		for (;;)
			;
	}
	if (!strcmp(lie, "exit"))
		exit(0);
	if (!strcmp(lie, "crash"))
		*(volatile int *)8 = 0;
	if (!strcmp(lie, "unmapped")) {
		munmap((void *)REPORT_BASE, REPORT_MAX_BYTES);
		pause_as_it_is();
	}
}

/* Mistakes in the header and the frames' lengths. */
static void forge_header(const char *lie, enum report_why why)
{
	struct report_frame *first = (struct report_frame *)FRAMES;

	if (!strcmp(lie, "frame-length"))
		first->length = 0x7ffffff0;
	seal(why);
	if (!strcmp(lie, "magic"))
		HEADER->magic ^= 1;
	else if (!strcmp(lie, "length-unmapped"))
		HEADER->length = REPORT_MAX_BYTES - REPORT_HEADER_BYTES;
	else if (!strcmp(lie, "crc"))
		HEADER->crc ^= 1;
	else if (!strcmp(lie, "many-frames"))
		HEADER->frames = 0xffffffff;
	pause_as_it_is();
}

/* Well-formed reports that say something impossible. */
static void forge_content(const char *lie)
{
	struct report_phase *phase = find(FRAME_PHASE, 1);
	char *release = find(FRAME_UNAME, 0);

	if (!strcmp(lie, "release"))
		release[0] = '9';
	else if (phase && !strcmp(lie, "phase-number"))
		phase->phase = 1000000;
	else if (phase && !strcmp(lie, "iterations"))
		phase->iterations++;
	else if (!strcmp(lie, "state"))
		((struct report_state *)find(FRAME_STATE, 0))->present_pages = 1ull << 63;
	else if (!strcmp(lie, "end-state"))
		((struct report_state *)find(FRAME_STATE_END, 0))->vmas = UINT64_MAX - 1;
	else if (!strcmp(lie, "no-state"))
		((struct report_frame *)find(FRAME_STATE, 0))[-1].type = 999;
}

void __wrap_report_send(enum report_why why)
{
	const char *lie = getenv("LIE");
	bool scenario = why == REPORT_DONE && find(FRAME_PHASE, 0);

	/* "ready-..." lies at the first pause, "done-..." after the scenario. */
	if (lie && why == REPORT_READY && !strncmp(lie, "ready-", 6))
		lie += 6;
	else if (lie && scenario && !strncmp(lie, "done-", 5))
		lie += 5;
	else
		lie = NULL;
	if (lie) {
		misbehave(lie);
		forge_content(lie);
		if (!strcmp(lie, "failed")) {
			report_error("it does not feel well\nneeds CONFIG_ASPIRIN");
			why = REPORT_FAILED;
		}
		if (!strncmp(lie, "head-", 5))
			forge_header(lie + 5, why);
	}
	__real_report_send(why);
}
