# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's classes of instructions against what objdump makes of the same bytes."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BUILD = tap.build_dir()
LINE = re.compile(r"^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*\t(.*)$")
# A memory operand, in AT&T syntax.
MEMORY = re.compile(r"(%[cdefgs]s:)?(-?0x[0-9a-f]+)?\([^)]*\)|%[fg]s:|(?:^|,|\s)-?0x[0-9a-f]+(?=,|$)")
PREFIXES = {"lock", "rep", "repz", "repnz", "notrack", "bnd", "data16", "addr32", "cs", "ds", "es",
            "xacquire", "xrelease", "gs", "fs", "ss", "rex", "rex.W", "rex.X", "rex.WX", "rex.B"}
# What only reads the operand that stands last.
READERS = re.compile(
    r"^(cmp[bwlq]?|test[bwlq]?|bt[wlq]?|u?comis[sd]|v?ptest|push[wlq]?|mul[bwlq]?|i?div[bwlq]?|"
    r"imul[bwlq]?|jmp|call|fld\w*|fild\w*|f(add|sub|subr|mul|div|divr|com|comp)[sl]|"
    r"fi(add|sub|subr|mul|div|divr|com|comp)[sl]?|frstor|fldcw|fldenv|fxrstor(64)?|ldmxcsr|"
    r"xrstors?(64)?|lgdt|lidt|lldt|ltr|lmsw|verr|verw|vmptrld|vmclear|vmxon|pcmp[ei]str[im]|"
    r"vucomis[sd]|vcomis[sd])$")
WRITERS = re.compile(
    r"^(mov[bwlq]?|movabs|mov(aps|apd|ups|upd|dqa|dqu|ss|sd|lps|hps|lpd|hpd|d|q|nti|nt\w+|be\w?)|"
    r"vmov\w+|set\w+|pop[wlq]?|f(st|ist)p?\w*|fn?st(cw|sw|env)|fnsave|fisttp\w*|fxsave(64)?|stmxcsr|"
    r"xsave\w*|sgdt|sidt|smsw|sldt|str|v?pextr[bwdq]|v?extractps|vextract\w+|vmptrst|"
    r"vpmov\w+|vp?scatter\w+|vcvtps2ph|vpcompress\w+|vcompress\w+|wrss[dq]|wruss[dq]|movdiri)$")
NOTHING = re.compile(r"^(lea[wlq]?|nop[wlq]?|prefetch\w*|invlpg|clflush(opt)?|clwb|cldemote|"
                     r"vp?gather\w+|ud[012]|vgatherpf\w+)$")
IMPLIED = [
    (r"^push[fwlq]*$|^enter$", "s"), (r"^pop[fwlq]*$|^leave[wlq]?$|^xlat\w*$", "l"),
    (r"^call[wlq]?$", "sc"), (r"^l?ret[wlq]?$|^iret\w*$", "lb"),
    (r"^j\w+$|^loop\w*$|^sysret\w?$|^sysexit\w?$", "b"),
    (r"^stos[bwlq]?$|^ins[bwl]?$", "s"), (r"^lods[bwlq]?$|^scas[bwlq]?$|^outs[bwl]?$", "l"),
    (r"^movs[bwlq]?$", "ls"), (r"^cmps[bwlq]?$", "l"),
    (r"^invlpg$|^invpcid$|^invlpgb$", "f"),
]
STRINGS = re.compile(r"^(stos|lods|scas|movs|cmps|ins|outs)[bwlq]?$")


def expected(text):
    """Classes as the mnemonic and its operands have it; None where this cannot tell."""
    words = text.split("#")[0].split("<")[0].split()
    prefixes = set()
    while words and (words[0] in PREFIXES or words[0].startswith("rex")):
        prefixes.add(words.pop(0))
    if not words or "(bad)" in text:
        return None
    name, operands = words[0].split(",")[0], re.sub(r"%st\(\d\)", "%st", " ".join(words[1:]))
    # Ports are no memory; XOP has died out; objdump hides that this jumps through memory.
    if name in ("in", "out") or name.startswith("vfrcz") or re.match(r"^\*0x", operands):
        return None
    if name in ("xbegin", "xabort", "maskmovq", "maskmovdqu", "vmaskmovdqu") or name[0] == ".":
        return None
    found = {c for pattern, classes in IMPLIED if re.match(pattern, name) for c in classes}
    if re.match(r"^mov[lq]?$", name) and re.search(r"%cr[34]$", operands):
        found.add("f")
    is_string = STRINGS.match(name) and ("(%rdi)" in operands or "(%rsi)" in operands or
                                         "(%edi)" in operands or "(%esi)" in operands) and \
        "%xmm" not in operands
    direct = re.match(r"^(j\w+|call[wlq]?|loop\w*)$", name) and "*" not in operands
    if is_string or direct or NOTHING.match(name) or not MEMORY.search(operands):
        return "gather" in name and {"l"} or found
    if name.startswith("movs") and "%xmm" not in operands:
        found = set()  # movsbl and its like: sign extension
    parts = re.findall(r"(?:[^,(]|\([^)]*\))+", operands)
    last = bool(MEMORY.search(parts[-1].strip()))
    if re.match(r"^xchg", name):
        return found | {"l", "s", "a"}
    if not last or READERS.match(name):
        # xadd, xchg and cmpxchg apart, what stands first is read.
        return found | {"l"}
    if WRITERS.match(name):
        return found | {"s"}
    if name.startswith("v") or re.match(r"^(crc32|p\w+|cvt\w+|mov[sz]\w+)", name):
        return None
    if len(parts) == 1 and not re.match(
            r"^(inc|dec|not|neg|sh[lr]|sa[lr]|ro[lr]|rc[lr]|cmpxchg(8|16)b)[bwlq]?$", name):
        return None
    found |= {"l", "s"}
    if "lock" in prefixes:
        found.add("a")
    return found


def instructions(path, limit):
    """(bytes, text), each pair of opcode and operands' shape once."""
    run = subprocess.run(["objdump", "-d", "-w", path], capture_output=True, text=True, check=True)
    seen = set()
    for line in run.stdout.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        text = match[2].strip()
        shape = re.sub(r"0x[0-9a-f]+|[0-9a-f]{4,}", "N", text)
        if shape not in seen:
            seen.add(shape)
            yield match[1].strip(), text
        if len(seen) >= limit:
            return


def check(path, limit=200000):
    """How many instructions were compared; fails at any that differs."""
    found = list(instructions(path, limit))
    run = subprocess.run([BUILD / "tests/classes_of"], input="\n".join(h for h, _ in found) + "\n",
                         capture_output=True, text=True, check=True)
    wrong, compared = [], 0
    for (code, text), got in zip(found, run.stdout.splitlines()):
        want = expected(text)
        if want is None:
            continue
        compared += 1
        if want != set(got) - {"-"}:
            wrong.append(f"{code}: {text}: {got}, not {''.join(sorted(want)) or 'none'}")
    assert not wrong, f"{len(wrong)} of {compared}:\n" + "\n".join(wrong[:40])
    return compared


@tap.test
def classes_agree_with_objdump():
    assert check(BUILD / "cmd/slowpath") > 2000
    for path in os.environ.get("SLOWPATH_CLASSES_FILES", "").split():
        print(f"# {path}: {check(path)}")


@tap.test
def classes_agree_over_the_c_library():
    # Vector extensions, x87 and system instructions are in there.
    text = subprocess.run(["ldd", sys.executable], capture_output=True, text=True).stdout
    match = re.search(r"libc\.so\.6 => (\S+)", text)
    if not match:
        raise tap.Skip("no C library found")
    assert check(match[1]) > 10000


tap.main()
