// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/near.h"

#include "base/nearest.h"
#include "kernel/deb/index.h"
#include "kernel/deb/series.h"
#include "kernel/name/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Names that are made here; near ones point into them. */
struct names {
	char **items;
	size_t count;
};

static void names_free(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i]);
	free(n->items);
}

static int try_made(struct names *made, struct nearest *near, char *name)
{
	if (!name)
		return -ENOMEM;
	made->items[made->count++] = name;
	nearest_try(near, name);
	return 0;
}

/* Of a build both "debian:6.17" and "debian:6.17.13", which is what people write. */
static int try_builds(const struct index *x, const struct arch *arch, struct names *made,
		      struct nearest *near)
{
	int r = 0;

	made->items = calloc(2 * x->count + 1, sizeof(*made->items));
	if (!made->items)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < x->count; i++) {
		char number[64];

		if (strcmp(x->builds[i].flavour, arch->flavour) != 0)
			continue;
		build_number(&x->builds[i], number, sizeof(number));
		r = try_made(made, near,
			     str_printf("debian:%.*s", (int)series_length(number), number));
		if (r == 0)
			r = try_made(made, near, str_printf("debian:%s", number));
	}
	return r;
}

int kernel_near(struct kernel_store *st, const char *word, bool offered, struct buf *out)
{
	_cleanup_kernel_list_ struct kernel_list have = { 0 };
	_cleanup_(names_free) struct names made = { 0 };
	const struct arch *arch = st->arch ? st->arch : arch_default();
	_cleanup_index_ struct index x = { 0 };
	struct nearest near = { .word = word };
	int r = 0;

	kernel_list(st, &have, NULL);
	for (size_t i = 0; i < have.count; i++) {
		const struct kernel *k = have.items[i];

		if (k->name)
			nearest_try(&near, k->name);
		nearest_try(&near, k->spec);
		nearest_try(&near, k->release);
	}
	if (offered && index_load(store_apt(st, arch), &x, NULL) == 0)
		r = try_builds(&x, arch, &made, &near);
	if (r == 0)
		nearest_text(&near, "", out);
	return r < 0 ? r : buf_error(out);
}
