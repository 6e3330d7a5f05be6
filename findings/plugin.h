/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What findings' TCG plugins need of qemu-plugin.h, which Debian 12 does not ship, for the version
 * of the plugin API that API says. From 7 on a plugin's own pointer takes the place of its number
 * in callbacks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

#if API < 7
#define CALLBACK(name, what) static void name(uint64_t id, what)
#define DECLARE(name, what) void qemu_plugin_register_##name(uint64_t, void (*)(uint64_t, what))
#define REGISTER(name, cb) qemu_plugin_register_##name(id, cb)
#else
#define CALLBACK(name, what) static void name(what, void *own)
#define DECLARE(name, what) \
	void qemu_plugin_register_##name(uint64_t, void (*)(what, void *), void *)
#define REGISTER(name, cb) qemu_plugin_register_##name(id, cb, NULL)
#endif

DECLARE(vcpu_tb_trans_cb, void *);
DECLARE(vcpu_init_cb, unsigned);
DECLARE(vcpu_idle_cb, unsigned);
DECLARE(vcpu_resume_cb, unsigned);
size_t qemu_plugin_tb_n_insns(void *tb);
uint64_t qemu_plugin_tb_vaddr(void *tb);
void *qemu_plugin_tb_get_insn(void *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(void *insn);
void qemu_plugin_register_vcpu_tb_exec_cb(void *tb, void (*cb)(unsigned, void *), int flags,
					  void *own);
void qemu_plugin_register_vcpu_insn_exec_cb(void *insn, void (*cb)(unsigned, void *), int flags,
					    void *own);

EXPORT int qemu_plugin_version = API;
