// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/bundle/redact.h"

#include "base/hash.h"
#include "scenario/program.h"

#include <errno.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A path may start behind these, and ends before them. */
static bool is_edge(char c)
{
	return !c || strchr(" \t\n\r\"'=,:;()[]{}<>|@", c) != NULL;
}

static bool is_anybodys(const char *name)
{
	static const char *const names[] = {
		"root",	  "debian", "ubuntu", "fedora", "linux",       "kernel", "localhost",
		"host",	  "user",   "users",  "guest",	"localdomain", "build",	 "builder",
		"runner", "test",   "admin",  "none",	"qemu",	       "kvm",	 "vm",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcasecmp(name, names[i]))
			return true;
	}
	return false;
}

/* Does every machine have what is below the folder that @p starts with? */
static bool is_common(const struct redact_words *w, const char *p)
{
	/* The first three stay everywhere; a kernel's config names programs of any system. */
	static const char *const folders[] = { "/dev/", "/proc/", "/sys/", "/bin/", "/sbin/",
					       "/lib/", "/usr/",  "/etc/", "/boot/" };
	size_t n = w->keep_system ? ARRAY_SIZE(folders) : 3;

	for (size_t i = 0; i < n; i++) {
		if (!strncmp(p, folders[i], strlen(folders[i])))
			return true;
	}
	return false;
}

/* Where a path starts at @p: how many bytes it has; 0: there is none, or it may stay. */
static size_t path_length(const struct redact_words *w, const char *p, bool at_edge)
{
	bool relative = !strncmp(p, "./", 2) || !strncmp(p, "../", 3) || !strncmp(p, "~/", 2);
	size_t n = 0, parts = 0;

	if (!at_edge || (*p != '/' && !relative) || is_common(w, p))
		return 0;
	while (!is_edge(p[n])) {
		parts += p[n] == '/' && !is_edge(p[n + 1]) && p[n + 1] != '/';
		n++;
	}
	/* "/init" alone is the guest's; "//" starts what follows a URL's scheme. */
	return *p == '/' && p[1] == '/' ? 0 : parts >= (relative ? 1u : 2u) ? n : 0;
}

static void put_path(struct buf *out, const char *p, size_t n)
{
	size_t start;

	while (n > 1 && p[n - 1] == '/')
		n--;
	start = n;
	while (start > 0 && p[start - 1] != '/')
		start--;
	buf_puts(out, ".../");
	buf_add(out, p + start, n - start);
}

/* The name at @p, or NULL. */
static const char *find_name(const char *const *names, size_t n, const char *p)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = names[i] ? strlen(names[i]) : 0;

		if (len && !is_anybodys(names[i]) && !strncasecmp(p, names[i], len) &&
		    !is_word(p[len]))
			return names[i];
	}
	return NULL;
}

void redact_text(const struct redact_words *w, const char *text, struct buf *out)
{
	const char *p = text;

	while (*p) {
		bool at_word = p == text || !is_word(p[-1]);
		size_t n = path_length(w, p, p == text || is_edge(p[-1]));
		const char *name;

		if (n) {
			_cleanup_buf_ struct buf last = { 0 };
			_cleanup_free_ char *copy = NULL;

			/* Its last part may be a name, too. */
			put_path(&last, p, n);
			copy = buf_error(&last) ? NULL : strdup(buf_str(&last) + 4);
			buf_puts(out, ".../");
			if (copy)
				redact_text(w, copy, out);
			else
				buf_keep(out, -ENOMEM);
			p += n;
		} else if (at_word && (name = find_name(w->hosts, w->n_hosts, p))) {
			buf_puts(out, "host");
			p += strlen(name);
		} else if (at_word && (name = find_name(w->users, w->n_users, p))) {
			buf_puts(out, "user");
			p += strlen(name);
		} else {
			buf_add(out, p++, 1);
		}
	}
}

static int redact_string(const struct redact_words *w, char **text)
{
	_cleanup_buf_ struct buf out = { 0 };
	char *copy;

	if (!*text)
		return 0;
	redact_text(w, *text, &out);
	copy = buf_steal(&out);
	if (!copy)
		return -1;
	free(*text);
	*text = copy;
	return 0;
}

/*
 * Members of our own documents are words of small letters, and stay: a host may be called "label".
 * All else that is a key somebody has named, as a text.
 */
static void redact_key(const struct redact_words *w, const char *key, struct buf *out)
{
	if (strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key))
		buf_puts(out, key);
	else
		redact_text(w, key, out);
}

/* A new value in place of @value, which stays the caller's; NULL when out of memory. */
static json_t *redact_json(const struct redact_words *w, const json_t *value)
{
	_cleanup_buf_ struct buf out = { 0 };
	const json_t *one;
	const char *key;
	json_t *copy;
	size_t i;

	if (json_is_string(value)) {
		redact_text(w, json_string_value(value), &out);
		return buf_error(&out) ? NULL : json_string(buf_str(&out));
	}
	if (json_is_array(value)) {
		copy = json_array();
		json_array_foreach(value, i, one) json_array_append_new(copy, redact_json(w, one));
		return copy;
	}
	if (json_is_object(value)) {
		copy = json_object();
		json_object_foreach((json_t *)value, key, one)
		{
			_cleanup_buf_ struct buf name = { 0 };

			redact_key(w, key, &name);
			if (buf_error(&name) ||
			    json_object_set_new(copy, buf_str(&name), redact_json(w, one)) < 0) {
				json_decref(copy);
				return NULL;
			}
		}
		return copy;
	}
	return json_deep_copy(value);
}

static int redact_member(const struct redact_words *w, json_t **value)
{
	json_t *copy;

	if (!*value)
		return 0;
	copy = redact_json(w, *value);
	if (!copy)
		return -1;
	json_decref(*value);
	*value = copy;
	return 0;
}

/* A profile that has changed is another file, and says so. */
static int hash_profile(json_t *command, const char *before)
{
	const char *after = json_string_value(json_object_get(command, "profile"));

	if (!before || !after || !strcmp(before, after))
		return 0;
	return json_object_set_new(command, "profile_sha256",
				   json_string(hash_bytes(after, strlen(after)).text)) |
	       json_object_set_new(command, "profile_redacted", json_true());
}

/* What holds hashes, times and names of a fixed list is not looked at. */
static bool is_free_text(const char *column)
{
	static const char *const columns[] = { "side",		 "failure_reason", "kernel_spec",
					       "kernel_subject", "kernel_release", "kernel_version",
					       "compiler",	 "guest_cmdline",  "affinity",
					       "qemu_version",	 "environment",	   "console",
					       "notes" };

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (!strcmp(column, columns[i]))
			return true;
	}
	return false;
}

/* Word by word: one may hold a path with blanks in it. */
static int redact_argv(const struct redact_words *w, char **text)
{
	json_t *words = json_loads(*text, 0, NULL);
	char *copy;

	if (!words)
		return redact_string(w, text);
	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *word = json_string_value(json_array_get(words, i));
		const char *slash = word && word[0] == '/' ? strrchr(word, '/') : NULL;
		char *path = slash && !strpbrk(word, ",=") ? str_printf(".../%s", slash + 1) : NULL;

		if (path)
			json_array_set_new(words, i, json_string(path));
		free(path);
	}
	if (redact_member(w, &words) < 0) {
		json_decref(words);
		return -1;
	}
	copy = json_dumps(words, 0);
	json_decref(words);
	if (!copy)
		return -1;
	free(*text);
	*text = copy;
	return 0;
}

/* A text that is JSON, kept as it is where it is none. */
static int redact_document(const struct redact_words *w, char **text)
{
	json_t *document = *text ? json_loads(*text, 0, NULL) : NULL;
	int r = 0;

	if (!document)
		return redact_string(w, text);
	r = redact_member(w, &document);
	if (r == 0) {
		char *copy = json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER |
							  JSON_REAL_PRECISION(17));

		r = copy ? 0 : -1;
		if (copy) {
			free(*text);
			*text = copy;
		}
	}
	json_decref(document);
	return r;
}

/* Words that have changed make another scenario, if it was made of them alone. */
static int hash_words(struct record_run *run)
{
	json_t *words = json_loads(run->program_words, 0, NULL);
	_cleanup_buf_ struct buf joined = { 0 };
	const json_t *one;
	size_t i;

	json_array_foreach(words, i, one)
	{
		const char *word = json_string_value(one);

		if (word)
			buf_add(&joined, word, strlen(word) + 1);
	}
	json_decref(words);
	if (buf_error(&joined) == 0)
		snprintf(run->scenario_sha256, HASH_HEX_LEN + 1, "%s",
			 program_hash(hash_bytes(buf_str(&joined), joined.len).text,
				      run->program_sha256, run->program_setup)
				 .text);
	return buf_error(&joined);
}

static int redact_program(const struct redact_words *w, struct record_run *run)
{
	_cleanup_free_ char *before = run->program_words ? strdup(run->program_words) : NULL;
	_cleanup_free_ char *setup = run->program_setup ? strdup(run->program_setup) : NULL;
	struct output *o = &run->measured.output;
	int r = redact_string(w, &run->program_output) | redact_string(w, &o->notes) |
		redact_string(w, &o->steady);

	if (!before || !setup || r)
		return r;
	r = redact_document(w, &run->program_words) | redact_string(w, &run->program_setup);
	if (r || (!strcmp(before, run->program_words) && !strcmp(setup, run->program_setup)) ||
	    strncmp(run->scenario, "program/", 8) != 0 ||
	    strlen(run->scenario_sha256) != HASH_HEX_LEN)
		return r;
	return hash_words(run);
}

static int redact_run(const struct redact_words *w, struct record_run *run)
{
	int r = redact_argv(w, &run->qemu_argv) | redact_program(w, run);

	for (int i = 0; r == 0 && i < RECORD_RUN_FIELDS; i++) {
		if (is_free_text(record_run_fields[i].name))
			r = redact_string(w, (char **)((char *)run + record_run_fields[i].offset));
	}
	return r;
}

int redact_record(const struct redact_words *w, struct record *r, struct err *e)
{
	const char *text = json_string_value(json_object_get(r->command, "profile"));
	_cleanup_free_ char *profile = text ? strdup(text) : NULL;
	struct redact_words system = *w;
	int rc = redact_string(w, &r->name) | redact_member(w, &r->command) |
		 redact_member(w, &r->environment) | redact_member(w, &r->effect);

	if (rc == 0)
		rc = hash_profile(r->command, profile);
	for (size_t i = 0; rc == 0 && i < r->n_runs; i++)
		rc = redact_run(w, &r->runs[i]);
	for (size_t i = 0; rc == 0 && i < r->n_results; i++)
		rc = redact_document(w, &r->results[i].document);
	system.keep_system = true;
	for (size_t i = 0; rc == 0 && i < r->n_configs; i++) {
		_cleanup_buf_ struct buf out = { 0 };

		redact_text(&system, r->configs[i].text, &out);
		rc = buf_error(&out);
		/* It could not be redacted and keep its hash: it is left out. */
		if (rc == 0 && strcmp(buf_str(&out), r->configs[i].text) != 0) {
			free(r->configs[i].name);
			free(r->configs[i].text);
			r->configs[i--] = r->configs[--r->n_configs];
		}
	}
	return rc ? err_oom(e) : 0;
}
