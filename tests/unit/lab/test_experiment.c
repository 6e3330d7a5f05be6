// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles that are good: what was written, what it defaults to, and the same again as JSON. */
#include "base/buf.h"
#include "tests/unit/profiles.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

/* That of the interface's page, with a scenario of this test's library. */
static const char whole[] =
	"name: mprotect-formal\n"
	"label: lab-a                 # names the host in evidence\n"
	"mode: exact                  # exact | timed | native\n"
	"kernels:\n"
	"  - {name: old, spec: \"debian:6.16.12\"}\n"
	"  - {name: new, spec: \"debian:6.17.13\", cmdline: \"transparent_hugepage=never\"}\n"
	"baseline: old\n"
	"scenarios:\n"
	"  - {name: mm/one, primary: touch, set: {size: 32M}}\n"
	"cpus: [1, 2, 4]\n"
	"memory: 1G\n"
	"repetitions: 12\n"
	"order: round-robin\n"
	"seed: 20260513\n"
	"tolerance: 0.01\n"
	"max_cv: 0.20\n"
	"aa: true\n"
	"retries: 2\n"
	"cpuset: \"0-1\"\n"
	"config: a.config\n"
	"compiler: gcc-12\n"
	"cpu: qemu64,+popcnt\n"
	"purpose: state\n";

static void assert_kernels(const struct experiment *x)
{
	assert_int_equal(x->n_kernels, 2);
	assert_string_equal(x->kernels[0].name, "old");
	assert_string_equal(x->kernels[0].spec, "debian:6.16.12");
	assert_string_equal(x->kernels[0].cmdline, "");
	assert_string_equal(x->kernels[1].spec, "debian:6.17.13");
	assert_string_equal(x->kernels[1].cmdline, "transparent_hugepage=never");
	assert_int_equal(x->baseline, 0);
	assert_int_equal(x->n_arms, 3);
	assert_string_equal(x->arms[1].name, "new");
	assert_int_equal(x->arms[1].kernel, 1);
	assert_string_equal(x->arms[2].name, "old#aa");
	assert_int_equal(x->arms[2].kernel, 0);
}

static void all_keys_are_read(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(whole);

	(void)state;
	assert_string_equal(x->name, "mprotect-formal");
	assert_string_equal(x->label, "lab-a");
	assert_string_equal(x->text, whole);
	assert_string_equal(x->sha256.text, hash_bytes(whole, strlen(whole)).text);
	assert_int_equal(x->mode, EXPERIMENT_EXACT);
	assert_kernels(x);
	assert_int_equal(x->n_scenarios, 1);
	assert_string_equal(x->scenarios[0].scenario->name, "mm/one");
	assert_string_equal(x->scenarios[0].primary, "touch");
	assert_int_equal(scenario_pages(x->scenarios[0].scenario), 8192);
	assert_int_equal(x->n_cpus, 3);
	assert_int_equal(x->cpus[2], 4);
	assert_int_equal(x->memory_mib, 1024);
	assert_int_equal(x->repetitions, 12);
	assert_int_equal(x->n_looks, 0);
	assert_int_equal(x->order, ORDER_ROUND_ROBIN);
	assert_int_equal(x->seed, 20260513);
	assert_float_equal(x->tolerance, 0.01, 0);
	assert_float_equal(x->max_cv, 0.2, 0);
	assert_true(x->aa);
	assert_int_equal(x->retries, 2);
	assert_string_equal(x->cpuset, "0-1");
	assert_string_equal(x->config, "a.config");
	assert_string_equal(x->compiler, "gcc-12");
	assert_string_equal(x->cpu_model, "qemu64,+popcnt");
	assert_int_equal(x->config_at.line + 1, x->compiler_at.line);
	assert_int_equal(x->config_at.column, 9);
	assert_int_equal(x->purpose, EXPERIMENT_STATE);
	assert_int_equal(experiment_steps(x), 3 * 12 * 3);
}

/* The guest is as large as the largest that a scenario asks for, unless the profile says. */
static void memory_is_what_scenarios_ask_for(void **state)
{
	_cleanup_experiment_ struct experiment *x =
		profiles_read(P_NAME "\n" P_KERNELS "\n" P_BASELINE
				     "\nscenarios: [{name: mm/one}, {name: mm/large}]\n");

	(void)state;
	assert_int_equal(x->memory_mib, 2048);
}

static void what_is_left_out_has_defaults(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(P_LEAST);

	(void)state;
	assert_string_equal(x->label, "");
	assert_int_equal(x->mode, EXPERIMENT_EXACT);
	assert_string_equal(x->scenarios[0].primary, "iteration");
	assert_int_equal(scenario_pages(x->scenarios[0].scenario), 16384);
	assert_int_equal(x->n_cpus, 1);
	assert_int_equal(x->cpus[0], 1);
	assert_int_equal(x->memory_mib, 512);
	assert_int_equal(x->repetitions, 9);
	assert_int_equal(x->n_looks, 0);
	assert_int_equal(x->order, ORDER_BALANCED);
	assert_int_equal(x->seed, 1);
	assert_float_equal(x->tolerance, 0.05, 0);
	assert_float_equal(x->max_cv, 0.10, 0);
	assert_false(x->aa);
	assert_int_equal(x->n_arms, 2);
	assert_int_equal(x->retries, 0);
	assert_string_equal(x->cpuset, "");
	assert_string_equal(x->config, "");
	assert_string_equal(x->compiler, "");
	assert_string_equal(x->cpu_model, "");
	assert_int_equal(x->purpose, EXPERIMENT_PERFORMANCE);
	assert_int_equal(experiment_steps(x), 18);
}

static void looks_stand_instead_of_repetitions(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(P_LEAST "looks: [10, 20, 40]\n");

	(void)state;
	assert_int_equal(x->repetitions, 0);
	assert_int_equal(x->n_looks, 3);
	assert_int_equal(experiment_blocks(x), 40);
}

static void one_kernel_against_itself(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(
		"name: n\naa: true\nbaseline: k\nkernels: [{name: k, spec: a}]\n" P_SCENARIOS "\n");

	(void)state;
	assert_int_equal(x->n_arms, 2);
	assert_string_equal(x->arms[0].name, "k");
	assert_string_equal(x->arms[1].name, "k#aa");
	assert_int_equal(x->arms[1].kernel, 0);
}

/* As written in other ways: extremes, quotes, aliases that are no cycle. */
static void values_at_their_limits(void **state)
{
	static const char *const rows[] = {
		"repetitions: 1",
		"repetitions: 1000",
		"looks: [1]",
		"looks: [1, 2, 3, 4, 5, 1000]",
		"seed: 0",
		"seed: 9223372036854775807",
		"tolerance: 0\nmax_cv: 10",
		"tolerance: 1e-3\nmax_cv: .5",
		"memory: 128M",
		"memory: 16G",
		"memory: \"536870912\"",
		"cpus: [64, 1]",
		"retries: 5",
		"cpuset: \"\"",
		"cpuset: 1023",
		"cpuset: 0-1,4,1-2",
		"label: \"Labor M\\u00fcnchen\"",
		"label: \"\"",
		"cpus: &c [1, 2]\nlooks: *c",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = str_printf("%s%s\n", P_LEAST, rows[i]);

		experiment_free(profiles_read(text));
	}
}

static void sizes_are_set_on_a_copy(void **state)
{
	_cleanup_experiment_ struct experiment *x =
		profiles_read(P_NAME "\n" P_KERNELS "\n" P_BASELINE "\nscenarios:\n"
				     "  - {name: mm/one, set: {a: 8K}}\n"
				     "  - {name: mm/two, set: {b: 12K, size: 16K}}\n");
	_cleanup_experiment_ struct experiment *plain = profiles_read(P_LEAST);

	(void)state;
	assert_int_equal(x->scenarios[0].scenario->maps[0].bytes, 8192);
	assert_int_equal(x->scenarios[1].scenario->maps[0].bytes, 16384);
	assert_int_equal(x->scenarios[1].scenario->maps[1].bytes, 12288);
	assert_string_not_equal(x->scenarios[0].scenario->sha256.text,
				plain->scenarios[0].scenario->sha256.text);
}

/* Later errors name the place: line 6 has the spec of new, line 9 the scenario. */
static void places_are_kept(void **state)
{
	_cleanup_experiment_ struct experiment *x = profiles_read(whole);
	struct err e = { 0 };

	(void)state;
	err_unmeasured(&e, ENOENT, "no such kernel");
	assert_int_equal(experiment_blame(x, &x->kernels[1].at, &e), -ENOENT);
	assert_string_equal(e.text, "p.yaml:6:23: no such kernel");
	assert_int_equal(e.status, ERR_UNMEASURED);
	assert_int_equal(x->scenarios[0].at.line, 9);
	assert_int_equal(x->scenarios[0].at.column, 12);
}

/* The JSON has every key, and is the same experiment when it is read. */
static void json_reads_back(void **state)
{
	static const char *const rows[] = { whole, P_LEAST, P_LEAST "looks: [10, 20]\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_experiment_ struct experiment *x = profiles_read(rows[i]), *y = NULL;
		json_t *first = experiment_json(x), *second;
		_cleanup_free_ char *text = json_dumps(first, 0);

		assert_non_null(text);
		assert_int_equal(json_object_size(first), 20);
		y = profiles_read(text);
		second = experiment_json(y);
		assert_true(json_equal(first, second));
		assert_string_equal(x->scenarios[0].scenario->sha256.text,
				    y->scenarios[0].scenario->sha256.text);
		json_decref(first);
		json_decref(second);
	}
}

static void files_are_read(void **state)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct experiment *x = NULL;
	struct err e = { 0 };

	(void)state;
	profiles_library(&l);
	assert_int_equal(experiment_open("there-is-no-such-file", &l, &x, &e), -ENOENT);
	assert_non_null(strstr(e.text, "there-is-no-such-file"));
	assert_int_equal(experiment_open("HACKING.md", &l, &x, &e), -EINVAL);
	assert_null(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keys_are_read),
		cmocka_unit_test(memory_is_what_scenarios_ask_for),
		cmocka_unit_test(what_is_left_out_has_defaults),
		cmocka_unit_test(looks_stand_instead_of_repetitions),
		cmocka_unit_test(one_kernel_against_itself),
		cmocka_unit_test(values_at_their_limits),
		cmocka_unit_test(sizes_are_set_on_a_copy),
		cmocka_unit_test(places_are_kept),
		cmocka_unit_test(json_reads_back),
		cmocka_unit_test(files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
