// SPDX-License-Identifier: GPL-2.0-or-later
/* What the suites offer: a list of packages as an archive has it, and our own extract. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "kernel/deb/index.h"
#include "kernel/deb/packages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader may rely on. */
static void check(const struct index *x)
{
	char number[64];

	for (size_t i = 0; i < x->count; i++) {
		const struct build *b = &x->builds[i];

		if (!b->abi || !b->flavour || !b->package || !b->version || !b->suite)
			abort();
		if (strlen(build_number(b, number, sizeof(number))) >= sizeof(number))
			abort();
	}
}

static void read_packages(const uint8_t *data, size_t size)
{
	_cleanup_close_ int fd = memfd_create("packages", MFD_CLOEXEC);
	_cleanup_packages_ struct packages p = { 0 };
	_cleanup_index_ struct index x = { 0 };
	struct err e = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (packages_read(path, 0, &p, &e) < 0) {
		if (!e.text[0])
			abort();
		return;
	}
	if (packages_to_builds(&p, &x, &e) == 0)
		check(&x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_index_ struct index x = { 0 };
	struct err e = { 0 };

	if (index_parse((const char *)data, size, "index.json", &x, &e) == 0)
		check(&x);
	else if (!e.text[0] || x.builds)
		abort();
	read_packages(data, size);
	return 0;
}
