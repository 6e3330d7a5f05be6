// SPDX-License-Identifier: GPL-2.0-or-later
#include "symbols/disasm.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "proto/crc32.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LISTING_BYTES_MAX (64u << 20)
#define FUNCTION_BYTES_MAX (1u << 20)
#define KERNEL_TEXT 0xffffffff80000000ull

void disasm_free(struct disasm *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->insns[i].text);
	free(d->insns);
	*d = (struct disasm){ 0 };
}

static void put_target(struct buf *b, uint64_t target, const struct symbols *symbols,
		       const struct disasm *d, struct disasm_insn *insn)
{
	bool entry;
	long f;

	if (target >= d->start && target < d->end) {
		insn->target = target;
		buf_puts(b, ".");
		return;
	}
	f = symbols_find(symbols, target, &entry);
	if (f < 0)
		buf_puts(b, "DATA");
	else
		buf_printf(b, "%s%s", symbols_name(symbols, (size_t)f), entry ? "" : "+...");
}

/* Numbers in the operands: places in the kernel become names, all others stay. */
static void put_operands(struct buf *b, const char *text, bool branches, uint64_t bias,
			 const struct symbols *symbols, const struct disasm *d,
			 struct disasm_insn *insn)
{
	const char *p = text;

	while (*p && *p != '#') {
		char *end;
		uint64_t value;
		bool negative = p[0] == '-';

		if (strncmp(p + negative, "0x", 2) != 0) {
			buf_add(b, p++, 1);
			continue;
		}
		value = strtoull(p + negative, &end, 16) + (branches ? bias : 0);
		if (p - text >= 4 && !strncmp(p - 4, "%gs:", 4))
			buf_puts(b, "PERCPU");
		else if (!strncmp(end, "(%rip)", 6) || (!branches && value >= KERNEL_TEXT))
			buf_puts(b, "DATA");
		else if (branches && value >= KERNEL_TEXT)
			put_target(b, value, symbols, d, insn);
		else
			buf_add(b, p, (size_t)(end - p));
		p = end;
	}
	while (b->len && b->data[b->len - 1] == ' ')
		b->data[--b->len] = '\0';
}

static bool is_branch(const char *text)
{
	static const char *const prefixes[] = { "bnd ", "notrack ", "cs ", "ds ", "data16 " };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes);) {
		size_t len = strlen(prefixes[i]);
		bool found = !strncmp(text, prefixes[i], len);

		text += found ? len : 0;
		i = found ? 0 : i + 1;
	}
	return (text[0] == 'j' || !strncmp(text, "call", 4)) && !strchr(text, '*');
}

static bool is_nop(const char *text)
{
	return strstr(text, "nop") || !strncmp(text, "xchg   %ax,%ax", 14) ||
	       !strncmp(text, "int3", 4);
}

/* @bias: what addresses are short of, as objdump saw them. */
static int parse_line(struct disasm *d, const char *line, uint64_t bias,
		      const struct symbols *symbols, struct err *e)
{
	const char *tab = strchr(line, '\t'), *text = tab ? strchr(tab + 1, '\t') : NULL;
	struct disasm_insn *grown, *insn;
	struct buf b = { 0 };
	char *end;
	uint64_t vaddr = strtoull(line, &end, 16) + bias;

	/* Headings, and bytes of a long instruction that went on in another line. */
	if (!text || *end != ':')
		return 0;
	grown = realloc(d->insns, (d->count + 1) * sizeof(*grown));
	if (!grown)
		return err_oom(e);
	d->insns = grown;
	insn = &grown[d->count];
	*insn = (struct disasm_insn){ .vaddr = vaddr, .is_nop = is_nop(text + 1) };
	put_operands(&b, text + 1, is_branch(text + 1), bias, symbols, d, insn);
	if (buf_error(&b) < 0) {
		buf_free(&b);
		return err_oom(e);
	}
	insn->text = b.data ? buf_steal(&b) : strdup("");
	return insn->text ? (d->count++, 0) : err_oom(e);
}

static int parse(const char *listing, size_t len, uint64_t bias, const struct symbols *symbols,
		 struct disasm *out, struct err *e)
{
	_cleanup_free_ char *copy = strndup(listing, len);
	char *save = NULL;
	int r = 0;

	if (!copy)
		return err_oom(e);
	for (char *l = strtok_r(copy, "\n", &save); r == 0 && l; l = strtok_r(NULL, "\n", &save))
		r = parse_line(out, l, bias, symbols, e);
	if (r == 0 && !out->count)
		r = err_set(e, EPROTO, "objdump printed no instructions");
	return r;
}

int disasm_parse(const char *listing, size_t len, const struct symbols *symbols, struct disasm *out,
		 struct err *e)
{
	return parse(listing, len, 0, symbols, out, e);
}

static int run_objdump(const char *const *files, size_t n_files, uint64_t start, struct buf *out,
		       struct err *e)
{
	_cleanup_free_ char *base = str_printf("--adjust-vma=%#llx", (unsigned long long)start);
	const char *const words[] = { "objdump", "-D", "-w",	      "-b",
				      "binary",	 "-m", "i386:x86-64", base };
	_cleanup_free_ const char **argv = calloc(ARRAY_SIZE(words) + n_files + 1, sizeof(*argv));
	_cleanup_free_ char *program = proc_find("objdump");
	_cleanup_buf_ struct buf complaint = { 0 };
	struct proc_opts o = { .argv = argv };
	int r;

	if (!base || !argv)
		return err_oom(e);
	memcpy(argv, words, sizeof(words));
	memcpy(argv + ARRAY_SIZE(words), files, n_files * sizeof(*files));
	if (!program)
		return err_set(e, ENOENT,
			       "objdump is needed to disassemble (Debian's package binutils)");
	r = proc_capture(&o, LISTING_BYTES_MAX, out, &complaint, e);
	return r > 0 ? err_set(e, EIO, "objdump: %.200s", buf_str(&complaint)) : r;
}

int disasm_read(const struct text *t, uint64_t start, uint64_t end, const struct symbols *symbols,
		struct disasm *out, struct err *e)
{
	_cleanup_free_ char *dir = NULL, *path = NULL;
	_cleanup_buf_ struct buf listing = { 0 };
	size_t len = 0;
	const uint8_t *bytes = text_at(t, start, &len);
	int r;

	*out = (struct disasm){ .start = start, .end = end };
	if (!bytes || end <= start || end - start > len || end - start > FUNCTION_BYTES_MAX)
		return err_set(e, EPROTO, "the code at %#llx is not in the image",
			       (unsigned long long)start);
	out->crc = crc32_update(0, bytes, end - start);
	r = dir_temp("/tmp", "slowpath-disasm-", &dir, e);
	if (r < 0)
		return r;
	path = str_printf("%s/code", dir);
	r = path ? file_write(path, bytes, end - start, e) : err_oom(e);
	if (r == 0)
		r = run_objdump((const char *[]){ path }, 1, start, &listing, e);
	dir_remove(dir, NULL);
	if (r == 0)
		r = disasm_parse(buf_str(&listing), listing.len, symbols, out, e);
	if (r < 0)
		disasm_free(out);
	return r;
}

/* One file of code for each function that is in the image; *n_files of them, named in @files. */
static int write_code(const struct text *t, const char *dir, struct disasm *out, size_t count,
		      char **files, size_t *n_files, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		size_t len = 0, size = (size_t)(out[i].end - out[i].start);
		const uint8_t *bytes = text_at(t, out[i].start, &len);

		if (!bytes || out[i].end <= out[i].start || size > len || size > FUNCTION_BYTES_MAX)
			continue;
		out[i].crc = crc32_update(0, bytes, size);
		files[*n_files] = str_printf("%s/%zu", dir, i);
		r = files[*n_files] ? file_write(files[*n_files], bytes, size, e) : err_oom(e);
		*n_files += files[*n_files] != NULL;
	}
	return r;
}

/* Each file's lines stand below one that names it: "DIR/NUMBER:     file format binary". */
static int parse_files(const char *listing, const char *dir, const struct symbols *symbols,
		       struct disasm *out, size_t count, struct err *e)
{
	_cleanup_free_ char *mark = str_printf("%s/", dir);
	const char *at = mark ? strstr(listing, mark) : NULL;
	int r = mark ? 0 : err_oom(e);

	while (r == 0 && at) {
		const char *next = strstr(at + 1, mark);
		size_t len = next ? (size_t)(next - at) : strlen(at);
		unsigned long i = strtoul(at + strlen(mark), NULL, 10);

		if (i < count)
			r = parse(at, len, out[i].start, symbols, &out[i], e);
		at = next;
	}
	return r;
}

int disasm_read_all(const struct text *t, const struct symbols *symbols, struct disasm *out,
		    size_t count, struct err *e)
{
	_cleanup_free_ char **files = calloc(count + 1, sizeof(*files));
	_cleanup_buf_ struct buf listing = { 0 };
	_cleanup_free_ char *dir = NULL;
	size_t n_files = 0;
	int r = files ? dir_temp("/tmp", "slowpath-disasm-", &dir, e) : err_oom(e);

	if (r < 0)
		return r;
	r = write_code(t, dir, out, count, files, &n_files, e);
	if (r == 0 && n_files)
		r = run_objdump((const char *const *)files, n_files, 0, &listing, e);
	dir_remove(dir, NULL);
	if (r == 0 && n_files)
		r = parse_files(buf_str(&listing), dir, symbols, out, count, e);
	for (size_t i = 0; i < n_files; i++)
		free(files[i]);
	return r;
}
