/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What texts on standard output are to look like: a terminal's, or a pipe's. */
#ifndef CMD_COMMON_SCREEN_H
#define CMD_COMMON_SCREEN_H

#include "cmd/common/cmd.h"
#include "report/words/tone.h"
#include "store/store.h"

/*
 * 80 columns, or those of the terminal if it has more; whole names after --wide. Colour on a
 * terminal that is not dumb, unless NO_COLOR says otherwise.
 */
struct text_style screen_style(const struct cmd_ctx *ctx);
/* The same for what ends with the id of an experiment. */
struct text_style screen_style_of(const struct cmd_ctx *ctx, struct store *s, const char *id);

#endif
