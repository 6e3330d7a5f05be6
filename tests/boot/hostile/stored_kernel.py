# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged entries of the kernel store: not booted (128, with what to do), passed over where they
are not meant, found by 'kernel check', mended by 'kernel remove' and 'kernel add'."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, tiny_kernel

FOLDER = tempfile.TemporaryDirectory()
HOME = lab.Home.empty(pathlib.Path(FOLDER.name))


class Stored:
    """A tiny kernel in the store. A file of its entry is one of those that damage() may change."""

    def __init__(self, what, config=None):
        self.path = tiny_kernel.write(HOME.path, what, config)
        self.id = lab.run(HOME, "kernel", "add", self.path, "--json").json()["id"]
        self.folder = HOME.path / "kernels" / self.id

    def damage(self, name, at, to):
        """Changes one byte."""
        with open(self.folder / name, "r+b") as file:
            file.seek(at)
            was = file.read(1)
            assert was != to
            file.seek(at)
            file.write(to)

    def remove(self):
        """Takes it out of the store."""
        lab.run(HOME, "kernel", "remove", self.id[:12]).expect(0)


def checked(*names, code):
    """The document of 'kernel check'."""
    return lab.run(HOME, "kernel", "check", "--json", *names).expect(code).json()


def boot(kernel):
    """It hangs at its first instruction: 125, if it is booted at all."""
    return lab.compare(HOME, old=kernel.path, new=kernel.path, deadline=2)


@tap.test
def a_changed_byte_of_a_vmlinux_is_no_kernel():
    kernel = Stored("loop")
    boot(kernel).expect(125, "the guest hung")
    kernel.damage("vmlinux", 8000, b"\x01")
    # Something that only the hash tells, and something over which QEMU gives up.
    boot(kernel).expect(128, "its vmlinux in the store is damaged", "slowpath kernel check",
                        f"slowpath kernel remove {kernel.id[:12]}", f"kernel add {kernel.path}")
    kernel.damage("vmlinux", 0, b"\x00")
    boot(kernel).expect(128, "its vmlinux in the store is damaged")
    (found,) = checked(kernel.id[:7], code=128)["kernels"]
    assert [(f["file"], f["ok"]) for f in found["files"]] == [("vmlinux", False)], found
    kernel.remove()
    again = Stored("loop")
    assert again.id == kernel.id and checked(code=0)["ok"]
    boot(again).expect(125)
    again.remove()


@tap.test
def a_changed_config_is_not_told_as_the_kernels():
    kernel = Stored("halt", "CONFIG_A=y\n")
    kernel.damage("config", 7, b"B")
    boot(kernel).expect(128, "its config in the store is damaged")
    kernel.remove()


@tap.test
def a_damaged_entry_harms_no_other():
    broken, whole = Stored("halt"), Stored("loop")
    for name, at, to in (("meta.json", 0, b"["), ("meta.json", 0, b"{")):
        broken.damage(name, at, to)
        listed = lab.run(HOME, "kernel", "list").expect(0)
        assert whole.id[:12] in listed.out
        assert (broken.id[:12] in listed.out) == (to == b"{")
        assert ("is passed over" in listed.err) == (to == b"["), listed.err
        assert (f"kernel remove {broken.id[:12]}" in listed.err) == (to == b"["), listed.err
        assert boot(whole).expect(125).err.count("is passed over") == (to == b"[")
    text = (broken.folder / "meta.json").read_bytes()
    broken.damage("meta.json", text.index(b"gcc-14") + 5, b"3")
    found = checked(code=128)["kernels"]
    assert {k["id"]: k["ok"] for k in found} == {broken.id: False, whole.id: True}, found
    # Named by its spec it is not found, and so read anew.
    again = Stored("halt")
    assert again.id == broken.id and checked(code=0)["ok"]
    again.damage("meta.json", 0, b"[")
    removed = lab.run(HOME, "kernel", "remove", again.id[:7]).expect(0)
    assert "which was damaged" in removed.out
    assert not again.folder.exists()


@tap.test
def a_kernel_whose_config_lacks_what_a_probe_needs():
    for config, missing in (("CONFIG_KPROBE_EVENTS=y\n", "CONFIG_HIST_TRIGGERS"),
                            ("CONFIG_HIST_TRIGGERS=y\n", "CONFIG_KPROBE_EVENTS"),
                            ("CONFIG_KPROBE_EVENTS=y\nCONFIG_HIST_TRIGGERS=y\n", None)):
        kernel = Stored("reset", f"CONFIG_SHMEM=y\n{config}")
        done = lab.run(HOME, "probe", kernel.path, "--deadline", 5).expect(125)
        assert ("lacks " in done.err) == (missing is not None), done.err
        assert f"lacks {missing}" in done.err or not missing, done.err
        kernel.remove()


@tap.test
def check_in_words():
    kernel = Stored("print", "CONFIG_A=y\n")
    done = lab.run(HOME, "kernel", "check", kernel.path).expect(0)
    assert done.out.split() == [kernel.id[:12], "6.99.0-tiny-with-config", "ok:", "vmlinux,",
                                "config,", "meta.json"], done.out
    kernel.damage("config", 7, b"B")
    done = lab.run(HOME, "kernel", "check").expect(
        128, f"slowpath kernel remove {kernel.id[:12]}; slowpath kernel add {kernel.path}")
    assert "DAMAGED: vmlinux, config (its SHA-256 is " in done.out, done.out
    lab.run(HOME, "kernel", "check", "nothing").expect(128, "not in the store")


if __name__ == "__main__":
    with FOLDER:
        tap.main()
