# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured leaves the machine: the bundle of a real comparison says what it said."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab


@tap.test
def a_bundle_concludes_what_compare_concluded():
    document = lab.compare(HOME, "-s", "mprotect/shared-dirty-toggle").expect(1).json()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "bundle")
        lab.run(HOME, "bundle", document["id"], "-o", out).expect(0)
        lab.run(HOME, "verify", out).expect(0)
        again = json.loads((out / "results/01.json").read_text(encoding="utf-8"),
                           parse_float=lambda text: float(f"{float(text):.15g}"))
        # What was spent is not evidence, and compare has no blocks.
        del document["seconds"], again["block"]
        assert not lab.differences(again, document)
        text = "".join(p.read_text(encoding="utf-8") for p in out.rglob("*") if p.is_file())
        assert str(HOME.path) not in text and str(lab.BUILD) not in text
        configs = list(out.glob("kernels/*.config"))
        assert len(configs) == 2, configs


@tap.test
def the_mail_of_the_headline_needs_no_edit():
    document = lab.compare(HOME, "-s", "mprotect/shared-dirty-toggle").expect(1).json()
    mail = lab.run(HOME, "report", document["id"], "--format", "mail").expect(0).out
    first = document["metrics"][0]
    for word in ("Subject: [REGRESSION] mm/mprotect: ", f"{first['ratio']:.4f}",
                 f"{first['old']:.3f}", f"{first['new']:.3f}", "#regzbot title: mm/mprotect"):
        assert word in mail, word


with lab.Home() as HOME:
    tap.main()
