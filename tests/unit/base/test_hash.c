// SPDX-License-Identifier: GPL-2.0-or-later
/* Vectors of FIPS 180-4 as published with the Secure Hash Standard. */
#include "base/file.h"
#include "base/hash.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MILLION_A "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void known_vectors(void **state)
{
	const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	(void)state;
	assert_string_equal(hash_bytes("", 0).text, EMPTY);
	assert_string_equal(hash_bytes("abc", 3).text, ABC);
	assert_string_equal(hash_bytes(two, strlen(two)).text, TWO_BLOCKS);
}

static void files_longer_than_a_block(void **state)
{
	char path[] = "/tmp/slowpath-test-XXXXXX";
	char *data = malloc(1000000);
	int fd = mkstemp(path);
	struct hash_hex hex;

	(void)state;
	assert_true(fd >= 0);
	assert_non_null(data);
	memset(data, 'a', 1000000);
	assert_int_equal(file_write_all(fd, data, 1000000), 0);
	close(fd);
	assert_string_equal(hash_bytes(data, 1000000).text, MILLION_A);
	assert_int_equal(hash_file(path, &hex, NULL), 0);
	assert_string_equal(hex.text, MILLION_A);
	unlink(path);
	free(data);
}

static void missing_file_is_named(void **state)
{
	struct err e = { 0 };
	struct hash_hex hex;

	(void)state;
	assert_int_equal(hash_file("/nonexistent", &hex, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent"));
	assert_int_equal(hash_file("/", &hex, &e), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(files_longer_than_a_block),
		cmocka_unit_test(missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
