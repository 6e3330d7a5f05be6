// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/memory.h"

#include "scenario/yaml_doc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int memory_parse(const struct cmd *self, const char *text, unsigned *mib)
{
	uint64_t bytes;

	if (!text)
		return -1;
	if (strspn(text, "0123456789") == strlen(text) && strlen(text) < 8)
		bytes = strtoull(text, NULL, 10) << 20;
	else if (parse_size(text, &bytes) < 0)
		return usage_error(self, "--mem: '%s' is not a size such as 512M", text);
	if (bytes >> 20 < 128 || bytes >> 20 > 16384)
		return usage_error(self, "--mem: 128M to 16G is possible, not '%s'", text);
	*mib = (unsigned)(bytes >> 20);
	return -1;
}
