// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/bpf.h"

#include "guest/memory/arena.h"
#include "guest/work/call.h"

#include <errno.h>
#include <linux/bpf.h>

/* Those that are open. */
static int maps[PLAN_DESCRIPTORS_MAX];
static unsigned n_maps;

static long run_create(const struct op *op)
{
	long r = n_maps == PLAN_DESCRIPTORS_MAX
			 ? -EMFILE
			 : call3(SYS_bpf, BPF_MAP_CREATE, op->data, sizeof(union bpf_attr));

	if (r < 0)
		return r;
	maps[n_maps++] = (int)r;
	return 0;
}

static long run_close(const struct op *op)
{
	(void)op;
	while (n_maps) {
		long r = call1(SYS_close, maps[--n_maps]);

		if (r < 0)
			return r;
	}
	return 0;
}

int bpf_resolve(const struct plan_op *p, struct op *out)
{
	static const uint32_t types[] = { [PLAN_BPF_ARRAY] = BPF_MAP_TYPE_ARRAY,
					  [PLAN_BPF_PERCPU_ARRAY] = BPF_MAP_TYPE_PERCPU_ARRAY,
					  [PLAN_BPF_HASH] = BPF_MAP_TYPE_HASH };
	union bpf_attr *attr;

	out->run = p->code == PLAN_OP_BPF_CREATE ? run_create : run_close;
	if (p->code == PLAN_OP_BPF_CLOSE)
		return 0;
	if (p->arg > PLAN_BPF_HASH || !p->arg2 || p->arg2 > UINT32_MAX || p->each > UINT32_MAX)
		return -EINVAL;
	attr = arena_get(sizeof(*attr)); /* zeros */
	if (!attr)
		return -ENOMEM;
	attr->map_type = types[p->arg];
	attr->key_size = 4;
	attr->value_size = (uint32_t)p->each;
	attr->max_entries = (uint32_t)p->arg2;
	out->data = attr;
	return 0;
}
