// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm/pin.h"

#include "base/cpuset.h"

#include <errno.h>

static int pin_thread(pid_t thread, int cpu, struct err *e)
{
	cpu_set_t want, got;

	CPU_ZERO(&want);
	CPU_SET(cpu, &want);
	if (sched_setaffinity(thread, sizeof(want), &want) < 0)
		return err_errno(e, errno, "pinning a vCPU to host CPU %d", cpu);
	if (sched_getaffinity(thread, sizeof(got), &got) < 0)
		return err_errno(e, errno, "reading the affinity of a vCPU");
	if (!CPU_EQUAL(&want, &got))
		return err_set(e, EIO, "a vCPU that was pinned to host CPU %d is not there", cpu);
	return 0;
}

/* Where the vCPUs before @index that have the same thread went; -1: there is none. */
static int earlier_cpu(const json_t *done, json_int_t thread)
{
	size_t i;
	json_t *one;

	json_array_foreach(done, i, one)
	{
		if (json_integer_value(json_object_get(one, "thread")) == thread)
			return (int)json_integer_value(
				json_array_get(json_object_get(one, "cpus"), 0));
	}
	return -1;
}

static int pin_all(const json_t *vcpus, const cpu_set_t *set, json_t *done, struct err *e)
{
	unsigned used = 0;
	size_t i;
	json_t *one;

	json_array_foreach(vcpus, i, one)
	{
		json_int_t thread = json_integer_value(json_object_get(one, "thread-id"));
		json_int_t vcpu = json_integer_value(json_object_get(one, "cpu-index"));
		int cpu = earlier_cpu(done, thread), r;

		if (thread <= 0)
			return err_set(e, EPROTO, "QEMU does not name the threads of its vCPUs");
		if (cpu < 0) {
			cpu = cpuset_nth(set, used++);
			if (cpu < 0)
				return err_set(e, ENOTSUP, "%zu vCPUs on %d host CPUs",
					       json_array_size(vcpus), CPU_COUNT(set));
			r = pin_thread((pid_t)thread, cpu, e);
			if (r < 0)
				return r;
		}
		if (json_array_append_new(done, json_pack("{s:I,s:I,s:[i]}", "vcpu", vcpu, "thread",
							  thread, "cpus", cpu)) < 0)
			return err_oom(e);
	}
	return 0;
}

int pin_vcpus(const json_t *vcpus, const cpu_set_t *set, json_t **out, struct err *e)
{
	json_t *done = json_array();
	int r = done ? pin_all(vcpus, set, done, e) : err_oom(e);

	if (r == 0 && json_array_size(done) == 0)
		r = err_set(e, EPROTO, "QEMU names no vCPUs");
	if (r == 0)
		*out = done;
	else
		json_decref(done);
	return r;
}
