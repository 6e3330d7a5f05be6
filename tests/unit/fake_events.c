// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake_events.h"

void fake_work(uint64_t vaddr, unsigned n)
{
	struct qemu_plugin_tb *tb = fake_translate(vaddr, FAKE_MOV, FAKE_ADD, FAKE_ADD);

	while (n--)
		fake_run(tb);
}

void fake_interrupt(unsigned vector, uint64_t push)
{
	struct qemu_plugin_tb *tb = fake_translate(FAKE_IRQ + 8 * vector, FAKE_PUSH, FAKE_MOV);

	fake_enter(tb);
	fake_step(tb, 0);
	fake_store(tb, 0, push);
	fake_step(tb, 1);
}

static void fault(uint64_t store, uint64_t error)
{
	struct qemu_plugin_tb *tb = fake_translate(FAKE_FAULT, FAKE_MOV, FAKE_CALL);

	fake_fault_frame(store, error);
	fake_run(tb);
	fake_store(tb, 1, store);
}

void fake_exception(uint64_t store)
{
	fault(store, 0);
}

void fake_write_fault(uint64_t store)
{
	fault(store, 2);
}

void fake_fetch_fault(uint64_t store)
{
	fault(store, 16);
}

void fake_iret(uint64_t frame)
{
	struct qemu_plugin_tb *tb = fake_translate(FAKE_LAST + 0x40, FAKE_ADD, FAKE_IRET);

	fake_run(tb);
	for (unsigned i = 0; i < 5; i++)
		fake_load(tb, 1, frame + 8 * i);
}

void fake_switch(uint64_t from, uint64_t to)
{
	struct qemu_plugin_tb *tb =
		fake_translate(FAKE_SWITCH, FAKE_PUSH, FAKE_PUSH, FAKE_MOV, FAKE_POP, FAKE_POP);

	fake_enter(tb);
	for (unsigned i = 0; i < 5; i++) {
		fake_step(tb, i);
		if (i < 2)
			fake_store(tb, i, from - 8 * i);
		else if (i > 2)
			fake_load(tb, i, to + 8 * i);
	}
}
