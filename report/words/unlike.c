// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/unlike.h"

#include "kernel/store/title.h"
#include "report/words/plain.h"

#include <string.h>

void unlike_kernel(const struct kernel *k, struct buf *out)
{
	const struct kernel_unlike u = kernel_config_unlike(k);
	const struct kernel_commit c = kernel_commit(k->spec);

	if (!u.text[0])
		return;
	buf_puts(out, "config");
	if (c.id[0])
		buf_puts(out, " ");
	if (c.id[0])
		plain_line(out, c.config[0] ? c.config : "minimal", sizeof(c.config));
	buf_printf(out, ": %s", u.text);
}

/* Whether an earlier kernel's line says the same. */
static bool is_said(const struct kernel *const *kernels, size_t count, const struct buf *line)
{
	bool said = false;

	for (size_t i = 0; i < count && !said; i++) {
		_cleanup_buf_ struct buf other = { 0 };

		if (kernels[i])
			unlike_kernel(kernels[i], &other);
		said = !buf_error(&other) && !strcmp(buf_str(&other), buf_str(line));
	}
	return said;
}

void unlike_lines(const struct kernel *const *kernels, size_t count, const struct text_style *style,
		  struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_buf_ struct buf line = { 0 };

		if (kernels[i])
			unlike_kernel(kernels[i], &line);
		buf_keep(out, buf_error(&line));
		if (line.len && !is_said(kernels, i, &line))
			text_say(out, style, 2, "%s" UNLIKE_ENDING, line.data);
	}
}
