/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction does that costs: the classes of proto/counts.h. */
#ifndef PLUGIN_ARCH_CLASSES_H
#define PLUGIN_ARCH_CLASSES_H

#include "proto/counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bits 1 << enum counts_class of one instruction; 0 if it is cut off or does none of it. What is
 * not recognised and has a memory operand counts as a load. @kernel: at a kernel address, where a
 * DS prefix stands for a LOCK.
 */
uint8_t insn_classes(const uint8_t *bytes, size_t len, bool kernel); /* x86-64 */
uint8_t arm64_classes(const uint8_t *bytes, size_t len, bool kernel);

#endif
