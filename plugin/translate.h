/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's translate(), which it defines after this, as the callback that QEMU's plugin API asks
 * for: up to 6 with the plugin's id, from 7 on with the data that was given when it was registered.
 */
#ifndef PLUGIN_TRANSLATE_H
#define PLUGIN_TRANSLATE_H

#include "plugin/api.h"

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

#endif
