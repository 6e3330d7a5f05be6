# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes kernels of a few bytes: an ELF file that QEMU boots through its PVH note and that names
itself like Linux. They misbehave from their first instruction, which no real kernel does so soon.
"""
import struct

LOAD = 0x100000
# Entered in 32-bit protected mode, paging and interrupts off (Xen's public/arch-x86/hvm/start_info.h).
SERIAL = b"\x66\xba\xf8\x03"  # mov $0x3f8, %dx
CODE = {
    "loop": b"\xeb\xfe",                                    # 1: jmp 1b
    "halt": b"\xfa\xf4\xeb\xfd",                            # cli; 1: hlt; jmp 1b
    "print": SERIAL + b"\xb0\x41\xee\xeb\xfd",              # mov $'A', %al; 1: out; jmp 1b
    "reset": b"\x0f\x01\x1d" + struct.pack("<I", LOAD + 64) + b"\xcc",  # lidt none; int3
    "pause": b"\x66\xba\x05\x05\xb0\x01\xee\xeb\xfe",       # mov $0x505, %dx; out; 1: jmp 1b
    # An escape sequence and then a loop: not for a terminal.
    "escape": SERIAL + b"".join(b"\xb0" + bytes([c]) + b"\xee" for c in b"\x1b[31m\x07ow\n")
              + b"\xeb\xfe",
}


def make(what, release):
    """The vmlinux."""
    banner = f"Linux version {release} (nobody@nowhere) (gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld " \
             f"2.44) #1 {what}\n\0".encode()
    body = CODE[what].ljust(64, b"\0") + bytes(64) + banner
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen", LOAD)
    start = 64 + 2 * 56
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, LOAD, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    text = struct.pack("<IIQQQQQQ", 1, 7, start, LOAD, LOAD, len(body), len(body), 16)
    notes = struct.pack("<IIQQQQQQ", 4, 4, start + len(body), 0, 0, len(note), len(note), 4)
    # QEMU reads the head of a kernel as a whole.
    return (header + text + notes + body + note).ljust(8192, b"\0")


def write(folder, what, config=None):
    """A folder of its own with the kernel and, if wanted, its config; the kernel's path."""
    release = "6.99.0-tiny" if config is None else "6.99.0-tiny-with-config"
    place = folder / f"{release}-{what}"
    place.mkdir(exist_ok=True)
    (place / "vmlinux").write_bytes(make(what, release))
    if config is not None:
        (place / f"config-{release}").write_text(config, encoding="ascii")
    return place / "vmlinux"
