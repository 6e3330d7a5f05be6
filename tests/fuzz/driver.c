// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target over a folder of inputs, without libFuzzer: driver NAME CORPUS. It is what
 * every test run does, with gcc too, so that an input that once broke a parser is tried for ever.
 * Each input is handed over in memory of exactly its size, where a sanitizer sees one byte beyond.
 */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	_cleanup_buf_ struct buf content = { 0 };
	_cleanup_free_ uint8_t *exact = NULL;
	struct err e = { 0 };

	/* Told before, so that the output of a crash ends in the input's name. */
	printf("# %s\n", path);
	fflush(stdout);
	if (file_read(path, 64 << 20, &content, &e) < 0) {
		printf("# %s\n", e.text);
		return -1;
	}
	exact = malloc(content.len ? content.len : 1);
	if (!exact)
		return -1;
	if (content.len)
		memcpy(exact, content.data, content.len);
	return LLVMFuzzerTestOneInput(exact, content.len);
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int n, ran = 0, failed = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: %s NAME CORPUS\n", argv[0]);
		return 2;
	}
	puts("1..1");
	n = scandir(argv[2], &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = str_printf("%s/%s", argv[2], entries[i]->d_name);

		if (path && entries[i]->d_name[0] != '.') {
			ran++;
			failed += run_file(path) != 0;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	printf("%sok 1 - %s: %d inputs, %d failed\n", ran && !failed ? "" : "not ", argv[1], ran,
	       failed);
	return !ran || failed;
}
