// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/experiment.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/cpuset.h"
#include "lab/plan/experiment_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 20)
#define TEXT_BYTES_MAX 128
#define CPUSET_BYTES_MAX 1024
#define FILE_NAME_BYTES_MAX 4095

#define DEFAULT_REPETITIONS 9

struct reading {
	struct yaml_doc d;
	const struct scenario_list *library;
	struct experiment *x;
};

typedef int (*read_fn)(struct reading *r, const yaml_node_t *n, struct err *e);

static int key_name(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_plain(&r->d, n, 1, TEXT_BYTES_MAX, &r->x->name, e);
}

static int key_label(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_plain(&r->d, n, 0, TEXT_BYTES_MAX, &r->x->label, e);
}

static int key_mode(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_choice(&r->d, n, experiment_modes, &r->x->mode, e);
}

static int key_aa(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_bool(&r->d, n, &r->x->aa, e);
}

static int key_kernels(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_kernels(&r->d, n, r->x, e);
}

static int key_baseline(struct reading *r, const yaml_node_t *n, struct err *e)
{
	const char *names[EXPERIMENT_KERNELS_MAX + 1] = { NULL };

	for (unsigned i = 0; i < r->x->n_kernels; i++)
		names[i] = r->x->kernels[i].name;
	return read_choice(&r->d, n, names, &r->x->baseline, e);
}

static int key_memory(struct reading *r, const yaml_node_t *n, struct err *e)
{
	uint64_t bytes = 0;
	int rc = yaml_doc_size(&r->d, n, &bytes, e);

	if (rc < 0)
		return rc;
	if (bytes % (1u << 20) || bytes < 128ull << 20 || bytes > 16ull << 30)
		return yaml_doc_error(&r->d, n, e, "a multiple of 1M from 128M to 16G is expected");
	r->x->memory_mib = (unsigned)(bytes >> 20);
	return 0;
}

static int key_scenarios(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_scenarios(&r->d, n, r->library, r->x, e);
}

static int key_cpus(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_numbers(&r->d, n, "cpus", EXPERIMENT_CPUS_MAX, EXPERIMENT_CPUS_MAX, false,
			    r->x->cpus, &r->x->n_cpus, e);
}

static int key_repetitions(struct reading *r, const yaml_node_t *n, struct err *e)
{
	uint64_t value = 0;
	int rc = yaml_doc_uint(&r->d, n, 1, EXPERIMENT_BLOCKS_MAX, &value, e);

	r->x->repetitions = (unsigned)value;
	return rc;
}

/* After the repetitions, which are 0 if none were given. */
static int key_looks(struct reading *r, const yaml_node_t *n, struct err *e)
{
	if (r->x->repetitions)
		return yaml_doc_error(&r->d, n, e, "repetitions or looks are expected, not both");
	return read_numbers(&r->d, n, "looks", EXPERIMENT_LOOKS_MAX, EXPERIMENT_BLOCKS_MAX, true,
			    r->x->looks, &r->x->n_looks, e);
}

static int key_order(struct reading *r, const yaml_node_t *n, struct err *e)
{
	const char *words[ORDER_KINDS + 1] = { NULL };

	for (unsigned i = 0; i < ORDER_KINDS; i++)
		words[i] = order_name(i);
	return read_choice(&r->d, n, words, &r->x->order, e);
}

static int key_seed(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return yaml_doc_uint(&r->d, n, 0, INT64_MAX, &r->x->seed, e);
}

static int key_tolerance(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_fraction(&r->d, n, &r->x->tolerance, e);
}

static int key_max_cv(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_fraction(&r->d, n, &r->x->max_cv, e);
}

static int key_retries(struct reading *r, const yaml_node_t *n, struct err *e)
{
	uint64_t value = 0;
	int rc = yaml_doc_uint(&r->d, n, 0, 5, &value, e);

	r->x->retries = (unsigned)value;
	return rc;
}

static int key_cpuset(struct reading *r, const yaml_node_t *n, struct err *e)
{
	cpu_set_t set;
	int rc = read_plain(&r->d, n, 0, CPUSET_BYTES_MAX, &r->x->cpuset, e);

	if (rc == 0 && r->x->cpuset[0] && cpuset_parse(r->x->cpuset, &set) < 0)
		return yaml_doc_error(&r->d, n, e,
				      "'%s': CPUs such as \"0-1,4\" are expected, each below %d",
				      r->x->cpuset, CPU_SETSIZE);
	return rc;
}

/* What it means is QEMU's to say, once it is to be run. */
static int key_cpu(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_plain(&r->d, n, 0, TEXT_BYTES_MAX, &r->x->cpu_model, e);
}

static int key_config(struct reading *r, const yaml_node_t *n, struct err *e)
{
	r->x->config_at = place_of(n);
	return read_plain(&r->d, n, 0, FILE_NAME_BYTES_MAX, &r->x->config, e);
}

static int key_compiler(struct reading *r, const yaml_node_t *n, struct err *e)
{
	r->x->compiler_at = place_of(n);
	return read_plain(&r->d, n, 0, TEXT_BYTES_MAX, &r->x->compiler, e);
}

static int key_purpose(struct reading *r, const yaml_node_t *n, struct err *e)
{
	return read_choice(&r->d, n, experiment_purposes, &r->x->purpose, e);
}

/* In the order in which they have to be looked at: a baseline is one of the kernels. */
static const struct {
	const char *key;
	read_fn read;
	bool required;
} keys[] = {
	{ "name", key_name, true },	  { "label", key_label, false },
	{ "mode", key_mode, false },	  { "aa", key_aa, false },
	{ "kernels", key_kernels, true }, { "baseline", key_baseline, true },
	{ "memory", key_memory, false },  { "scenarios", key_scenarios, true },
	{ "cpus", key_cpus, false },	  { "repetitions", key_repetitions, false },
	{ "looks", key_looks, false },	  { "order", key_order, false },
	{ "seed", key_seed, false },	  { "tolerance", key_tolerance, false },
	{ "max_cv", key_max_cv, false },  { "retries", key_retries, false },
	{ "cpuset", key_cpuset, false },  { "purpose", key_purpose, false },
	{ "config", key_config, false },  { "compiler", key_compiler, false },
	{ "cpu", key_cpu, false },
};

static int unknown_key(struct reading *r, const struct yaml_pair *p, struct err *e)
{
	_cleanup_buf_ struct buf known = { 0 };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
		buf_printf(&known, "%s%s",
			   !k			      ? ""
			   : k + 1 < ARRAY_SIZE(keys) ? ", "
						      : " or ",
			   keys[k].key);
	if (buf_error(&known))
		return err_oom(e);
	return yaml_doc_error(&r->d, p->key_node, e, "unknown key '%s'; %s is expected", p->key,
			      buf_str(&known));
}

static int find_keys(struct reading *r, const yaml_node_t *root,
		     const yaml_node_t *values[ARRAY_SIZE(keys)], struct err *e)
{
	for (size_t i = 0; i < yaml_doc_pairs(root); i++) {
		struct yaml_pair p;
		size_t k = 0;
		int rc = yaml_doc_pair(&r->d, root, i, &p, e);

		if (rc < 0)
			return rc;
		while (k < ARRAY_SIZE(keys) && strcmp(keys[k].key, p.key) != 0)
			k++;
		if (k == ARRAY_SIZE(keys))
			return unknown_key(r, &p, e);
		values[k] = p.value;
	}
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		if (keys[k].required && !values[k])
			return yaml_doc_error(&r->d, root, e,
					      "a profile needs name, kernels, baseline and "
					      "scenarios; '%s' is missing",
					      keys[k].key);
	}
	return 0;
}

static int make_arms(struct experiment *x, struct err *e)
{
	for (unsigned i = 0; i < x->n_kernels; i++)
		x->arms[x->n_arms++] =
			(struct experiment_arm){ .name = strdup(x->kernels[i].name), .kernel = i };
	if (x->aa)
		x->arms[x->n_arms++] =
			(struct experiment_arm){ .name = str_printf("%s#aa",
								    x->kernels[x->baseline].name),
						 .kernel = x->baseline };
	for (unsigned i = 0; i < x->n_arms; i++) {
		if (!x->arms[i].name)
			return err_oom(e);
	}
	return 0;
}

/* What keys that were not given stand for. */
static int fill_in(struct experiment *x, struct err *e)
{
	bool memory_given = x->memory_mib;

	if (!x->label)
		x->label = strdup("");
	if (!x->cpuset)
		x->cpuset = strdup("");
	if (!x->cpu_model)
		x->cpu_model = strdup("");
	if (!x->config)
		x->config = strdup("");
	if (!x->compiler)
		x->compiler = strdup("");
	if (!x->n_cpus)
		x->cpus[x->n_cpus++] = 1;
	for (unsigned i = 0; !memory_given && i < x->n_scenarios; i++) {
		unsigned wish_mib = scenario_memory_mib(x->scenarios[i].scenario);

		x->memory_mib = wish_mib > x->memory_mib ? wish_mib : x->memory_mib;
	}
	if (!x->repetitions && !x->n_looks)
		x->repetitions = DEFAULT_REPETITIONS;
	return x->label && x->cpuset && x->cpu_model && x->config && x->compiler ? make_arms(x, e)
										 : err_oom(e);
}

static int read_document(struct reading *r, const char *file, const char *text, size_t len,
			 struct err *e)
{
	const yaml_node_t *values[ARRAY_SIZE(keys)] = { NULL }, *root;
	int rc = yaml_doc_parse(&r->d, file, text, len, e);

	if (rc < 0)
		return rc;
	root = yaml_doc_root(&r->d);
	rc = yaml_doc_mapping(&r->d, root, "a profile", e);
	if (rc == 0)
		rc = find_keys(r, root, values, e);
	for (size_t k = 0; rc == 0 && k < ARRAY_SIZE(keys); k++) {
		if (values[k])
			rc = keys[k].read(r, values[k], e);
	}
	if (rc == 0)
		rc = fill_in(r->x, e);
	if (rc == 0 && experiment_steps(r->x) > EXPERIMENT_STEPS_MAX)
		return yaml_doc_error(&r->d, root, e, "%llu boots, more than %d",
				      (unsigned long long)experiment_steps(r->x),
				      EXPERIMENT_STEPS_MAX);
	return rc;
}

int experiment_read(const char *file, const char *text, size_t len,
		    const struct scenario_list *library, struct experiment **out, struct err *e)
{
	_cleanup_experiment_ struct experiment *x = calloc(1, sizeof(*x));
	struct reading r = { .library = library, .x = x };
	int rc;

	if (!x)
		return err_oom(e);
	x->seed = 1;
	x->tolerance = 0.05;
	x->max_cv = 0.10;
	x->file = strdup(file);
	x->text = strndup(text, len);
	x->sha256 = hash_bytes(text, len);
	if (!x->file || !x->text)
		return err_oom(e);
	rc = read_document(&r, file, text, len, e);
	yaml_doc_free(&r.d);
	if (rc < 0)
		return rc;
	*out = steal(&x);
	return 0;
}

int experiment_open(const char *path, const struct scenario_list *library, struct experiment **out,
		    struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = file_read(path, FILE_BYTES_MAX, &text, e);

	return r < 0 ? r : experiment_read(path, buf_str(&text), text.len, library, out, e);
}
