// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/profiles.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static const char scenarios[] = "one:\n"
				"  help: h\n"
				"  maps: {a: {kind: anon-shared, size: 64M}}\n"
				"  segments:\n"
				"    protect: [mprotect: {map: a, to: r}]\n"
				"    touch: [touch: {map: a, access: read}]\n"
				"two:\n"
				"  help: h\n"
				"  maps:\n"
				"    a: {kind: anon-shared, size: 1M}\n"
				"    b: {kind: anon-private, size: 1M}\n"
				"  segments:\n"
				"    fault: [touch: {map: b, access: write}]\n"
				"large:\n"
				"  help: h\n"
				"  memory: 2G\n"
				"  maps: {a: {kind: anon-private, size: 1G}}\n"
				"  segments:\n"
				"    protect: [mprotect: {map: a, to: r}]\n";

void profiles_library(struct scenario_list *out)
{
	struct err e = { 0 };

	if (scenario_read("mm", "mm.yaml", scenarios, strlen(scenarios), out, &e) < 0)
		fail_msg("%s", e.text);
}

struct experiment *profiles_read(const char *text)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct experiment *x = NULL;
	struct err e = { 0 };

	profiles_library(&l);
	if (experiment_read("p.yaml", text, strlen(text), &l, &x, &e) < 0)
		fail_msg("%s for\n%s", e.text, text);
	return x;
}

const char *profiles_error(const char *text)
{
	static struct err e;
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct experiment *x = NULL;

	err_clear(&e);
	profiles_library(&l);
	if (experiment_read("p.yaml", text, strlen(text), &l, &x, &e) != -EINVAL || x)
		fail_msg("no error for\n%s", text);
	return e.text;
}
