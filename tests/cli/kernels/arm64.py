# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels for arm64: which image of a built tree is taken, and what is refused before a boot."""
import pathlib
import shutil
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, tiny_kernel

# Bits 1 and 2 of its flags.
PAGE_SIZES = {"4": 1, "16": 2, "64": 3}


def image(release, page_kib="4"):
    """An Image that is one by its header, and nothing else."""
    banner = f"Linux version {release} (nobody@nowhere) (aarch64-linux-gnu-gcc-14 (Debian 14.2.0-19) " \
             "14.2.0, GNU ld 2.44) #1 tiny\n\0".encode()
    head = bytes(16) + struct.pack("<QQ", 8192, PAGE_SIZES[page_kib] << 1) + bytes(24)
    return (head + b"ARM\x64" + bytes(4) + banner).ljust(4096, b"\0")


def elf(machine):
    """A vmlinux of whatever machine."""
    data = bytearray(tiny_kernel.make("loop", "6.99.0-tiny"))
    data[18:20] = struct.pack("<H", machine)
    return bytes(data)


def file(name, data):
    path = HOME.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def add(what):
    return lab.run(HOME, "kernel", "add", what, "--json", timeout=30)


def refused(*words, says):
    """Before a machine is prepared, and with nothing in the database."""
    done = lab.run(HOME, *words, timeout=30).expect(128, *says)
    assert not done.out, done.out
    assert not list((HOME.path / "run").glob("*")), "a machine was prepared"
    listed = lab.run(HOME, "list", "--json", timeout=30).expect(0).json()
    assert not listed["experiments"], listed


@tap.test
def a_tree_gives_the_image_of_its_last_build():
    tree = HOME.path / "tree"
    # Built for x86-64 first; what was left of that is no kernel for arm64.
    bzimage = file("tree/arch/x86/boot/bzImage", b"of an earlier build")
    file("tree/vmlinux", elf(183))
    done = add(tree).expect(128, "not a kernel tree", "make Image")
    file("tree/arch/arm64/boot/Image", image("6.99.0-tree"))
    found = add(tree).expect(0).json()
    assert (found["arch"], found["release"]) == ("arm64", "6.99.0-tree"), found
    # And the other way round.
    file("tree/vmlinux", elf(62))
    found = add(tree).expect(0).json()
    assert (found["arch"], found["release"]) == ("amd64", "6.99.0-tiny"), found
    (tree / "vmlinux").unlink()
    done = add(tree).expect(128, str(bzimage))
    assert not done.out, done.out
    shutil.rmtree(tree)


@tap.test
def pages_of_another_size_are_refused():
    for size in "16", "64":
        add(file("Image", image("6.99.0-pages", size))).expect(
            128, f"whose pages have {size} KiB", "pages of 4 KiB are measured")


@tap.test
def what_reads_code_is_refused():
    path = file("code/Image", image("6.99.0-code"))
    for words, what in ((("probe", path), "probe"),
                        (("probe", path, "--function", "change_protection"), "probe"),
                        (("audit", path, path, "--function", "f"), "audit --function"),
                        (("attribute", path, path, "--lines"), "attribute --lines"),
                        (("replay", path, path), "replay"),
                        (("attribute", path, path, "--debug-old", path), "attribute --lines")):
        refused(*words, says=(str(path), f"{what} reads the kernels' machine code", "not for arm64"))
    # Nor is one fetched for it.
    for words in (("probe", "debian:6.17"), ("replay", "debian:6.16", "debian:6.17"),
                  ("attribute", "debian:6.16", "debian:6.17", "--lines")):
        refused(*words, "--arch", "arm64", says=("machine code", "only for amd64"))
        assert not (HOME.path / "apt-arm64").exists(), "an index was asked for"


@tap.test
def what_its_machine_cannot_is_refused():
    if not shutil.which("qemu-system-aarch64") or not (lab.BUILD / "guest/slowpath-guest-arm64").exists():
        raise tap.Skip("no QEMU or no guest for arm64")
    path = file("machine/Image", image("6.99.0-machine"))
    for command in ("compare", path, path), ("state", path):
        refused(*command, "--mem", "3073M", says=("room for 3072 MiB", "not for 3073 MiB"))
    refused("compare", path, path, "--new-cmdline", "kpti=1", says=("kpti= ", "cannot be counted"))


with tempfile.TemporaryDirectory(prefix="slowpath-arm64-") as scratch:
    HOME = lab.Home.empty(pathlib.Path(scratch))
    tap.main()
