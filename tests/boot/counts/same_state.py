# SPDX-License-Identifier: GPL-2.0-or-later
"""The audit's checks can fail: huge pages that one side does not have, pages that nobody wrote, a
kernel that faults once more for every page, VMAs that do not merge."""
import pathlib
import shutil
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

OWN = """
read-only:
  help: pages that were read and never written
  maps: {m: {kind: anon-private, size: 1M, advice: nohugepage}}
  prepare:
    - touch: {map: m, access: read}
  segments:
    protect: [mprotect: {map: m, to: r}]
    restore: [mprotect: {map: m, to: rw}]
  expect: {vmas: 1, present: all, dirty: all}
other-vmas:
  help: three VMAs where two are expected
  maps: {m: {kind: anon-private, size: 64K, advice: nohugepage}}
  segments:
    split: [mprotect: {map: m, to: r, offset: 4K, size: 4K}]
    join: [mprotect: {map: m, to: rw}]
  outcomes: {vmas: {split: 2, join: 1}}
"""


def named(entries, name):
    """The entry of this name."""
    (found,) = [e for e in entries if e["name"] == name]
    return found


def own(name, code):
    """One of the scenarios above, a kernel with itself."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "scenarios").mkdir()
        (pathlib.Path(folder) / "scenarios/own.yaml").write_text(OWN, encoding="utf-8")
        return lab.compare(HOME, "-s", f"own/{name}", new=HOME.specs[0],
                           env={"SLOWPATH_DATADIR": folder}).expect(code).json()


@tap.test
def huge_pages_on_one_side_are_another_state():
    document = lab.compare(HOME, "-s", "mprotect/thp-toggle", "--new-cmdline",
                           "transparent_hugepage=never").expect(125).json()
    assert (document["verdict"], document["state"]["same"]) == ("different-state", False)
    failed = {c["name"]: c for c in document["state"]["checks"] if c["result"] == "fail"}
    assert set(failed) == {"PMD-mapped pages", "pages in 4K folios", "pages in 2M folios"}, failed
    assert (failed["PMD-mapped pages"]["old"], failed["PMD-mapped pages"]["new"]) == (document["pages"], 0)
    for name in failed:
        assert name in document["reason"], document["reason"]


@tap.test
def large_folios_on_one_side_are_another_state():
    document = lab.compare(HOME, "-s", "madvise/pageout-noswap", "--new-cmdline",
                           "thp_anon=64K:always;2M:never").expect(125).json()
    failed = {c["name"]: c for c in document["state"]["checks"] if c["result"] == "fail"}
    assert failed["pages in 64K folios"]["new"] == document["pages"], failed
    assert failed["pages in 64K folios"]["old"] == 0, failed


@tap.test
def pages_that_were_only_read_are_not_dirty():
    document = own("read-only", 125)
    dirty = named(document["state"]["checks"], "dirty pages")
    assert (dirty["expected"], dirty["old"], dirty["new"], dirty["result"]) == (256, 0, 0, "fail")
    assert named(document["state"]["checks"], "present pages")["result"] == "pass"


@tap.test
def vmas_that_are_not_as_expected_are_a_finding():
    document = own("other-vmas", 0)
    split = named(document["state"]["outcomes"], "VMAs after split")
    assert (split["expected"], split["old"], split["new"], split["result"]) == (2, 3, 3, "differs")
    assert named(document["state"]["outcomes"], "VMAs after join")["result"] == "same"
    assert document["verdict"] == "equivalent" and document["state"]["same"] is True


def segments_of(elf):
    """(file offset, address, length) of what is loaded."""
    start, count = struct.unpack_from("<Q", elf, 32)[0], struct.unpack_from("<H", elf, 56)[0]
    for i in range(count):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", elf, start + 56 * i)
        if kind == 1:
            yield offset, address, size


def faulting_kernel(folder):
    """OLD, but no page may be written right after mprotect() has allowed it again."""
    (entry,) = {p.name for p in (HOME.path / "kernels").iterdir()
                if lab.OLD.split(":")[1] in (p / "meta.json").read_text(encoding="utf-8")}
    symbols = next((HOME.path / "symbols").glob(f"{entry}-*")).read_text(encoding="ascii")
    (line,) = [l for l in symbols.splitlines() if l.endswith(" can_change_pte_writable")]
    address = int(line.split()[0], 16)
    elf = bytearray((HOME.path / "kernels" / entry / "vmlinux").read_bytes())
    ((offset, base),) = [(o, a) for o, a, size in segments_of(elf) if a <= address < a + size]
    at = offset + address - base
    # endbr64; call __fentry__, which the kernel itself makes a NOP of.
    assert elf[at:at + 5] == b"\xf3\x0f\x1e\xfa\xe8", elf[at:at + 9].hex()
    elf[at + 9:at + 12] = b"\x31\xc0\xc3"  # xor %eax, %eax; ret
    (folder / "vmlinux").write_bytes(elf)
    for config in (HOME.path / "kernels" / entry).glob("config*"):
        shutil.copy(config, folder)
    return folder / "vmlinux"


@tap.test
def a_kernel_that_faults_on_every_page_is_a_regression():
    before = lab.compare(HOME, "-s", "mprotect/anon-toggle", new=HOME.specs[0]).expect(0).json()
    assert named(before["state"]["outcomes"], "faults per iteration")["new"] == 0
    with tempfile.TemporaryDirectory() as folder:
        kernel = faulting_kernel(pathlib.Path(folder))
        done, document = lab.told(HOME, "compare", HOME.specs[0], kernel, "-s",
                                  "mprotect/anon-toggle")
    text = done.out
    assert document["verdict"] == "regression" and document["state"]["same"] is True
    assert "page faults per iteration: 0 -> 1024" in document["reason"], document["reason"]
    for name in ("faults per iteration", "faults in touch"):
        faults = named(document["state"]["outcomes"], name)
        assert (faults["old"], faults["new"], faults["result"]) == (0, 1024, "differs"), faults
    assert named(document["state"]["outcomes"], "faults in restore")["result"] == "same"
    assert "found: faults in touch: 0 -> 1024" in text, text
    functions = {f["name"]: f for f in document["attribution"]["functions"]}
    assert functions["do_wp_page"]["calls_new"] == 1 and functions["do_wp_page"]["calls_old"] == 0


with lab.Home(small=True) as HOME:
    tap.main()
