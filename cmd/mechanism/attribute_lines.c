// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/attribute_lines.h"

#include "kernel/store/title.h"
#include "lab/boot.h"
#include "reading/slope.h"

#include <errno.h>

void attribute_lines_free(struct attribute_lines *l)
{
	line_deltas_free(&l->deltas);
	line_costs_free(&l->costs[0]);
	line_costs_free(&l->costs[1]);
}

int attribute_lines_check(struct attribute_lines *l, const struct mechanism *m, struct err *e)
{
	l->wanted = l->wanted || l->files[0] || l->files[1];
	for (unsigned i = 0; l->wanted && i < 2; i++) {
		int r = kernel_verify(m->kernels[i], KERNEL_FILE_VMLINUX, e);

		if (r < 0)
			return r;
		r = lines_check(l->files[i], m->kernels[i]->vmlinux_path, &l->missing[i]);
		if (r < 0 && (l->files[i] || r != -ENODATA)) {
			*e = l->missing[i];
			return r;
		}
	}
	return 0;
}

/* One side at a time, since all its debug information is in memory meanwhile. */
static int read_side(struct attribute_lines *l, const struct mechanism *m, unsigned i,
		     struct err *e)
{
	const struct kernel *k = m->kernels[i];
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_lines_ struct lines *lines = NULL;
	int r = boot_known_symbols(&m->session.lab, k, &symbols, e);

	if (r == 0 && !symbols)
		r = err_set(e, ENOENT, "its symbols are gone from the cache");
	if (r == 0)
		r = lines_open(l->files[i], k->vmlinux_path, &lines, e);
	if (r == 0)
		r = line_costs_read(&m->sides[i].run.profile, lines, symbols, &l->costs[i], e);
	return r < 0 ? err_wrap(e, "%s", kernel_title(k).text) : 0;
}

int attribute_lines_make(struct attribute_lines *l, const struct mechanism *m, struct err *e)
{
	const struct slope whole = slope_whole(m->scenario, &m->sides[0].run);
	int r = 0;

	if (!l->wanted || l->missing[0].code || l->missing[1].code)
		return 0;
	for (unsigned i = 0; r == 0 && i < 2; i++)
		r = read_side(l, m, i, e);
	if (r == 0)
		r = line_deltas_make(m->scenario, slope_divisor(&whole), &l->costs[0], &l->costs[1],
				     &l->deltas, e);
	l->made = r == 0;
	return r;
}
