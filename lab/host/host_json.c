// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cpuset.h"
#include "lab/host/host.h"

#include <math.h>

/* What is not known is null. */
static json_t *text(const char *s)
{
	return s[0] ? json_string(s) : json_null();
}

static json_t *on_off(enum host_switch s)
{
	return s == HOST_UNKNOWN ? json_null() : json_boolean(s == HOST_ON);
}

static json_t *number(uint64_t n)
{
	return n > INT64_MAX ? json_null() : json_integer((json_int_t)n);
}

static json_t *cpus(const cpu_set_t *set)
{
	struct cpuset_text list = cpuset_format(set);

	return text(list.text);
}

static json_t *governors(const struct host *h)
{
	json_t *out = h->n_governors ? json_object() : json_null();

	for (unsigned i = 0; i < h->n_governors; i++)
		json_object_set_new(out, h->governors[i].name,
				    json_integer((json_int_t)h->governors[i].cpus));
	return out;
}

static json_t *cpu_json(const struct host *h)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "model", text(h->cpu_model),
			 "microcode", text(h->microcode), "online", cpus(&h->limits.online),
			 "allowed", cpus(&h->limits.allowed), "governors", governors(h), "boost",
			 on_off(h->boost), "smt", on_off(h->smt), "isolated", text(h->isolated),
			 "hypervisor", on_off(h->hypervisor));
}

static json_t *load_json(const struct host *h)
{
	return h->load[0] < 0 ? json_null()
			      : json_pack("[f,f,f]", h->load[0], h->load[1], h->load[2]);
}

static json_t *memory_json(const struct host *h)
{
	return json_pack("{s:o,s:o,s:o}", "total_bytes", number(h->limits.machine_bytes),
			 "available_bytes", number(h->available_bytes), "thp", text(h->thp));
}

static json_t *mitigations_json(const struct host *h)
{
	json_t *out = h->n_mitigations ? json_object() : json_null();

	for (unsigned i = 0; i < h->n_mitigations; i++)
		json_object_set_new(out, h->mitigations[i].name,
				    json_string(h->mitigations[i].state));
	return out;
}

static json_t *cgroup_json(const struct limits *l)
{
	json_t *version = l->v1 && l->v2   ? json_string("hybrid")
			  : l->v1 || l->v2 ? json_integer(l->v1 ? 1 : 2)
					   : json_null();
	json_t *quota = isinf(l->quota_cpus) ? json_null() : json_real(l->quota_cpus);

	return json_pack("{s:o,s:I,s:o,s:o,s:o}", "version", version, "depth", (json_int_t)l->depth,
			 "quota_cpus", quota, "memory_bytes", number(l->memory_bytes), "high_bytes",
			 number(l->high_bytes));
}

json_t *host_json(const struct host *h)
{
	return json_pack("{s:{s:o,s:o},s:o,s:o,s:{s:o,s:o},s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "kernel",
			 "release", text(h->release), "version", text(h->version), "machine",
			 text(h->machine), "cpu", cpu_json(h), "firmware", "vendor",
			 text(h->vendor), "product", text(h->product), "container",
			 text(h->container), "clocksource", text(h->clocksource), "load",
			 load_json(h), "steal_ms", number(h->steal_ms), "memory", memory_json(h),
			 "mitigations", mitigations_json(h), "cgroup", cgroup_json(&h->limits));
}
