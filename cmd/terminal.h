/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The teller of this program: notes on stderr and, on a terminal only, a line of progress. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include "drive/teller.h"

struct teller *terminal_teller(void);

#endif
