// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/modules.h"

#include "base/file.h"
#include "proto/parcel.h"

#include <errno.h>

bool modules_wanted(const struct scenario *s)
{
	return s->swap_on != PLAN_SWAP_NO_DEVICE || s->disk_fs != PLAN_DISK_NONE;
}

int modules_find(struct kernel_store *st, const struct kernel *k, const struct scenario *s,
		 kernel_note_fn note, void *note_arg, struct kernel_modules *out, struct err *e)
{
	const struct {
		const char *name;
		bool wanted;
	} drivers[] = {
		{ "zram", s->swap_on == PLAN_SWAP_ZRAM },
		{ "brd",
		  s->swap_on == PLAN_SWAP_BRD || (s->disk_fs && s->disk_on == PLAN_DISK_RAM) },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(drivers); i++) {
		if (drivers[i].wanted)
			r = kernel_modules(st, k, drivers[i].name, note, note_arg, out, e);
	}
	if (r == -ENOENT && s->swap_on)
		return err_wrap(e, "swap needs its device in the guest's memory, as what reclaim "
				   "frees would depend on when a disk of the host ends its writes");
	return r;
}

int modules_pack(const struct kernel_modules *m, struct parcel *parcel, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		_cleanup_free_ char *to =
			str_printf("/" PARCEL_MODULES "/%02zu-%s.ko", i, m->items[i].name);

		r = to ? parcel_file(parcel, m->items[i].path, to, NULL, e) : err_oom(e);
	}
	return r;
}

int modules_name(const struct kernel_modules *m, const char *text, size_t len, const char *sections,
		 struct symbols **out, struct err *e)
{
	_cleanup_buf_ struct buf all = { 0 };
	int r = buf_add(&all, text, len) < 0 ? err_oom(e) : 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		_cleanup_buf_ struct buf image = { 0 };

		r = file_read(m->items[i].path, MODULE_BYTES_MAX, &image, e);
		if (r == 0)
			r = module_symbols(image.data, image.len, m->items[i].name, sections, &all,
					   e);
	}
	return r < 0 ? r : symbols_parse(all.data, all.len, out, e);
}
