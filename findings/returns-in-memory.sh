#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How a function of a stock kernel returns, in its vmlinux and in memory.
# Version: Linux 6.17.13 and 7.3.4 of Debian (cloud-amd64), under QEMU 10.0.13, -cpu qemu64.
# A good guess: with the return instruction. What is patched at boot are static keys, ftrace's NOPs and
#     alternatives for CPU features: few places; the disassembly of the file shows what runs.
# Seen: in the file nearly no function has a RET: 57,000 and more end with a JMP of five bytes to
#     __x86_return_thunk. In memory all but some hundreds of these are RET, INT3, INT3, INT3, INT3, as this
#     CPU needs no such thunk. A disassembly of the file has no place where its functions end.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'functions end with RET in the file as in memory'
qemu 10 x86_64
need python3
initrd <<'END'
#include "guest.h"

int main(void)
{
	unsigned char *text;
	size_t size;

	start();
	text = kernel_text(&size);
	tell("ret", "%ld", occurrences(text, size, "\xc3\xcc\xcc\xcc\xcc", 5));
	end();
}
END
for version in 6.17.13 7.3.4; do
	boot "$version"
	vmlinux "$version"
	read -r sites jumps rets < <(python3 - "$VMLINUX" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		at, = struct.unpack_from("<Q", data, 0x28)
		count, names = struct.unpack_from("<HH", data, 0x3c)
		heads = [struct.unpack_from("<IIQQQQIIQQ", data, at + 64 * i) for i in range(count)]
		def name(head):
		    start = heads[names][4] + head[0]
		    return data[start:data.index(b"\0", start)].decode()
		found = {name(head): head for head in heads}
		text, sites = found[".text"], found[".return_sites"]
		code = data[text[4]:text[4] + text[5]]
		places = [sites[3] + i + struct.unpack_from("<i", data, sites[4] + i)[0] - text[3]
		          for i in range(0, sites[5], 4)]
		places = [place for place in places if 0 <= place < len(code)]
		print(len(places), sum(code[place] == 0xe9 for place in places),
		      code.count(b"\xc3\xcc\xcc\xcc\xcc"))
	END
	)
	echo "$version: returns in the file: $sites, JMP: $jumps, RET and four INT3: $rets; in memory: $(said ret)"
	expect "$version: all returns in the file are JMP" $((sites > 50000 && jumps == sites)) 1
	expect "$version: RET with INT3 behind it in the file, less than 1 %" $((rets * 100 < sites)) 1
	expect "$version: the same in memory, more than 98 %" $(($(said ret) * 100 > sites * 98)) 1
done
conclude
