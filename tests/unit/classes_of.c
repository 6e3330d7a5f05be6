// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads instructions in hexadecimal, one a line, and prints their classes (for tests/cli). */
#include "plugin/arch/classes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static size_t parse(const char *line, uint8_t bytes[16])
{
	size_t len = 0;
	char *end;

	for (; len < 16; line = end) {
		unsigned long byte = strtoul(line, &end, 16);

		if (end == line)
			break;
		bytes[len++] = (uint8_t)byte;
	}
	return len;
}

int main(void)
{
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		uint8_t bytes[16];
		size_t len = parse(line, bytes);
		unsigned classes = insn_classes(bytes, len, false);

		for (unsigned c = 0; c < COUNTS_CLASSES; c++)
			putchar(classes >> c & 1 ? "lsabcf"[c] : '-');
		putchar('\n');
	}
	return 0;
}
