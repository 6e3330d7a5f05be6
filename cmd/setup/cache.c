// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "cmd/common/cmd.h"
#include "drive/session/home.h"
#include "lab/housekeeping.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define DAYS 30

static const char *size_text(uint64_t bytes, char *out, size_t len)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	snprintf(out, len, "%.*f %s", unit ? 1 : 0, value, units[unit]);
	return out;
}

static int print_items(const struct house *house)
{
	uint64_t sum = 0;
	char size[32];

	printf("%-14s %6s %11s  %s\n", "what", "number", "size", "where");
	for (unsigned k = 0; k < HOUSE_KINDS; k++) {
		const struct house_item *item = &house->items[k];

		sum += item->bytes;
		printf("%-14s %6zu %11s  %s\n", item->kind, item->count,
		       size_text(item->bytes, size, sizeof(size)), item->path);
	}
	printf("%-14s %6s %11s\n", "in all", "", size_text(sum, size, sizeof(size)));
	return finish_stdout();
}

static int print_pruned(const struct house_rules *rules, const struct house_pruned *pruned)
{
	char size[32];

	printf("removed %s\n", size_text(pruned->bytes, size, sizeof(size)));
	if (pruned->in_use)
		fprintf(stderr, "slowpath: %zu in use by another slowpath, kept\n", pruned->in_use);
	if (rules->all)
		fputs("slowpath: kernels and the database stay; 'slowpath kernel remove KERNEL' "
		      "removes a kernel\n",
		      stderr);
	return finish_stdout();
}

static int give_json(const struct home *home, const struct house *house,
		     const struct house_pruned *pruned)
{
	json_t *items = json_array(), *doc;
	struct err e = { 0 };
	int status;

	for (unsigned k = 0; k < HOUSE_KINDS; k++) {
		const struct house_item *item = &house->items[k];

		if (json_array_append_new(items, json_pack("{s:s,s:I,s:I,s:s}", "kind", item->kind,
							   "count", (json_int_t)item->count,
							   "bytes", (json_int_t)item->bytes, "path",
							   item->path)) < 0)
			goto not_text;
	}
	doc = json_pack("{s:s,s:s,s:s,s:O,s:I}", "schema", "slowpath/cache/1", "data", home->data,
			"cache", home->cache, "items", items, "removed_bytes",
			(json_int_t)pruned->bytes);
	if (!doc)
		goto not_text;
	json_decref(items);
	status = print_json(doc);
	json_decref(doc);
	return status;
not_text:
	json_decref(items);
	err_set(&e, EILSEQ, "the home's path is not UTF-8, which JSON has to be");
	return report_error(&e);
}

static int cache(const struct cmd_ctx *ctx, const struct house_rules *prune)
{
	_cleanup_house_ struct house house = { 0 };
	_cleanup_home_ struct home home = { 0 };
	struct house_pruned pruned = { 0 };
	struct err e = { 0 };
	int r = home_open(ctx->home_arg, &home, &e);

	if (r == 0 && prune)
		r = house_prune(home.data, home.cache, prune, &pruned, &e);
	if (r == 0)
		r = house_survey(home.data, home.cache, &house, &e);
	if (r < 0)
		return report_error(&e);
	if (ctx->json)
		return give_json(&home, &house, &pruned);
	return prune ? print_pruned(prune, &pruned) : print_items(&house);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct house_rules rules = { .days = UINT_MAX };
	const struct opt opts[] = {
		{ "all", 0, OPT_FLAG, NULL,
		  "prune every snapshot and build, the symbols and the package lists", &rules.all },
		{ "days", 0, OPT_UINT, "N",
		  "prune snapshots and builds not used for N days (default 30)", &rules.days },
	};
	int status = opts_parse(self, ctx, opts, ARRAY_SIZE(opts), &argc, argv, NULL);
	bool prune;

	if (status >= 0)
		return status;
	prune = argc == 1 && !strcmp(argv[0], "prune");
	if (argc > 1 || (argc == 1 && !prune && strcmp(argv[0], "list") != 0))
		return usage_error(self, "'list' or 'prune' is expected");
	if (!prune && (rules.all || rules.days != UINT_MAX))
		return usage_error(self, "--all and --days go with prune");
	if (rules.all && rules.days != UINT_MAX)
		return usage_error(self, "--all or --days, not both");
	if (rules.days == UINT_MAX)
		rules.days = DAYS;
	return cache(ctx, prune ? &rules : NULL);
}

const struct cmd cmd_cache = {
	.name = "cache",
	.args = "[list] | prune [--all | --days N]",
	.help = "what slowpath keeps on the disk, and what of it can go",
	.run = run,
};
