// SPDX-License-Identifier: GPL-2.0-or-later
/* The config that kernels are built with, by whatever people call it. */
#include "kernel/host_config.h"
#include "kernel/store/handle.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#define DEBIAN "debian:"

bool kernel_config_is_word(const char *config)
{
	static const char *const words[] = { "minimal", "defconfig", "host" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(config, words[i]))
			return true;
	}
	return !strncmp(config, DEBIAN, strlen(DEBIAN));
}

char *kernel_config_absolute(const char *config)
{
	return kernel_config_is_word(config) ? strdup(config) : file_absolute(config);
}

int host_config(const char *root, const char *release, struct build_config *out, struct err *e)
{
	_cleanup_free_ char *boot = str_printf("%s/boot/config-%s", root, release);
	_cleanup_free_ char *proc = str_printf("%s/proc/config.gz", root);
	_cleanup_free_ char *name = str_printf("host:%s", release);

	if (!boot || !proc || !name)
		return err_oom(e);
	if (file_exists(boot))
		return build_config_distribution(name, boot, out, e);
	if (file_exists(proc))
		return build_config_distribution(name, proc, out, e);
	return err_set(e, ENOENT, "there is neither %s nor %s", boot, proc);
}

/* A kernel of Debian's is had like any other, and comes with its config. */
static int debian_config(struct kernel_store *st, const char *spec, kernel_note_fn fn, void *arg,
			 struct build_config *out, struct err *e)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_free_ char *name = NULL;
	int r = kernel_resolve(st, spec, NULL, fn, arg, &k, e);

	if (r < 0)
		return r;
	if (!k->config_path)
		return err_set(e, ENOENT, "kernel '%s': its config is not known", spec);
	name = str_printf("%s", !strncmp(k->spec, DEBIAN, strlen(DEBIAN)) ? k->spec : spec);
	return name ? build_config_distribution(name, k->config_path, out, e) : err_oom(e);
}

int kernel_store_set_config(struct kernel_store *st, const char *config, kernel_note_fn fn,
			    void *arg, struct err *e)
{
	_cleanup_build_config_ struct build_config c = { 0 };
	struct utsname host;
	int r;

	if (!strcmp(config, "minimal"))
		r = build_config_minimal(&c, e);
	else if (!strcmp(config, "defconfig"))
		r = build_config_defconfig(&c, e);
	else if (!strcmp(config, "host"))
		r = uname(&host) < 0 ? err_errno(e, errno, "uname")
				     : host_config("", host.release, &c, e);
	else if (!strncmp(config, DEBIAN, strlen(DEBIAN)))
		r = debian_config(st, config, fn, arg, &c, e);
	else
		r = build_config_file(config, &c, e);
	if (r < 0)
		return kernel_config_is_word(config) ? err_wrap(e, "config '%s'", config) : r;
	store_set_config(st, &c);
	return 0;
}
