// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/counts/named.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

struct name {
	const char *text;
	enum named kind;
};

/* Sorted by strcmp(). The _nested ones are what lockdep makes of the others. */
static const struct name names[] = {
	{ "__clear_pages_unrolled", NAMED_STRING },
	{ "__clear_user", NAMED_STRING },
	{ "__copy_user_flushcache", NAMED_STRING },
	{ "__copy_user_nocache", NAMED_STRING },
	{ "__memcpy", NAMED_STRING },
	{ "__memcpy_flushcache", NAMED_STRING },
	{ "__memmove", NAMED_STRING },
	{ "__memset", NAMED_STRING },
	{ "_raw_read_lock", NAMED_LOCK },
	{ "_raw_read_lock_bh", NAMED_LOCK },
	{ "_raw_read_lock_irq", NAMED_LOCK },
	{ "_raw_read_lock_irqsave", NAMED_LOCK },
	{ "_raw_read_trylock", NAMED_LOCK },
	{ "_raw_spin_lock", NAMED_LOCK },
	{ "_raw_spin_lock_bh", NAMED_LOCK },
	{ "_raw_spin_lock_irq", NAMED_LOCK },
	{ "_raw_spin_lock_irqsave", NAMED_LOCK },
	{ "_raw_spin_lock_irqsave_nested", NAMED_LOCK },
	{ "_raw_spin_lock_nest_lock", NAMED_LOCK },
	{ "_raw_spin_lock_nested", NAMED_LOCK },
	{ "_raw_spin_trylock", NAMED_LOCK },
	{ "_raw_spin_trylock_bh", NAMED_LOCK },
	{ "_raw_write_lock", NAMED_LOCK },
	{ "_raw_write_lock_bh", NAMED_LOCK },
	{ "_raw_write_lock_irq", NAMED_LOCK },
	{ "_raw_write_lock_irqsave", NAMED_LOCK },
	{ "_raw_write_lock_nested", NAMED_LOCK },
	{ "_raw_write_trylock", NAMED_LOCK },
	{ "clear_page_erms", NAMED_STRING },
	{ "clear_page_orig", NAMED_STRING },
	{ "clear_page_rep", NAMED_STRING },
	{ "clear_user_erms", NAMED_STRING },
	{ "clear_user_original", NAMED_STRING },
	{ "clear_user_rep_good", NAMED_STRING },
	{ "copy_mc_enhanced_fast_string", NAMED_STRING },
	{ "copy_mc_fragile", NAMED_STRING },
	{ "copy_mc_fragile_handle_tail", NAMED_STRING },
	{ "copy_page", NAMED_STRING },
	{ "copy_page_regs", NAMED_STRING },
	{ "copy_user_enhanced_fast_string", NAMED_STRING },
	{ "copy_user_flushcache", NAMED_STRING },
	{ "copy_user_generic_string", NAMED_STRING },
	{ "copy_user_generic_unrolled", NAMED_STRING },
	{ "copy_user_short_string", NAMED_STRING },
	{ "down_read", NAMED_LOCK },
	{ "down_read_interruptible", NAMED_LOCK },
	{ "down_read_killable", NAMED_LOCK },
	{ "down_read_killable_nested", NAMED_LOCK },
	{ "down_read_nested", NAMED_LOCK },
	{ "down_read_trylock", NAMED_LOCK },
	{ "down_write", NAMED_LOCK },
	{ "down_write_killable", NAMED_LOCK },
	{ "down_write_killable_nested", NAMED_LOCK },
	{ "down_write_nested", NAMED_LOCK },
	{ "down_write_trylock", NAMED_LOCK },
	{ "memcpy", NAMED_STRING },
	{ "memcpy_erms", NAMED_STRING },
	{ "memcpy_orig", NAMED_STRING },
	{ "memmove", NAMED_STRING },
	{ "memmove_erms", NAMED_STRING },
	{ "memset", NAMED_STRING },
	{ "memset_erms", NAMED_STRING },
	{ "memset_orig", NAMED_STRING },
	{ "mutex_lock", NAMED_LOCK },
	{ "mutex_lock_interruptible", NAMED_LOCK },
	{ "mutex_lock_interruptible_nested", NAMED_LOCK },
	{ "mutex_lock_killable", NAMED_LOCK },
	{ "mutex_lock_killable_nested", NAMED_LOCK },
	{ "mutex_lock_nested", NAMED_LOCK },
	{ "mutex_trylock", NAMED_LOCK },
	{ "native_send_call_func_ipi", NAMED_IPI },
	{ "native_send_call_func_single_ipi", NAMED_IPI },
	{ "native_smp_send_reschedule", NAMED_IPI },
	{ "rep_movs_alternative", NAMED_STRING },
	{ "rep_stos_alternative", NAMED_STRING },
	{ "rt_mutex_lock", NAMED_LOCK },
	{ "rt_mutex_lock_interruptible", NAMED_LOCK },
	{ "rt_mutex_lock_killable", NAMED_LOCK },
	{ "rt_mutex_trylock", NAMED_LOCK },
};

static int by_text(const void *key, const void *member)
{
	return strcmp(key, ((const struct name *)member)->text);
}

enum named named_function(const char *name)
{
	const struct name *found =
		bsearch(name, names, ARRAY_SIZE(names), sizeof(names[0]), by_text);

	return found ? found->kind : NAMED_NOTHING;
}
