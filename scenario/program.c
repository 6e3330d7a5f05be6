// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/program.h"

#include "base/file.h"

#include <elf.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define BINARY_BYTES_MAX (64u << 20)

int program_new(const char *path, struct program **out, struct err *e)
{
	_cleanup_(program_free_p) struct program *p = calloc(1, sizeof(*p));

	if (!p)
		return err_oom(e);
	p->path = file_absolute(path);
	if (!p->path)
		return err_oom(e);
	*out = steal(&p);
	return 0;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	free(p->path);
	buf_free(&p->words);
	for (size_t i = 0; i < p->n_metrics; i++) {
		free(p->metrics[i].name);
		free(p->metrics[i].pattern);
	}
	free(p);
}

struct program *program_copy(const struct program *p)
{
	_cleanup_(program_free_p) struct program *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->path = strdup(p->path);
	c->sha256 = p->sha256;
	c->n_words = p->n_words;
	c->n_environment = p->n_environment;
	if (!c->path || buf_add(&c->words, p->words.data, p->words.len) < 0)
		return NULL;
	for (; c->n_metrics < p->n_metrics; c->n_metrics++) {
		struct program_metric *m = &c->metrics[c->n_metrics];

		m->name = strdup(p->metrics[c->n_metrics].name);
		m->pattern = strdup(p->metrics[c->n_metrics].pattern);
		if (!m->name || !m->pattern) {
			c->n_metrics++;
			return NULL;
		}
	}
	return steal(&c);
}

static int add(struct program *p, const char *word, unsigned *count, struct err *e)
{
	if (*count == PLAN_PROGRAM_WORDS_MAX || p->words.len > PLAN_MAX_BYTES / 2)
		return err_set(e, E2BIG, "%s: too many words", p->path);
	if (buf_add(&p->words, word, strlen(word) + 1) < 0)
		return err_oom(e);
	++*count;
	return 0;
}

int program_add_word(struct program *p, const char *word, struct err *e)
{
	return add(p, word, &p->n_words, e);
}

int program_add_environment(struct program *p, const char *word, struct err *e)
{
	return add(p, word, &p->n_environment, e);
}

static bool has_metric(const struct program *p, const char *name)
{
	for (size_t i = 0; i < p->n_metrics; i++) {
		if (!strcmp(p->metrics[i].name, name))
			return true;
	}
	return false;
}

bool program_name_is_taken(const char *name)
{
	static const char *const own[] = { "iteration", "run", "kernel" };
	static const char *const more[] = { "", "_insns_per_call", "_ns_per_call" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		size_t len = strlen(own[i]);

		for (size_t k = 0; !strncmp(name, own[i], len) && k < ARRAY_SIZE(more); k++) {
			if (!strcmp(name + len, more[k]))
				return true;
		}
	}
	return false;
}

int program_add_metric(struct program *p, const char *name, const char *pattern, struct err *e)
{
	struct program_metric *m = &p->metrics[p->n_metrics];
	regex_t regex;
	char why[200];
	int r;

	if (p->n_metrics == PROGRAM_METRICS_MAX)
		return err_set(e, E2BIG, "more than %d metrics", PROGRAM_METRICS_MAX);
	if (program_name_is_taken(name))
		return err_set(e, EINVAL, "metric '%s': slowpath has a metric of that name", name);
	if (has_metric(p, name))
		return err_set(e, EEXIST, "metric '%s' is there twice", name);
	r = regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE);
	if (r) {
		regerror(r, &regex, why, sizeof(why));
		return err_set(e, EINVAL, "metric '%s': pattern '%s': %s", name, pattern, why);
	}
	r = regex.re_nsub ? 0
			  : err_set(e, EINVAL,
				    "metric '%s': pattern '%s' has no group (...) for the number",
				    name, pattern);
	regfree(&regex);
	if (r < 0)
		return r;
	m->name = strdup(name);
	m->pattern = strdup(pattern);
	p->n_metrics++;
	return m->name && m->pattern ? 0 : err_oom(e);
}

void program_segment(struct scenario *s)
{
	snprintf(s->segments[0].name, sizeof(s->segments[0].name), "run");
	s->segments[0].n_ops = 1;
	s->n_segments = 1;
	s->ops[0] = (struct plan_op){ .code = PLAN_OP_PROGRAM,
				      .map = PLAN_NO_MAP,
				      .map2 = PLAN_NO_MAP,
				      .arg = s->program->n_words,
				      .arg2 = s->program->n_environment };
	s->n_ops = 1;
	s->item = ITEM_CALL;
}

int program_scenario(struct program *p, const char *name, struct scenario **out, struct err *e)
{
	_cleanup_(scenario_free_p) struct scenario *s = calloc(1, sizeof(*s));

	if (!s) {
		program_free(p);
		return err_oom(e);
	}
	scenario_defaults(s);
	s->program = p;
	s->warmup_iterations = 0; /* it runs once before the windows in any case */
	s->iterations = 1;
	s->name = str_printf("program/%s", name);
	s->help = str_printf("%s, as it is", name);
	if (!s->name || !s->help)
		return err_oom(e);
	program_segment(s);
	s->sha256 = hash_bytes(p->words.data, p->words.len);
	*out = steal(&s);
	return 0;
}

/* An interpreter means libraries, which the guest has not. */
static int check_segments(const struct program *p, const struct buf *b, const Elf64_Ehdr *h,
			  struct err *e)
{
	for (unsigned i = 0; i < h->e_phnum; i++) {
		Elf64_Phdr segment;
		uint64_t at = h->e_phoff + (uint64_t)i * h->e_phentsize;

		if (h->e_phentsize < sizeof(segment) || at > b->len ||
		    sizeof(segment) > b->len - at)
			return err_set(e, EINVAL, "%s: a damaged ELF file", p->path);
		memcpy(&segment, b->data + at, sizeof(segment));
		if (segment.p_type == PT_INTERP)
			return err_set(e, EINVAL,
				       "%s is linked dynamically, and the guest has no libraries: "
				       "link it with -static",
				       p->path);
	}
	return 0;
}

static int check_binary(const struct program *p, const struct buf *b, struct err *e)
{
	Elf64_Ehdr h = { 0 };

	if (b->len >= 2 && !memcmp(b->data, "#!", 2))
		return err_set(e, EINVAL,
			       "%s is a script: the guest has no interpreter; a static binary is "
			       "expected",
			       p->path);
	if (b->len < sizeof(h) || memcmp(b->data, ELFMAG, SELFMAG) != 0)
		return err_set(e, EINVAL, "%s is no ELF file: a static binary is expected",
			       p->path);
	memcpy(&h, b->data, sizeof(h));
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_machine != EM_X86_64)
		return err_set(e, EINVAL, "%s is not for x86-64", p->path);
	if (h.e_type != ET_EXEC && h.e_type != ET_DYN)
		return err_set(e, EINVAL, "%s is no program (an object file?)", p->path);
	return check_segments(p, b, &h, e);
}

struct hash_hex program_hash(const char *scenario_sha256, const char *binary_sha256)
{
	char both[2 * HASH_HEX_LEN + 1];

	snprintf(both, sizeof(both), "%s%s", scenario_sha256, binary_sha256);
	return hash_bytes(both, strlen(both));
}

void program_known(struct scenario *s, const char *binary_sha256)
{
	snprintf(s->program->sha256.text, sizeof(s->program->sha256.text), "%s", binary_sha256);
	s->sha256 = program_hash(s->sha256.text, s->program->sha256.text);
}

int program_load(struct scenario *s, struct err *e)
{
	struct program *p = s->program;
	_cleanup_buf_ struct buf b = { 0 };
	int r;

	if (!p || p->sha256.text[0])
		return 0;
	r = file_read(p->path, BINARY_BYTES_MAX, &b, e);
	if (r == 0)
		r = check_binary(p, &b, e);
	if (r < 0)
		return err_wrap(e, "program");
	program_known(s, hash_bytes(b.data, b.len).text);
	return 0;
}
