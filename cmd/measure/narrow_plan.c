// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/narrow_plan.h"

#include "cmd/common/program_words.h"

#include "base/cleanup.h"
#include "drive/session/home.h"
#include "drive/measure/measuring.h"
#include "drive/session/parts.h"
#include "kernel/deb/series.h"
#include "kernel/name/vercmp.h"
#include "report/views/search/narrow_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add(struct series_specs *specs, char *spec, struct err *e)
{
	char **grown = realloc(specs->items, (specs->count + 1) * sizeof(*grown));

	if (grown)
		specs->items = grown;
	if (!grown || !spec) {
		free(spec);
		return err_oom(e);
	}
	grown[specs->count++] = spec;
	return 0;
}

static int add_range(struct kernel_store *st, const char *word, struct series_specs *specs,
		     struct err *e)
{
	_cleanup_series_specs_ struct series_specs found = { 0 };
	int r = series_expand_offline(st, word, &found, e);

	for (size_t i = 0; r == 0 && i < found.count; i++)
		r = add(specs, steal(&found.items[i]), e);
	return r;
}

/* As narrow_specs() and narrow_kernels(), of what is foreseen. */
static int foresee(struct kernel_store *st, const struct narrow_wish *w, struct narrow_plan *p,
		   struct kernel_foreseen **out, struct err *e)
{
	_cleanup_series_specs_ struct series_specs specs = { 0 };
	int r = 0;

	for (int i = 0; r == 0 && i < w->count; i++)
		r = series_is_range(w->words[i]) ? add_range(st, w->words[i], &specs, e)
						 : add(&specs, strdup(w->words[i]), e);
	if (r == 0 && specs.count < 2)
		r = err_set(e, EINVAL, "two kernels or more make a series");
	if (r == 0)
		r = kernel_foresee(st, specs.items, specs.count, out, e);
	if (r < 0)
		return r;
	p->kernels = *out;
	p->count = specs.count;
	for (size_t i = 0; i + 1 < p->count; i++) {
		const struct kernel_foreseen *a = &p->kernels[i], *b = a + 1;

		if (!strcmp(a->spec, b->spec))
			return err_set(e, EINVAL, "'%s' is given twice", a->spec);
		if (a->version && b->version && vercmp(a->version, b->version) > 0)
			return err_set(e, EINVAL, "'%s' is newer than '%s': the oldest comes first",
				       a->spec, b->spec);
	}
	return 0;
}

static int forecast(struct narrow_plan *p, struct err *e)
{
	_cleanup_free_ uint64_t *bytes = calloc(p->count, sizeof(*bytes));

	if (!bytes)
		return err_oom(e);
	for (size_t i = 0; i < p->count; i++)
		bytes[i] = p->kernels[i].bytes;
	return forecast_exact(bytes, p->count, p->all, &p->forecast, e);
}

static int print(const struct cmd_ctx *ctx, const struct narrow_plan *p, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	json_t *doc;
	int status;

	if (!ctx->json) {
		if (narrow_plan_text(p, &text, e) < 0)
			return report_error(e);
		return print_buf(&text);
	}
	doc = narrow_plan_json(p);
	if (!doc)
		return err_oom(e), report_error(e);
	status = print_json(doc);
	json_decref(doc);
	return status;
}

static void note(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "slowpath: %s\n", text);
}

int narrow_dry_run(const struct cmd_ctx *ctx, const struct narrow_wish *w)
{
	_cleanup_kernel_store_ struct kernel_store *st = NULL;
	_cleanup_scenario_list_ struct scenario_list library = { 0 };
	_cleanup_parts_ struct parts parts = { 0 };
	_cleanup_home_ struct home home = { 0 };
	struct narrow_plan p = { .timed = w->timed, .all = w->all, .threshold = w->threshold };
	struct kernel_foreseen *kernels = NULL;
	struct err e = { 0 };
	int status, r = home_open(ctx->home_arg, &home, &e);

	if (r == 0)
		r = parts_find(&parts, &e);
	if (r == 0)
		r = parts_library(&parts, &library, &e);
	if (r == 0)
		r = program_words_add(ctx, &library, &e);
	if (r == 0)
		r = library_one(&library, w->scenario ? w->scenario : DEFAULT_SCENARIO, &p.scenario,
				&e);
	if (r == 0)
		r = kernel_store_open(home.data, home.cache, &st, &e);
	if (r == 0)
		kernel_store_set_warn(st, note, NULL);
	if (r == 0)
		r = kernel_store_name_arch(st, w->arch, &e);
	if (r == 0)
		r = foresee(st, w, &p, &kernels, &e);
	if (r == 0)
		r = forecast(&p, &e);
	status = r < 0 ? report_error(&e) : print(ctx, &p, &e);
	kernel_foreseen_free(kernels, p.count);
	return status;
}
