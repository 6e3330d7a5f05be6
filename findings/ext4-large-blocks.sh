#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether ext4 mounts a file system whose blocks are larger than a page.
# Version: Linux 6.18.15 and 6.19.14 of Debian (cloud-amd64), under QEMU 10.0.13; e2fsprogs 1.47.0.
# A good guess: no ("bad block size"); on x86-64 it is 1, 2 or 4 KiB, and mke2fs warns that a block size of
#     16384 is "not usable on most systems".
# Seen: so it is up to 6.18. 6.19 mounts it, without an option or a word, and writes to it.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'blocks of 16 KiB cannot be mounted where pages have 4 KiB'
qemu 10 x86_64
ext4 32M -b 16384 -O ^has_journal
initrd <<'END'
#include "guest.h"

int main(void)
{
	char block[16384] = "x";
	struct stat st = { 0 };
	int fd;

	start();
	mkdir("/mnt", 0755);
	wait_for("/dev/nvme0n1");
	tell("mount", "%s", result(mount("/dev/nvme0n1", "/mnt", "ext4", 0, NULL)));
	fd = open("/mnt/file", O_RDWR | O_CREAT, 0600);
	if (fd >= 0) {
		tell("written", "%zd", write(fd, block, sizeof(block)));
		tell("synced", "%s", result(fsync(fd)));
		fstat(fd, &st);
	}
	tell("block", "%ld", (long)st.st_blksize);
	umount("/mnt");
	end();
}
END
for version in 6.18.15 6.19.14; do
	boot_disk "$version" "$DISK"
	case $version in
	6.18.*) expect "$version: mount" "$(said mount)" EINVAL ;;
	*)
		expect "$version: mount" "$(said mount)" ok
		expect "$version: block size, bytes" "$(said block)" 16384
		expect "$version: written and synced" "$(said written) $(said synced)" '16384 ok'
		;;
	esac
done
conclude
