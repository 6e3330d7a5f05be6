/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's translate(), which it defines after this, as the callback that QEMU's plugin API asks
 * for: up to 6 with the plugin's id, from 7 on with the data that was given when it was registered.
 */
#ifndef PLUGIN_TRANSLATE_H
#define PLUGIN_TRANSLATE_H

#include "plugin/api.h"

#include <stdint.h>
#include <string.h>

static void translate(struct qemu_plugin_tb *tb);

#if PLUGIN_API < 7
static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	translate(tb);
}
#else
static void on_translate(struct qemu_plugin_tb *tb, void *udata)
{
	(void)udata;
	translate(tb);
}
#endif

/* One instruction's bytes. QEMU may count more than the 15 that there can be for a page crossing.
 */
static inline size_t insn_bytes(const struct qemu_plugin_insn *insn, uint8_t bytes[16])
{
	size_t len = qemu_plugin_insn_size(insn);

	if (len > 16)
		len = 16;
#if PLUGIN_API < 3
	memcpy(bytes, qemu_plugin_insn_data(insn), len);
	return len;
#else
	return qemu_plugin_insn_data(insn, bytes, len);
#endif
}

#endif
