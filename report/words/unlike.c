// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/unlike.h"

#include "kernel/store/title.h"
#include "report/words/plain.h"

#include <string.h>

int unlike_kernel(const struct kernel *k, struct buf *out)
{
	const struct kernel_unlike u = kernel_config_unlike(k);
	const struct kernel_commit c = kernel_commit(k->spec);
	int r;

	if (!u.text[0])
		return 0;
	r = buf_puts(out, "config");
	if (r == 0 && c.id[0])
		r = buf_puts(out, " ");
	if (r == 0 && c.id[0])
		r = c.config[0] ? plain_line(out, c.config, sizeof(c.config))
				: buf_puts(out, "minimal");
	return r == 0 ? buf_printf(out, ": %s", u.text) : r;
}

/* Whether an earlier kernel's line says the same. */
static bool is_said(const struct kernel *const *kernels, size_t count, const struct buf *line)
{
	bool said = false;

	for (size_t i = 0; i < count && !said; i++) {
		_cleanup_buf_ struct buf other = { 0 };

		said = kernels[i] && unlike_kernel(kernels[i], &other) == 0 &&
		       !strcmp(buf_str(&other), buf_str(line));
	}
	return said;
}

int unlike_lines(const struct kernel *const *kernels, size_t count, const struct text_style *style,
		 struct buf *out)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		_cleanup_buf_ struct buf line = { 0 };

		r = kernels[i] ? unlike_kernel(kernels[i], &line) : 0;
		if (r == 0 && line.len && !is_said(kernels, i, &line))
			r = text_say(out, style, 2, "%s" UNLIKE_ENDING, line.data);
	}
	return r;
}
