# SPDX-License-Identifier: GPL-2.0-or-later
"""A page of evidence in headless Chromium."""
import json
import os
import re
import shutil
import subprocess

import tap

PROBE = ("<script>window.addEventListener('load',()=>{"
         "const box=document.getElementById('search');box.value='touch';"
         "box.dispatchEvent(new Event('input'));"
         "const heights=[...document.querySelectorAll('svg')].map("
         "s=>Math.round(s.getBoundingClientRect().height));"
         "const drawn=[...document.querySelectorAll('svg')].filter("
         "s=>s.getBoundingClientRect().height>50&&s.querySelector('circle,rect')).length;"
         "const top=document.querySelector('.verdict').getBoundingClientRect();"
         "document.title=JSON.stringify({heights,drawn,visible:top.height>10&&top.top<400,"
         "shown:document.querySelectorAll('#raw tbody tr:not([hidden])').length,"
         "requests:performance.getEntriesByType('resource').length});});</script></body>")


def find():
    for name in ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise tap.Skip("there is no Chromium here")


def look(name, page, path, profile):
    """What is drawn, visible, shown for 'touch' and requested; and what the browser said."""
    path.write_text(page.replace("</body>", PROBE), encoding="utf-8")
    done = subprocess.run(
        [name, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
         "--enable-logging=stderr", "--v=0", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": profile})
    title = re.search(r"<title>(.*?)</title>", done.stdout).group(1)
    return json.loads(title.replace("&quot;", '"')), done.stderr
