/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The teller of this program: notes on stderr and, on a terminal only, a line of progress. */
#ifndef CMD_TERMINAL_TERMINAL_H
#define CMD_TERMINAL_TERMINAL_H

#include "drive/session/teller.h"

#include <stdbool.h>

struct teller *terminal_teller(void);
/* Something that may take longer than a moment begins: @what says what. */
void terminal_begin(const char *what);
/* The same, but of what is done at once as a rule: nothing is shown unless it takes longer. */
void terminal_wait(const char *what);
/* Before the result, or an error, is printed: the line of progress goes. Harmless at any time. */
void terminal_end(void);
/* Whether rows of a result are shown as they come: on a terminal they are, else if asked for. */
void terminal_show_rows(bool asked);

#endif
