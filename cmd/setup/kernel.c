// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/json.h"
#include "base/cleanup.h"
#include "cmd/common/building_opts.h"
#include "cmd/common/cmd.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/home.h"
#include "kernel/modules.h"
#include "cmd/setup/kernel_check.h"
#include "cmd/common/screen.h"
#include "kernel/store/store.h"
#include "kernel/store/title.h"
#include "report/words/table.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* What the subcommands share. */
struct kernel_args {
	const struct cmd *cmd;
	bool json;
	struct text_style style;
	const char *name; /* --name */
	bool modules;	  /* --modules */
	const char *arch; /* --arch */
	struct building building;
	int count; /* positional arguments after the subcommand */
	char **words;
	struct kernel_store *store;
	const char *cache; /* the home's folder */
};

struct subcommand {
	const char *name;
	const char *args;
	int min, max; /* positional arguments */
	int (*run)(struct kernel_args *a, struct err *e);
};

static int out_of_memory(struct err *e)
{
	err_oom(e);
	return ERR_TOOL;
}

/* Prints @doc, which is given up, or says that there was no memory for it. */
static int give_json(json_t *doc, struct err *e)
{
	_cleanup_json_ json_t *owned = doc;

	return owned ? print_json(owned) : out_of_memory(e);
}

static void print_field(const char *label, const char *value)
{
	printf("%-10s %s\n", label, value ? value : "unknown");
}

static int print_kernel(const struct kernel *k)
{
	print_field("kernel", kernel_title(k).text);
	print_field("spec", k->spec);
	if (k->name)
		print_field("name", k->name);
	print_field("release", k->release);
	print_field("version", k->version);
	print_field("compiler", k->compiler);
	if (k->package)
		printf("%-10s %s %s (%s)\n", "package", k->package, k->package_version, k->suite);
	print_field("id", k->id);
	print_field("image", k->image_sha256);
	print_field("config", k->config_sha256);
	print_field("folder", k->dir);
	print_field("arch", kernel_arch(k)->name);
	print_field("boots", k->pvh			 ? "vmlinux (PVH)"
			     : kernel_arch(k)->raw_image ? "Image"
			     : k->bzimage_path
				     ? "bzImage"
				     : "not by itself: no PVH note, and no bzImage known");
	return finish_stdout();
}

static int one_kernel(struct kernel_args *a, const struct kernel *k, struct err *e)
{
	return a->json ? give_json(kernel_to_json(k), e) : print_kernel(k);
}

/* Those of every driver that a scenario can ask for. */
static int add_modules(const struct kernel_args *a, const struct kernel *k, struct err *e)
{
	_cleanup_kernel_modules_ struct kernel_modules found = { .count = 0 };
	int r = 0;

	for (const char *const *driver = kernel_drivers(); r == 0 && *driver; driver++)
		r = kernel_modules(a->store, k, *driver, teller_hear_note, terminal_teller(),
				   &found, e);
	return r;
}

static int run_add(struct kernel_args *a, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	int r;

	if (building_set(&a->building, a->store, terminal_teller(), e) < 0)
		return ERR_TOOL;
	terminal_begin("looking for the kernel");
	kernel_store_set_watch(a->store, teller_hear_watch, terminal_teller());
	r = kernel_add(a->store, a->words[0], a->name, teller_hear_note, terminal_teller(), &k, e);
	if (r == 0 && a->modules)
		r = add_modules(a, k, e);
	terminal_end();
	if (r < 0)
		return ERR_TOOL;
	return one_kernel(a, k, e);
}

static int run_show(struct kernel_args *a, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;

	if (kernel_find(a->store, a->words[0], &k, e) < 0)
		return ERR_TOOL;
	return one_kernel(a, k, e);
}

static int run_remove(struct kernel_args *a, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_free_ char *damaged = NULL;
	int r = kernel_find(a->store, a->words[0], &k, e);

	if (r == 0)
		r = kernel_remove(a->store, k, e);
	else if (r == -ENOENT && kernel_remove_damaged(a->store, a->words[0], &damaged, NULL) == 0)
		err_clear(e);
	if (e->code)
		return ERR_TOOL;
	if (a->json)
		return give_json(json_pack("{s:s, s:s}", "schema", "slowpath/kernel-removed/1",
					   "id", k ? k->id : damaged),
				 e);
	if (k)
		printf("removed %s (%s)\n", k->spec, kernel_title(k).text);
	else
		printf("removed %s, which was damaged\n", damaged);
	return finish_stdout();
}

static int list_json(const struct kernel_list *list, struct err *e)
{
	_cleanup_json_ json_t *kernels = json_array();

	for (size_t i = 0; i < list->count; i++) {
		if (json_array_append_new(kernels, kernel_to_json(list->items[i])) < 0)
			return out_of_memory(e);
	}
	return give_json(
		json_pack("{s:s, s:O}", "schema", "slowpath/kernel-list/1", "kernels", kernels), e);
}

static int print_table(const struct kernel_args *a, const struct table *t, struct err *e)
{
	_cleanup_buf_ struct buf out = { 0 };

	if (t->n_lines)
		table_text(t, &a->style, 0, &out);
	if (buf_error(&out))
		return out_of_memory(e);
	return print_buf(&out);
}

/* Of those that are there, the ones for the architecture that was asked for. */
static void keep_arch(struct kernel_list *list, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (kernel_arch(list->items[i]) == arch_named(name))
			list->items[n++] = list->items[i];
		else
			kernel_free(list->items[i]);
	}
	list->count = n;
}

static int run_list(struct kernel_args *a, struct err *e)
{
	_cleanup_kernel_list_ struct kernel_list list = { 0 };
	_cleanup_table_ struct table t = { 0 };

	if (kernel_list(a->store, &list, e) < 0)
		return ERR_TOOL;
	if (a->arch)
		keep_arch(&list, a->arch);
	if (a->json)
		return list_json(&list, e);
	if (!list.count && a->arch)
		fprintf(stderr, "slowpath: no kernels for %s yet\n", a->arch);
	else if (!list.count)
		fprintf(stderr, "slowpath: no kernels yet; 'slowpath kernel add debian:6.17' adds "
				"one\n");
	table_column(&t, "id", NULL, TABLE_WORD);
	table_column(&t, "kernel", NULL, TABLE_NAME);
	table_column(&t, "spec", NULL, TABLE_NAME);
	table_column(&t, "name", NULL, TABLE_WORD);
	for (size_t i = 0; i < list.count; i++) {
		const struct kernel *k = list.items[i];

		table_row(&t);
		table_put(&t, "%.12s", k->id);
		table_put(&t, "%s", kernel_title(k).text);
		table_put(&t, "%s", k->spec);
		if (k->name)
			table_put(&t, "%s", k->name);
	}
	return print_table(a, &t, e);
}

static json_t *offer_to_json(const struct kernel_offer *o)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:b, s:b}", "spec", o->spec, "version",
			 o->version, "package", o->package, "suite", o->suite, "flavour",
			 o->flavour, "compiler", o->compiler, "compiler_inferred", o->inferred,
			 "installed", o->installed);
}

static int search_json(const struct kernel_offers *offers, struct err *e)
{
	_cleanup_json_ json_t *kernels = json_array();

	for (size_t i = 0; i < offers->count; i++) {
		if (json_array_append_new(kernels, offer_to_json(&offers->items[i])) < 0)
			return out_of_memory(e);
	}
	return give_json(
		json_pack("{s:s, s:O}", "schema", "slowpath/kernels/1", "kernels", kernels), e);
}

static int run_search(struct kernel_args *a, struct err *e)
{
	_cleanup_kernel_offers_ struct kernel_offers offers = { 0 };
	const char *pattern = a->count ? a->words[0] : NULL;
	_cleanup_table_ struct table t = { 0 };

	int r;

	terminal_begin("asking for the lists of packages");
	r = kernel_search(a->store, pattern, teller_hear_note, terminal_teller(), &offers, e);
	terminal_end();
	if (r < 0)
		return ERR_TOOL;
	if (a->json)
		return search_json(&offers, e);
	if (!offers.count)
		fprintf(stderr, "slowpath: no suite offers '%s'\n", pattern ? pattern : "any");
	table_column(&t, "spec", NULL, TABLE_WORD); /* to be copied */
	table_column(&t, "version", NULL, TABLE_NAME);
	table_column(&t, "suite", NULL, TABLE_WORD);
	table_column(&t, "compiler", NULL, TABLE_WORD);
	table_column(&t, "stored", NULL, TABLE_WORD);
	for (size_t i = 0; i < offers.count; i++) {
		const struct kernel_offer *o = &offers.items[i];

		table_row(&t);
		table_put(&t, "%s", o->spec);
		table_put(&t, "%s", o->version);
		table_put(&t, "%s", o->suite);
		table_put(&t, "%s", o->compiler ? o->compiler : "-");
		if (o->installed)
			table_put(&t, "yes");
	}
	return print_table(a, &t, e);
}

static int run_check(struct kernel_args *a, struct err *e)
{
	kernel_store_set_warn(a->store, NULL, NULL); /* what is damaged gets its line */
	return kernel_check_command(a->store, a->cache, a->words, a->count, a->json, e);
}

static const struct subcommand subcommands[] = {
	{ "add", "SPEC [--name NAME] [--arch ARCH] [--config CONFIG] [--jobs N]", 1, 1, run_add },
	{ "list", "[--arch ARCH]", 0, 0, run_list },
	{ "search", "[PATTERN] [--arch ARCH]", 0, 1, run_search },
	{ "show", "KERNEL", 1, 1, run_show },
	{ "remove", "KERNEL", 1, 1, run_remove },
	{ "check", "[KERNEL...]", 0, INT_MAX, run_check },
};

static const struct subcommand *find_subcommand(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		if (!strcmp(subcommands[i].name, name))
			return &subcommands[i];
	}
	return NULL;
}

static int run_subcommand(const struct subcommand *sub, struct kernel_args *a,
			  const struct cmd_ctx *ctx)
{
	_cleanup_kernel_store_ struct kernel_store *st = NULL;
	_cleanup_home_ struct home home = { 0 };
	struct err e = { 0 };
	int status;

	if (home_open(ctx->home_arg, &home, &e) < 0 ||
	    kernel_store_open(home.data, home.cache, &st, &e) < 0)
		return report_error(&e);
	if (a->arch && !arch_named(a->arch))
		return usage_error(a->cmd, "--arch %.40s: it can be one of %s", a->arch,
				   arch_names());
	kernel_store_set_arch(st, a->arch ? arch_named(a->arch) : NULL);
	a->store = st;
	a->cache = home.cache;
	kernel_store_set_warn(st, teller_hear_note, terminal_teller());
	status = sub->run(a, &e);
	return e.code ? report_error(&e) : status;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct kernel_args a = { .cmd = self };
	const struct opt opts[] = {
		{ "name", 0, OPT_STRING, "NAME", "with add: a name to call the kernel by",
		  &a.name },
		{ "modules", 0, OPT_FLAG, NULL,
		  "with add: fetch the modules, too, that devices of scenarios take", &a.modules },
		ARCH_OPT(&a.arch),
		BUILDING_OPTS(&a.building),
	};
	const struct subcommand *sub;
	int status = opts_parse(self, ctx, opts, ARRAY_SIZE(opts), &argc, argv, NULL);

	if (status >= 0)
		return status;
	if (argc < 1)
		return usage_error(self, "what to do: add, list, search, show, remove or check?");
	sub = find_subcommand(argv[0]);
	if (!sub)
		return usage_error(self, "'%s' is none of add, list, search, show, remove, check",
				   argv[0]);
	a.json = ctx->json;
	a.style = screen_style(ctx);
	a.count = argc - 1;
	a.words = argv + 1;
	if (a.count < sub->min || a.count > sub->max)
		return usage_error(self, "%s takes %s", sub->name,
				   sub->args[0] ? sub->args : "no arguments");
	if ((a.name || a.modules || a.building.config || a.building.jobs) &&
	    strcmp(sub->name, "add") != 0)
		return usage_error(self, "--%s goes with add",
				   a.name	       ? "name"
				   : a.modules	       ? "modules"
				   : a.building.config ? "config"
						       : "jobs");
	if (a.arch && !strstr(sub->args, "--arch"))
		return usage_error(self, "--arch goes with add, list and search");
	return run_subcommand(sub, &a, ctx);
}

const struct cmd cmd_kernel = {
	.name = "kernel",
	.args = "add SPEC [--name NAME] [--arch ARCH] [--modules] [--config CONFIG] [--jobs N] | "
		"list [--arch ARCH] | search [PATTERN] [--arch ARCH] | "
		"show KERNEL | "
		"remove KERNEL | check [KERNEL...]",
	.help = "the kernels to compare: fetch, unpack, list, remove, check",
	.run = run,
};
