/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of commands that take git: specs. */
#ifndef CMD_COMMON_BUILDING_OPTS_H
#define CMD_COMMON_BUILDING_OPTS_H

#include "arch/arch.h"
#include "cmd/common/cmd.h"
#include "drive/session/building.h"

/* Versions of clang-format lay out braces in macros each in its own way. */
/* clang-format off */
#define JOBS_OPT(target)                                                                      \
	{                                                                                     \
		"jobs", 0, OPT_UINT, "N", "jobs of make, for git: specs (default: the CPUs)", \
			target                                                                \
	}
/* Of commands that take debian: specs; Debian's names. */
#define ARCH_OPT(target)                                                                  \
	{                                                                                 \
		"arch", 0, OPT_STRING, "ARCH",                                            \
			ARCH_CHOICE ": of specs that do not say it", target \
	}
/* clang-format on */

/* Their lines in a command's table of options; @b is its struct building. */
#define BUILDING_OPTS(b)                                                                   \
	{ "config",                                                                        \
	  0,                                                                               \
	  OPT_STRING,                                                                      \
	  "CONFIG",                                                                        \
	  "for git: specs: a .config, minimal (default), defconfig, debian:VERSION, host", \
	  &(b)->config },                                                                  \
		JOBS_OPT(&(b)->jobs)

#endif
