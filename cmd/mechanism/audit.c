// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mechanism/mechanism_opts.h"

#include "kernel/store/title.h"
#include "lab/boot.h"
#include "report/views/mechanism/audit.h"

#include <errno.h>

struct audit_run {
	struct mechanism m;
	const char *function;
	struct audit audit;
	struct config_diff configs;
	struct disasm code[2];
	struct listing listing;
	json_t *document;
};

static void audit_close(struct audit_run *a)
{
	json_decref(a->document);
	listing_free(&a->listing);
	disasm_free(&a->code[0]);
	disasm_free(&a->code[1]);
	config_diff_free(&a->configs);
	audit_free(&a->audit);
	mechanism_close(&a->m);
}

static int disassemble(struct audit_run *a, unsigned side, struct err *e)
{
	const struct kernel *k = a->m.kernels[side];
	_cleanup_(symbols_free_p) struct symbols *symbols = NULL;
	_cleanup_text_ struct text text = { 0 };
	int r = boot_known_symbols(&a->m.session.lab, k, &symbols, e);
	struct symbols_named named;
	uint64_t vaddr;

	if (r == 0 && !symbols)
		r = err_set(e, ENOENT, "its symbols are gone from the cache");
	if (r < 0)
		return r;
	named = symbols_named(symbols, a->function);
	vaddr = named.whole ? named.vaddr : symbols_address(symbols, a->function);
	if (named.whole > 1 || (!named.whole && named.clones > 1))
		return err_set(e, EINVAL, "there are %u functions of the name %s",
			       named.whole > 1 ? named.whole : named.clones, a->function);
	if (!vaddr)
		return err_set(
			e, ENOENT,
			"there is no function %s: it is inlined, has another name, or is not "
			"in this kernel",
			a->function);
	r = kernel_verify(k, KERNEL_FILE_VMLINUX, e);
	if (r == 0)
		r = text_open(k->vmlinux_path, vaddr, &text, e);
	return r < 0 ? r
		     : disasm_read(&text, vaddr, symbols_end(symbols, vaddr), symbols,
				   &a->code[side], e);
}

static int measure(struct audit_run *a, struct err *e)
{
	struct mechanism *m = &a->m;
	int r;

	for (unsigned i = 0; i < 2; i++)
		m->sides[i].request.vector = true;
	r = mechanism_run(m, e);
	if (r == 0)
		r = audit_sides(m->kernels[0], m->kernels[1], &m->sides[0].run, &m->sides[1].run,
				&a->audit, e);
	if (r == 0)
		r = config_diff(m->kernels[0]->config_path, m->kernels[1]->config_path, &a->configs,
				e);
	for (unsigned i = 0; r == 0 && a->function && i < 2; i++) {
		r = disassemble(a, i, e);
		if (r < 0)
			err_wrap(e, "%s", kernel_title(m->kernels[i]).text);
	}
	if (r == 0 && a->function)
		r = listing_make(m->scenario, &a->code[0], &m->sides[0].run, &a->code[1],
				 &m->sides[1].run, &a->listing, e);
	return r;
}

static int finish(struct audit_run *a, const struct cmd_ctx *ctx, struct err *e)
{
	const struct audit_view v = { .scenario = a->m.scenario,
				      .kernels = { a->m.kernels[0], a->m.kernels[1] },
				      .audit = &a->audit,
				      .configs = &a->configs,
				      .function = a->function,
				      .code = { &a->code[0], &a->code[1] },
				      .listing = &a->listing };
	const struct text_style style = screen_style_of(ctx, a->m.session.store, a->m.id);
	_cleanup_buf_ struct buf text = { 0 };

	a->document = mechanism_document(&a->m, "slowpath/audit/1", "attribution");
	if (!a->document)
		return err_oom(e), report_error(e);
	if (audit_json(&v, a->document, e) < 0 ||
	    mechanism_finish(&a->m, "audited", a->document, e) < 0)
		return report_error(e);
	if (ctx->json)
		return print_json(a->document);
	if (audit_text(&v, &style, &text, e) < 0)
		return report_error(e);
	return mechanism_print(&a->m, &style, "attribute", &text, e);
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	__attribute__((cleanup(audit_close))) struct audit_run a = { 0 };
	const struct opt own[] = {
		{ "function", 0, OPT_STRING, "NAME", "set this function's code side by side",
		  &a.function },
	};
	struct err e = { 0 };
	int status = mechanism_parse(self, ctx, &a.m, own, ARRAY_SIZE(own), &argc, argv, 2, 2);

	if (status >= 0)
		return status;
	if (a.function)
		a.m.o.reads_code = "audit --function";
	if (mechanism_open(&a.m, ctx, "audit", "attribution", argc, argv, &e) < 0 ||
	    measure(&a, &e) < 0)
		return report_error(&e);
	return finish(&a, ctx, &e);
}

const struct cmd cmd_audit = {
	.name = "audit",
	.args = "OLD NEW [-s SCENARIO] [--function NAME]",
	.help = "what else differs: config, compiler, mitigations, a function's code",
	.run = run,
};
