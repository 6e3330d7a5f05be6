// SPDX-License-Identifier: GPL-2.0-or-later
/* .config: lines "CONFIG_X=y", "CONFIG_X=250" or "# CONFIG_X is not set". */
#include "kernel/store/store.h"

#include "base/buf.h"
#include "base/file.h"

#include <string.h>

#define CONFIG_MAX (16U << 20)

enum kernel_config kernel_config_has(const struct kernel *k, const char *option)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t len = strlen(option);
	const char *p;

	if (!k->config_path || file_read(k->config_path, CONFIG_MAX, &text, NULL) < 0)
		return KERNEL_CONFIG_UNKNOWN;
	for (p = buf_str(&text); p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, option, len) != 0 || p[len] != '=')
			continue;
		if (!strncmp(p + len, "=m\n", 3))
			return KERNEL_CONFIG_M;
		return !strncmp(p + len, "=n\n", 3) ? KERNEL_CONFIG_N : KERNEL_CONFIG_Y;
	}
	return KERNEL_CONFIG_N;
}
