// SPDX-License-Identifier: GPL-2.0-or-later
/* The two lists of a profile: kernels and scenarios. */
#include "lab/plan/experiment_values.h"

#include "base/buf.h"
#include "kernel/name/spec.h"

#include "scenario/metric.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Linux for x86 takes 2048 bytes, and slowpath says some words of its own. */
#define CMDLINE_BYTES_MAX 1024
#define SPEC_BYTES_MAX 4096

static int read_spec(struct yaml_doc *d, const yaml_node_t *n, struct experiment_kernel *k,
		     struct err *e)
{
	_cleanup_spec_ struct spec s = { 0 };
	struct err why = { 0 };
	int r = read_plain(d, n, 1, SPEC_BYTES_MAX, &k->spec, e);

	if (r < 0)
		return r;
	k->at = place_of(n);
	r = spec_parse(k->spec, &s, &why);
	return r < 0 ? yaml_doc_error(d, n, e, "%s", why.text) : 0;
}

static int read_kernel_key(struct yaml_doc *d, const struct yaml_pair *p,
			   struct experiment_kernel *k, struct err *e)
{
	if (!strcmp(p->key, "name"))
		return read_name(d, p->value, &k->name, e);
	if (!strcmp(p->key, "spec"))
		return read_spec(d, p->value, k, e);
	if (!strcmp(p->key, "cmdline"))
		return read_plain(d, p->value, 0, CMDLINE_BYTES_MAX, &k->cmdline, e);
	return yaml_doc_error(d, p->key_node, e, "'%s': name, spec or cmdline is expected", p->key);
}

static int read_kernel(struct yaml_doc *d, const yaml_node_t *n, struct experiment *x,
		       struct err *e)
{
	struct experiment_kernel *k = &x->kernels[x->n_kernels];
	int r = yaml_doc_mapping(d, n, "a kernel", e);

	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = read_kernel_key(d, &p, k, e);
	}
	if (r < 0)
		return r;
	if (!k->name || !k->spec)
		return yaml_doc_error(d, n, e, "a kernel needs name and spec");
	for (unsigned i = 0; i < x->n_kernels; i++) {
		if (!strcmp(x->kernels[i].name, k->name))
			return yaml_doc_error(d, n, e, "there is a kernel '%s' already", k->name);
	}
	if (!k->cmdline)
		k->cmdline = strdup("");
	x->n_kernels++;
	return k->cmdline ? 0 : err_oom(e);
}

int read_kernels(struct yaml_doc *d, const yaml_node_t *n, struct experiment *x, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "kernels", e);

	if (r < 0)
		return r;
	if (yaml_doc_items(n) > EXPERIMENT_KERNELS_MAX)
		return yaml_doc_error(d, n, e, "more than %d kernels", EXPERIMENT_KERNELS_MAX);
	if (yaml_doc_items(n) < (x->aa ? 1 : 2))
		return yaml_doc_error(d, n, e,
				      "two kernels or more are expected, or one with aa: true");
	for (size_t i = 0; i < yaml_doc_items(n); i++) {
		r = read_kernel(d, yaml_doc_item(d, n, i), x, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_setting(struct experiment_scenario *s, const char *key, const char *value)
{
	struct scenario_setting *grown =
		realloc(s->settings, (s->n_settings + 1) * sizeof(*s->settings));
	struct scenario_setting own = { .key = strdup(key), .value = strdup(value) };

	if (grown)
		s->settings = grown;
	if (!grown || !own.key || !own.value) {
		free((char *)own.key);
		free((char *)own.value);
		return -1;
	}
	s->settings[s->n_settings++] = own;
	return 0;
}

static int read_settings(struct yaml_doc *d, const yaml_node_t *n, struct experiment_scenario *s,
			 struct err *e)
{
	int r = yaml_doc_mapping(d, n, "set", e);

	if (r == 0 && yaml_doc_pairs(n) > PLAN_MAX_MAPS + 1)
		return yaml_doc_error(d, n, e, "more than %d settings", PLAN_MAX_MAPS + 1);
	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		const char *value = "";
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r == 0)
			r = yaml_doc_string(d, p.value, &value, e);
		if (r == 0 && add_setting(s, p.key, value) < 0)
			r = err_oom(e);
	}
	return r;
}

/* The nodes of one entry; NULL where the key was not given. */
struct entry {
	const yaml_node_t *whole, *name, *primary, *set;
};

static int read_entry(struct yaml_doc *d, const yaml_node_t *n, struct entry *out, struct err *e)
{
	int r = yaml_doc_mapping(d, n, "a scenario", e);

	*out = (struct entry){ .whole = n };
	for (size_t i = 0; r == 0 && i < yaml_doc_pairs(n); i++) {
		struct yaml_pair p;

		r = yaml_doc_pair(d, n, i, &p, e);
		if (r < 0)
			return r;
		if (!strcmp(p.key, "name"))
			out->name = p.value;
		else if (!strcmp(p.key, "primary"))
			out->primary = p.value;
		else if (!strcmp(p.key, "set"))
			out->set = p.value;
		else
			return yaml_doc_error(d, p.key_node, e,
					      "'%s': name, primary or set is expected", p.key);
	}
	if (r == 0 && !out->name)
		return yaml_doc_error(d, n, e, "a scenario needs a name");
	return r;
}

static int find_scenario(struct yaml_doc *d, const yaml_node_t *n, const struct experiment *x,
			 const struct scenario_list *library, const struct scenario **out,
			 struct err *e)
{
	const char *name = "";
	int r = yaml_doc_string(d, n, &name, e);

	if (r < 0)
		return r;
	/* Raw results know a scenario by its name alone. */
	for (unsigned i = 0; i < x->n_scenarios; i++) {
		if (!strcmp(x->scenarios[i].scenario->name, name))
			return yaml_doc_error(d, n, e,
					      "scenario '%s' is there already; another size of it "
					      "needs a profile of its own",
					      name);
	}
	for (size_t i = 0; i < library->count; i++) {
		if (!strcmp(library->items[i]->name, name)) {
			*out = library->items[i];
			return 0;
		}
	}
	return yaml_doc_error(d, n, e,
			      "there is no scenario '%s'; 'slowpath scenario list' has them", name);
}

static int apply_settings(struct yaml_doc *d, const struct entry *n, const struct scenario *base,
			  struct experiment_scenario *s, struct err *e)
{
	struct err why = { 0 };
	const yaml_node_t *at = n->whole;
	size_t bad = 0;
	int r = scenario_set(base, s->settings, s->n_settings, &s->scenario, &bad, &why);

	if (r == 0)
		return 0;
	if (n->set && bad < yaml_doc_pairs(n->set)) {
		const yaml_node_pair_t *p = n->set->data.mapping.pairs.start + bad;

		at = yaml_doc_node(d, r == -ENOENT ? p->key : p->value);
	}
	return yaml_doc_error(d, at, e, "%s", why.text);
}

/* What the profile says, else what the scenario does, which may be out of a bundle: @entry has it.
 */
static int read_primary(struct yaml_doc *d, const struct entry *entry,
			struct experiment_scenario *s, struct err *e)
{
	const yaml_node_t *n = entry->primary;
	struct metric_offer offer = { .n_segments = (unsigned)s->scenario->n_segments,
				      .program = s->scenario->program };
	struct metric_choice m;
	char word[METRIC_WORD_BYTES];
	struct err why = { 0 };
	const char *text = NULL;
	int r = 0;

	for (unsigned i = 0; i < offer.n_segments; i++)
		offer.segments[i] = s->scenario->segments[i].name;
	if (n)
		r = yaml_doc_string(d, n, &text, e);
	else
		text = s->scenario->metric;
	if (r == 0 && metric_choose(text, &offer, &m, &why) < 0)
		r = yaml_doc_error(d, n ? n : entry->name, e, "%s", why.text);
	if (r < 0)
		return r;
	s->primary_said = n != NULL;
	metric_word(&m, word);
	s->primary = strdup(word);
	free(s->scenario->metric);
	s->scenario->metric = strdup(word);
	return s->primary && s->scenario->metric ? 0 : err_oom(e);
}

static int read_scenario(struct yaml_doc *d, const yaml_node_t *node,
			 const struct scenario_list *library, struct experiment *x, struct err *e)
{
	struct experiment_scenario *s = &x->scenarios[x->n_scenarios];
	const struct scenario *base = NULL;
	struct entry n;
	unsigned memory_mib;
	int r = read_entry(d, node, &n, e);

	if (r == 0)
		r = find_scenario(d, n.name, x, library, &base, e);
	if (r == 0 && n.set)
		r = read_settings(d, n.set, s, e);
	if (r == 0)
		r = apply_settings(d, &n, base, s, e);
	if (r == 0)
		r = read_primary(d, &n, s, e);
	if (r < 0)
		return r;
	s->at = place_of(n.name);
	/* More would measure reclaim. */
	memory_mib = x->memory_mib ? x->memory_mib : scenario_memory_mib(s->scenario);
	if (scenario_pages(s->scenario) * 4096 > (uint64_t)memory_mib << 19)
		return yaml_doc_error(d, n.name, e,
				      "the maps of '%s' take %llu KiB, more than half of the "
				      "memory of %uM",
				      s->scenario->name,
				      (unsigned long long)scenario_pages(s->scenario) * 4,
				      memory_mib);
	x->n_scenarios++;
	return 0;
}

int read_scenarios(struct yaml_doc *d, const yaml_node_t *n, const struct scenario_list *library,
		   struct experiment *x, struct err *e)
{
	int r = yaml_doc_sequence(d, n, "scenarios", e);

	if (r < 0)
		return r;
	if (!yaml_doc_items(n) || yaml_doc_items(n) > EXPERIMENT_SCENARIOS_MAX)
		return yaml_doc_error(d, n, e, "1 to %d scenarios are expected",
				      EXPERIMENT_SCENARIOS_MAX);
	for (size_t i = 0; i < yaml_doc_items(n); i++) {
		r = read_scenario(d, yaml_doc_item(d, n, i), library, x, e);
		if (r < 0)
			return r;
	}
	return 0;
}
