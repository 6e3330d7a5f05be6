// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/common/screen.h"

#include "base/cleanup.h"
#include "store/resolve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* no-color.org: whatever it is set to, but nothing. */
static bool may_colour(void)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && terminal && *terminal &&
	       strcmp(terminal, "dumb") != 0;
}

struct text_style screen_style(const struct cmd_ctx *ctx)
{
	struct text_style style = text_style_plain;
	struct winsize size = { 0 };

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > style.columns)
		style.columns = size.ws_col;
	style.wide = ctx->wide;
	style.colour = may_colour();
	return style;
}

struct text_style screen_style_of(const struct cmd_ctx *ctx, struct store *s, const char *id)
{
	struct text_style style = screen_style(ctx);
	_cleanup_free_ char *shorter = NULL;

	/* What cannot be told short is told in full. */
	if (store_short_id(s, id, &shorter, &(struct err){ 0 }) == 0 &&
	    strlen(shorter) < sizeof(style.id))
		strcpy(style.id, shorter);
	return style;
}
