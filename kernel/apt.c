// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/apt.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "kernel/mirror.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define OUTPUT_MAX (4U << 20)
#define PROBE_MS 20000
#define PROBE_STEP_MS 50

/* Oldest first: the index is the rank. */
static const char *const suites[] = {
	"bookworm",
	"bookworm-security",
	"bookworm-backports",
	"trixie",
	"trixie-security",
	"trixie-backports",
	"forky",
	"sid",
};

int apt_suite_rank(const char *suite)
{
	for (size_t i = 0; suite && i < ARRAY_SIZE(suites); i++) {
		if (!strcmp(suite, suites[i]))
			return (int)i;
	}
	return -1;
}

const char *apt_suite_name(int rank)
{
	return rank >= 0 && rank < (int)ARRAY_SIZE(suites) ? suites[rank] : NULL;
}

void apt_targets_free(struct apt_targets *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].suite);
		free(t->items[i].path);
	}
	free(t->items);
	*t = (struct apt_targets){ 0 };
}

/*
 * The options that make the root private. Given by --config-file, which apt reads after the
 * machine's own configuration, so that nothing there comes back; hooks are for the machine only.
 */
static const char conf_format[] = "#clear APT::Update::Pre-Invoke;\n"
				  "#clear APT::Update::Post-Invoke;\n"
				  "#clear APT::Update::Post-Invoke-Success;\n"
				  "#clear APT::Architectures;\n"
				  "#clear APT::Default-Release;\n"
				  "APT::Architecture \"amd64\";\n"
				  "APT::Architectures { \"amd64\"; };\n"
				  "APT::Sandbox::User \"root\";\n"
				  "Acquire::Languages \"none\";\n"
				  "Acquire::Retries \"2\";\n"
				  "Acquire::http::Timeout \"30\";\n"
				  "Acquire::https::Timeout \"30\";\n"
				  "Acquire::GzipIndexes \"true\";\n"
				  "Dir::Etc::sourcelist \"%1$s/sources.list\";\n"
				  "Dir::Etc::sourceparts \"/dev/null\";\n"
				  "Dir::Etc::preferences \"/dev/null\";\n"
				  "Dir::Etc::preferencesparts \"/dev/null\";\n"
				  "Dir::State \"%1$s/state\";\n"
				  "Dir::State::Lists \"%1$s/lists\";\n"
				  "Dir::State::status \"%1$s/status\";\n"
				  "Dir::Cache \"%1$s/cache\";\n"
				  "Dir::Cache::archives \"archives\";\n"
				  "Dir::Cache::pkgcache \"pkgcache.bin\";\n"
				  "Dir::Cache::srcpkgcache \"\";\n"
				  "Dir::Log \"%1$s/log\";\n";

static int put_file(const char *root, const char *name, const char *text, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", root, name);

	return path ? file_write_atomic(path, text, strlen(text), e) : err_oom(e);
}

static int put_folders(const char *root, struct err *e)
{
	static const char *const folders[] = { "lists/partial", "cache/archives/partial", "state",
					       "log" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *path = str_printf("%s/%s", root, folders[i]);
		int r = path ? dir_make(path, e) : err_oom(e);

		if (r < 0)
			return r;
	}
	return 0;
}

static int put_sources(const char *root, struct err *e)
{
	_cleanup_mirror_ struct mirror m = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = mirror_find(&m, e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suites); i++) {
		const char *uri = strstr(suites[i], "-security") ? m.security : m.archive;

		if (uri)
			r = buf_printf(&text,
				       "deb [arch=amd64 signed-by=%s target=Packages] %s %s main\n",
				       m.keyring, uri, suites[i]);
		if (r < 0)
			err_oom(e);
	}
	return r < 0 ? r : put_file(root, "sources.list", buf_str(&text), e);
}

/* Written anew for each use: the home may have moved. */
static int put_conf(const char *root, struct err *e)
{
	_cleanup_free_ char *conf = NULL;

	if (strpbrk(root, "\"\n"))
		return err_set(e, EINVAL, "the folder %s has a quote in its name", root);
	conf = str_printf(conf_format, root);
	return conf ? put_file(root, "apt.conf", conf, e) : err_oom(e);
}

static int make_root(const char *root, struct err *e)
{
	int r = put_folders(root, e);

	if (r == 0)
		r = put_sources(root, e);
	return r < 0 ? r : put_file(root, "status", "", e);
}

/* The last line of apt that says "E:", else the last line; "" if it was silent. */
static const char *apt_reason(struct buf *text)
{
	char *save = NULL, *last = NULL, *error = NULL;

	if (!text->data)
		return "";
	for (char *l = strtok_r(text->data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(l, "E: ", 3) && !error)
			error = l + 3;
		last = l;
	}
	return error ? error : last ? last : "";
}

/*
 * Runs "apt-get -c ROOT/apt.conf WORDS"; -EIO with apt's own reason if it fails. What it said until
 * then is in @out all the same.
 */
static int run(const char *root, const char *cwd, const char *const *words, struct buf *out,
	       struct err *e)
{
	_cleanup_free_ char *conf = str_printf("%s/apt.conf", root);
	_cleanup_buf_ struct buf complaints = { 0 };
	const char *argv[10] = { "apt-get", "-c", conf, "-q" };
	static const char *const env[] = { "LC_ALL=C", NULL };
	struct proc_opts o = { .argv = argv, .env = env, .cwd = cwd };
	size_t n = 4;
	int r;

	if (!conf)
		return err_oom(e);
	r = mirror_need_apt(e);
	if (r == 0)
		r = put_conf(root, e);
	if (r < 0)
		return r;
	while (*words && n < ARRAY_SIZE(argv) - 1)
		argv[n++] = *words++;
	r = proc_capture(&o, OUTPUT_MAX, out, &complaints, e);
	if (r > 0)
		return err_set(e, EIO, "apt-get %s: %s", argv[4], apt_reason(&complaints));
	return r;
}

/* Whether "Hit:1 ..." or "Get:2 ..." is among apt's lines: some archive did answer. */
static bool something_came(const struct buf *text)
{
	for (const char *p = buf_str(text); p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, "Hit:", 4) || !strncmp(p, "Get:", 4))
			return true;
	}
	return false;
}

int apt_update(const char *root, char **warning, struct err *e)
{
	static const char *const words[] = { "update", NULL };
	_cleanup_buf_ struct buf out = { 0 };
	struct err why = { 0 };
	int r = make_root(root, e);

	*warning = NULL;
	if (r < 0)
		return r;
	r = run(root, NULL, words, &out, &why);
	if (r == 0)
		return 0;
	if (!something_came(&out))
		return err_set(e, -r, "%s", why.text);
	*warning = strdup(why.text);
	return 0;
}

static int add_target(struct apt_targets *out, char *line)
{
	char *bar = strchr(line, '|');
	struct apt_target *grown, *t;

	if (!bar || apt_suite_rank((*bar = '\0', line)) < 0 || !file_exists(bar + 1))
		return 0;
	grown = realloc(out->items, (out->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	out->items = grown;
	t = &out->items[out->count++];
	t->suite = strdup(line);
	t->path = strdup(bar + 1);
	return t->suite && t->path ? 0 : -ENOMEM;
}

int apt_list(const char *root, struct apt_targets *out, struct err *e)
{
	static const char *const words[] = { "indextargets", "--format", "$(RELEASE)|$(FILENAME)",
					     "Created-By: Packages", NULL };
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL;
	int r = run(root, NULL, words, &text, e);

	*out = (struct apt_targets){ 0 };
	if (r < 0 || !text.data)
		return r;
	for (char *l = strtok_r(text.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (add_target(out, l) < 0) {
			apt_targets_free(out);
			return err_oom(e);
		}
	}
	return 0;
}

/* The one .deb in @dir whose name begins with "PACKAGE_". */
static int find_deb(const char *dir, const char *package, char **path, struct err *e)
{
	size_t len = strlen(package);
	DIR *d = opendir(dir);
	struct dirent *f;

	if (!d)
		return err_errno(e, errno, "%s", dir);
	while (!*path && (f = readdir(d))) {
		if (!strncmp(f->d_name, package, len) && f->d_name[len] == '_')
			*path = str_printf("%s/%s", dir, f->d_name);
	}
	closedir(d);
	return *path ? 0 : err_set(e, EIO, "apt-get downloaded nothing for %s", package);
}

static bool has_bytes(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	bool found = false;

	while (d && !found && (f = readdir(d))) {
		_cleanup_free_ char *path = str_printf("%s/%s", dir, f->d_name);

		found = f->d_name[0] != '.' && path && file_size(path) > 0;
	}
	if (d)
		closedir(d);
	return found;
}

static bool probe(const char *conf, const char *what, const char *dir)
{
	const char *const argv[] = { "apt-get", "-c", conf, "-q", "download", what, NULL };
	const struct proc_opts o = { .argv = argv, .cwd = dir, .fd_out = -1, .fd_err = -1 };
	_cleanup_proc_ struct proc p = PROC_NONE;

	if (proc_start(&o, &p, NULL) < 0)
		return false;
	for (int i = 0; i < PROBE_MS / PROBE_STEP_MS; i++) {
		bool ended = proc_wait(&p, PROBE_STEP_MS) == 0;

		if (has_bytes(dir))
			return true;
		if (ended)
			return false;
	}
	return false;
}

bool apt_has(const char *root, const char *package, const char *version)
{
	_cleanup_free_ char *conf = str_printf("%s/apt.conf", root), *dir = NULL;
	_cleanup_free_ char *what = str_printf("%s=%s", package, version);
	bool has;

	if (!conf || !what || dir_temp(root, "probe-", &dir, NULL) < 0)
		return false;
	has = probe(conf, what, dir);
	dir_remove(dir, NULL);
	return has;
}

int apt_download(const char *root, const char *package, const char *version, const char *dir,
		 char **path, struct err *e)
{
	_cleanup_free_ char *what = str_printf("%s=%s", package, version);
	const char *const words[] = { "download", what, NULL };
	struct err why = { 0 };
	int r;

	*path = NULL;
	if (!what)
		return err_oom(e);
	r = run(root, dir, words, NULL, &why);
	if (r == 0)
		return find_deb(dir, package, path, e);
	if (strstr(why.text, " 404 ") || strstr(why.text, "File not found"))
		r = -ENOENT;
	return err_set(e, -r, "%s", why.text);
}
