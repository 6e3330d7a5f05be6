// SPDX-License-Identifier: GPL-2.0-or-later
#include "parcel/pack.h"

#include "base/file.h"
#include "base/proc.h"
#include "parcel/elf_needs.h"
#include "parcel/files.h"
#include "parcel/libraries.h"
#include "proto/parcel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INTERPRETERS_MAX 4 /* of scripts, by scripts; the kernel's limit */
#define LINE_BYTES_MAX 255 /* of a script's first line; the kernel's limit */
#define SHELL "/bin/sh"
#define WORD_BYTES_MAX 64
#define COMMANDS_MAX 256 /* that shells are told of */

struct pack {
	const struct pack_request *q;
	struct parcel *p;
	struct libraries libraries;
	char *program;	     /* its place */
	struct intern named; /* what the user named, by its place */
	unsigned n_commands;
	struct buf *setup;
};

/* As the guest's PATH has them, below /usr. */
static const char *const program_folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					       "/usr/bin" };

static int add_needs(struct pack *k, const char *from, const char *to, unsigned depth,
		     struct err *e);

/* The word at *at, which moves on behind it. */
static void next_word(const char **at, char *out)
{
	size_t len;

	*at += strspn(*at, " \t");
	len = strcspn(*at, " \t\r");
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
}

/* Behind "#!": the interpreter, and the program that it is told, if it is env. */
static void read_line(const struct buf *b, char *interpreter, char *word)
{
	char line[LINE_BYTES_MAX + 1] = "";
	const char *at = line;

	memcpy(line, b->data + 2, b->len - 2 < LINE_BYTES_MAX ? b->len - 2 : LINE_BYTES_MAX);
	line[strcspn(line, "\n")] = '\0';
	next_word(&at, interpreter);
	next_word(&at, word);
	/* 'env -S python3 -u', 'env A=B sh' */
	while (word[0] == '-' || strchr(word, '='))
		next_word(&at, word);
}

/* A program of this machine, at the same path there, or where PATH leads in the guest. */
static int add_found(struct pack *k, const char *path, unsigned depth, struct err *e)
{
	_cleanup_free_ char *to = NULL;
	int r = parcel_path("", path, true, &to, e);

	if (r == 0)
		r = parcel_file(k->p, path, to, NULL, e);
	return r < 0 ? r : add_needs(k, path, to, depth, e);
}

/* The program @path that PATH leads to by @name, to where the guest's PATH leads. */
static int add_command(struct pack *k, const char *path, const char *name, unsigned depth,
		       struct err *e)
{
	_cleanup_free_ char *there = NULL;
	int r = parcel_path("", path, true, &there, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(program_folders); i++) {
		size_t len = strlen(program_folders[i]);

		if (!strncmp(there, program_folders[i], len) && there[len] == '/' &&
		    !strchr(there + len + 1, '/'))
			return add_found(k, path, depth, e);
	}
	free(there);
	there = str_printf("/" PARCEL_PROGRAMS "/%s", name);
	r = there ? parcel_file(k->p, path, there, NULL, e) : err_oom(e);
	return r < 0 ? r : add_needs(k, path, there, depth, e);
}

/* '#!/usr/bin/env NAME' */
static int add_by_name(struct pack *k, const char *script, const char *name, unsigned depth,
		       struct err *e)
{
	_cleanup_free_ char *path = proc_find(name);

	if (!path)
		return err_set(e, ENOENT, "%s is a script for %s, which is in no folder of PATH",
			       script, name);
	return add_command(k, path, name, depth, e);
}

static bool is_shell(const char *name)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ksh", "mksh", "zsh" };

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (!strcmp(name, shells[i]))
			return true;
	}
	return false;
}

static int try_word(struct pack *k, const char *word, unsigned depth, struct err *e)
{
	_cleanup_free_ char *path = proc_find(word);
	struct err ignored;
	int r;

	/* It may be a program's name by chance, so what that lacks is no error. */
	if (!path || k->n_commands == COMMANDS_MAX)
		return 0;
	k->n_commands++;
	r = add_command(k, path, word, depth, &ignored);
	return r == -ENOMEM ? err_oom(e) : 0;
}

/*
 * A shell's text: each word in it that PATH leads to is taken for the name of a program. Comments
 * are none; all else is not understood, and need not be.
 */
static int add_words(struct pack *k, const char *text, size_t len, unsigned depth, struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.+";
	size_t n;
	int r = 0;

	for (size_t at = 0; r == 0 && at < len; at += n) {
		char word[WORD_BYTES_MAX];

		if (text[at] == '#' && (!at || strchr(" \t\n", text[at - 1]))) {
			for (n = 0; at + n < len && text[at + n] != '\n';)
				n++;
			continue;
		}
		for (n = 0; at + n < len && text[at + n] && strchr(letters, text[at + n]);)
			n++;
		if (n && n < sizeof(word)) {
			memcpy(word, text + at, n);
			word[n] = '\0';
			r = try_word(k, word, depth, e);
		}
		n += !n;
	}
	return r;
}

static int add_interpreter(struct pack *k, const char *script, const struct buf *text,
			   unsigned depth, struct err *e)
{
	char interpreter[LINE_BYTES_MAX + 1], word[LINE_BYTES_MAX + 1];
	const char *name;
	int r;

	read_line(text, interpreter, word);
	if (depth == INTERPRETERS_MAX)
		return err_set(e, ELOOP, "%s is a script for a script, and so on", script);
	if (interpreter[0] != '/' || !file_exists(interpreter))
		return err_set(e, ENOENT, "%s is a script for '%s', which is not on this machine",
			       script, interpreter);
	r = add_found(k, interpreter, depth + 1, e);
	name = strrchr(interpreter, '/') + 1;
	if (r == 0 && !strcmp(name, "env") && word[0]) {
		r = add_by_name(k, script, word, depth + 1, e);
		name = word;
	}
	return r == 0 && is_shell(name) ? add_words(k, text->data, text->len, depth + 1, e) : r;
}

/* What the file that is in the parcel as @to needs to be executed; -EINVAL if nothing can. */
static int add_needs(struct pack *k, const char *from, const char *to, unsigned depth,
		     struct err *e)
{
	/* A copy of the entry: they move when there are more, what they hold does not. */
	const struct parcel_entry one = *parcel_get(k->p, to);

	if (one.data.len > 2 && !memcmp(one.data.data, "#!", 2))
		return add_interpreter(k, from, &one.data, depth, e);
	if (k->p->arch && elf_other_arch(one.data.data, one.data.len) == k->p->arch) {
		struct err why = { 0 };

		if (elf_check_static(one.data.data, one.data.len, k->p->arch, &why) < 0)
			return err_set(e, EINVAL, "%s %s", from, why.text);
		return 0;
	}
	if (elf_is(one.data.data, one.data.len))
		return libraries_add(&k->libraries, from, to, e);
	return err_set(e, EINVAL, "%s is neither an ELF file nor a script with '#!'", from);
}

static int add_program(struct pack *k, struct hash_hex *sha256, struct err *e)
{
	const struct parcel_entry *one;
	int r;

	k->program = str_printf("/" PARCEL_PROGRAMS "/%s", k->q->name);
	r = k->program ? parcel_file(k->p, k->q->path, k->program, &one, e) : err_oom(e);
	if (r < 0)
		return r;
	if (intern_add(&k->named, k->program) == INTERN_NONE)
		return err_oom(e);
	/* Who names a file as the program wants it executed. */
	k->p->entries[one - k->p->entries].mode |= 0755;
	*sha256 = hash_bytes(one->data.data, one->data.len);
	k->p->arch = elf_other_arch(one->data.data, one->data.len);
	return 0;
}

static int tell(struct pack *k, const char *what, const char *to, struct err *e)
{
	const bool fresh = !strncmp(to, "/" PARCEL_FRESH, strlen("/" PARCEL_FRESH));
	struct hash_hex sum;
	int r = parcel_hash(k->p, to, &sum, e);

	if (r < 0)
		return r;
	r = buf_printf(k->setup, "%s %s%s %s\n", what, fresh ? "/tmp" : "",
		       fresh ? to + strlen("/" PARCEL_FRESH) : to, sum.text);
	return r < 0 ? err_oom(e) : 0;
}

static int add_files(struct pack *k, struct err *e)
{
	const char *word = k->q->files;
	int r = 0;

	for (size_t i = 0; r == 0 && i < k->q->n_files; i++, word += strlen(word) + 1) {
		_cleanup_free_ char *to = NULL;
		const struct parcel_entry *one;

		r = files_add(k->p, k->q->folder, word, &to, e);
		if (r < 0)
			return err_wrap(e, "file");
		if (intern_add(&k->named, to) == INTERN_NONE)
			return err_oom(e);
		one = parcel_get(k->p, to);
		r = tell(k, one && S_ISREG(one->mode) ? "file" : "folder", to, e);
	}
	return r;
}

static int add_stdin(struct pack *k, struct err *e)
{
	const struct parcel_entry *one = NULL;
	int r;

	if (!k->q->stdin_path)
		return 0;
	r = parcel_file(k->p, k->q->stdin_path, "/" PARCEL_STDIN, &one, e);
	if (r < 0)
		return err_wrap(e, "stdin");
	r = buf_printf(k->setup, "stdin %s\n", hash_bytes(one->data.data, one->data.len).text);
	return r < 0 ? err_oom(e) : 0;
}

static bool runs(const struct parcel_entry *one)
{
	return elf_is(one->data.data, one->data.len) ||
	       (one->mode & 0111 && one->data.len > 2 && !memcmp(one->data.data, "#!", 2));
}

/*
 * What programs, libraries and scripts among the first @count entries need. Where a whole folder
 * was named, some of its files may be for another occasion, so what these lack is no error.
 */
static int add_all_needs(struct pack *k, size_t count, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct parcel_entry one = k->p->entries[i];
		_cleanup_free_ char *to = strdup(intern_text(&k->p->names, (uint32_t)i));
		struct err why = { 0 };

		if (!to)
			return err_oom(e);
		if (!S_ISREG(one.mode) || !(runs(&one) || !strcmp(to, k->program)))
			continue;
		r = add_needs(k, one.from, to, 0, &why);
		if (r == -ENOMEM || (r < 0 && intern_find(&k->named, to) != INTERN_NONE))
			*e = why;
		else
			r = 0;
	}
	return r;
}

/* "sh -c 'mkdir x; ...'" */
static int add_told(struct pack *k, struct err *e)
{
	const char *word = k->q->words;
	int r = 0;

	for (size_t i = 0; r == 0 && is_shell(k->q->name) && i < k->q->n_words; i++) {
		r = add_words(k, word, strlen(word), 1, e);
		word += strlen(word) + 1;
	}
	return r;
}

/*
 * system() and popen() of any program, scripts, and who knows what else. This machine has no shell
 * for another architecture's.
 */
static int add_shell(struct pack *k, struct err *e)
{
	if (k->p->arch)
		return 0;
	for (size_t i = 0; i < k->p->count; i++) {
		const struct buf *b = &k->p->entries[i].data;

		if (b->len && memmem(b->data, b->len, SHELL, strlen(SHELL)) && file_exists(SHELL))
			return add_found(k, SHELL, 0, e);
	}
	return 0;
}

/* What came along from this machine unasked. */
static int tell_needs(struct pack *k, size_t from, struct err *e)
{
	int r = 0;

	for (size_t i = from; r == 0 && i < k->p->count; i++) {
		if (k->p->entries[i].from)
			r = tell(k, "with", intern_text(&k->p->names, (uint32_t)i), e);
	}
	return r;
}

static int furnish(struct parcel *p, struct err *e)
{
	static const struct {
		const char *path, *text;
	} texts[] = {
		{ "/etc/passwd", "root:x:0:0:root:/tmp:/bin/sh\n"
				 "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" },
		{ "/etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n" },
		{ "/etc/hosts", "127.0.0.1 localhost slowpath\n::1 localhost\n" },
		{ "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n" },
	};
	static const struct {
		const char *path, *target;
	} links[] = { { "/bin", "usr/bin" },
		      { "/sbin", "usr/sbin" },
		      { "/lib", "usr/lib" },
		      { "/lib64", "usr/lib64" },
		      { "/var/tmp", "../tmp" },
		      { "/var/run", "../run" },
		      { "/etc/mtab", "/proc/self/mounts" } };
	static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64",
					       "/run",	   "/mnt",	"/root" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(folders); i++)
		r = parcel_folder(p, folders[i], e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(texts); i++)
		r = parcel_text(p, texts[i].path, texts[i].text, e);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(links); i++)
		r = parcel_link(p, links[i].path, links[i].target, e);
	return r;
}

static int fill(struct pack *k, struct hash_hex *sha256, struct err *e)
{
	size_t asked;
	int r = add_program(k, sha256, e);

	if (r == 0)
		r = add_stdin(k, e);
	if (r == 0)
		r = add_files(k, e);
	asked = k->p->count;
	if (r == 0)
		r = add_all_needs(k, asked, e);
	if (r == 0)
		r = add_told(k, e);
	if (r == 0)
		r = add_shell(k, e);
	if (r == 0 && k->libraries.cache_needed)
		r = parcel_file(k->p, "/etc/ld.so.cache", "/etc/ld.so.cache", NULL, e);
	if (r == 0)
		r = tell_needs(k, asked, e);
	return r < 0 ? r : furnish(k->p, e);
}

int pack_program(const struct pack_request *q, struct parcel **out, struct hash_hex *sha256,
		 struct buf *setup, struct err *e)
{
	_cleanup_(parcel_free_p) struct parcel *p = parcel_new();
	struct pack k = { .q = q, .p = p, .setup = setup };
	int r = p ? libraries_open(p, q->library_path, &k.libraries, e) : err_oom(e);

	if (r == 0)
		r = fill(&k, sha256, e);
	libraries_close(&k.libraries);
	intern_free(&k.named);
	free(k.program);
	if (r == 0)
		*out = steal(&p);
	return r;
}
