// SPDX-License-Identifier: GPL-2.0-or-later
/* vCPU threads on host CPUs; the thread is this test's own. */
#include "base/cpuset.h"
#include "tests/unit/unit.h"
#include "vm/pin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static json_t *vcpus(unsigned n, json_int_t thread)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:i,s:I}", "cpu-index", (int)i, "thread-id", thread));
	return list;
}

static void a_thread_goes_where_it_is_sent(void **state)
{
	json_t *list = vcpus(3, gettid()), *out = NULL;
	cpu_set_t before, set, now;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&set);
	CPU_SET(cpuset_nth(&before, 0), &set);
	/* Three vCPUs of one thread need one CPU. */
	assert_int_equal(pin_vcpus(list, &set, &out, &e), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
	assert_true(CPU_EQUAL(&now, &set));
	assert_int_equal(json_array_size(out), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *one = json_array_get(out, i);

		assert_int_equal(json_integer_value(json_object_get(one, "vcpu")), i);
		assert_int_equal(
			json_integer_value(json_array_get(json_object_get(one, "cpus"), 0)),
			cpuset_nth(&before, 0));
	}
	json_decref(out);
	json_decref(list);
	sched_setaffinity(0, sizeof(before), &before);
}

static void what_cannot_be_is_refused(void **state)
{
	json_t *none = json_array(), *nameless = vcpus(1, 0), *out = NULL;
	json_t *two = json_pack("[{s:i,s:I},{s:i,s:I}]", "cpu-index", 0, "thread-id",
				(json_int_t)gettid(), "cpu-index", 1, "thread-id", (json_int_t)1);
	cpu_set_t before, set;
	struct err e = { 0 };

	(void)state;
	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&set);
	CPU_SET(cpuset_nth(&before, 0), &set);
	assert_int_equal(pin_vcpus(none, &set, &out, &e), -EPROTO);
	err_clear(&e);
	assert_int_equal(pin_vcpus(nameless, &set, &out, &e), -EPROTO);
	err_clear(&e);
	assert_int_equal(pin_vcpus(two, &set, &out, &e), -ENOTSUP);
	assert_non_null(strstr(e.text, "2 vCPUs on 1 host CPU"));
	assert_null(out);
	json_decref(none);
	json_decref(nameless);
	json_decref(two);
	sched_setaffinity(0, sizeof(before), &before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_goes_where_it_is_sent),
		cmocka_unit_test(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
