# SPDX-License-Identifier: GPL-2.0-or-later
"""A page of evidence in headless Chromium, spoken to over its debugging pipe."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

import tap

DEADLINE = 120  # seconds

# What lies outside its picture, its box or the window, what is drawn, and what was asked for. A box
# with a scroll bar of its own may be wider than the window.
LOOK = """(() => {
const out = {errors: window.slowpathErrors || []}, root = document.documentElement;
out.overflow = Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth;
out.clipped = [];
for (const svg of document.querySelectorAll('svg')) {
  const a = svg.getBoundingClientRect();
  if (!a.width) continue;
  for (const t of svg.querySelectorAll('text')) {
    const b = t.getBoundingClientRect();
    if (b.width && (b.left < a.left - .5 || b.right > a.right + .5 || b.top < a.top - .5 ||
        b.bottom > a.bottom + .5)) out.clipped.push(t.textContent);
  }
}
out.verdicts = [...document.querySelectorAll('.verdict, #result .badge')].map(v => {
  const b = v.getBoundingClientRect();
  return {text: v.textContent, inside: b.width > 10 && b.height > 10 && b.left >= 0 &&
          b.right <= root.clientWidth, top: Math.round(b.top)};
});
out.outside = [];
for (const e of document.querySelectorAll('h1, h2, h3, h4, p, li, summary, .stack td')) {
  const b = e.getBoundingClientRect();
  if (b.width && (b.left < -.5 || b.right > root.clientWidth + .5))
    out.outside.push(e.textContent.slice(0, 60));
}
out.drawn = [...document.querySelectorAll('svg:not(.bar)')].filter(s =>
  s.getBoundingClientRect().height > 50 && s.querySelector('circle,rect:not(.bg)')).length;
out.requests = performance.getEntriesByType('resource').length;
return out;
})()"""


PAINT = """new Promise(done => new PerformanceObserver(list => {
  for (const e of list.getEntries())
    if (e.name === 'first-contentful-paint') done(e.startTime);
}).observe({type: 'paint', buffered: true}))"""


def find():
    for name in ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise tap.Skip("there is no Chromium here")


class Browser:
    """One process with one tab; messages are JSON with a NUL behind, on its descriptors 3 and 4."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.count = 0
        self.waiting = b""
        down, self.to = os.pipe()
        self.back, up = os.pipe()

        def keep():
            # Above what is overwritten, first.
            a, b = os.dup(down), os.dup(up)
            high = [os.open("/dev/null", os.O_RDONLY) for _ in range(4)]
            os.dup2(a, 3)
            os.dup2(b, 4)
            for fd in (*high, a, b):
                if fd > 4:
                    os.close(fd)

        try:
            self.process = subprocess.Popen(
                [find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--remote-debugging-pipe", "--hide-scrollbars",
                 f"--user-data-dir={self.folder.name}/profile", "about:blank"],
                close_fds=False, preexec_fn=keep, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "HOME": self.folder.name})
        finally:
            os.close(down)
            os.close(up)
        try:
            targets = self.call("Target.getTargets", session=None)["targetInfos"]
        except (RuntimeError, BrokenPipeError) as e:
            self.__exit__()
            raise tap.Skip(f"Chromium does not start here: {e}") from e
        tab = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", session=None, targetId=tab,
                                 flatten=True)["sessionId"]
        self.said = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        self.folder.cleanup()

    def read(self):
        while b"\0" not in self.waiting:
            if not select.select([self.back], [], [], DEADLINE)[0]:
                raise RuntimeError(f"Chromium has said nothing for {DEADLINE} s")
            data = os.read(self.back, 1 << 16)
            if not data:
                raise RuntimeError("Chromium has gone")
            self.waiting += data
        one, self.waiting = self.waiting.split(b"\0", 1)
        message = json.loads(one)
        if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded",
                                     "Runtime.consoleAPICalled"):
            self.said.append(message["params"])
        return message

    def call(self, method, session="", **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            answer = self.read()
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]

    def run(self, script):
        """The value of @script in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def open(self, path, width=1280, height=900, dark=False, media="screen", scripts=True):
        """Loads a file in a window of this size; its own scripts run unless they are not to."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.said.clear()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while self.read().get("method") != "Page.loadEventFired":
            pass
        self.call("Emulation.setScriptExecutionDisabled", value=False)
        # A frame has been drawn once this comes back.
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")

    def look(self):
        seen = self.run(LOOK)
        return {**seen, "said": list(self.said)}

    def first_paint_ms(self):
        """From the navigation until something was drawn."""
        return self.run(PAINT)

    def picture(self, path, whole=False):
        """A PNG of the window, or of the page to its end."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole,
                         **({"clip": self.whole()} if whole else {}))["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def whole(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}


def assert_whole(seen, where=""):
    """Nothing of the page is lost in this window."""
    assert not seen["said"], (where, seen["said"])
    assert seen["overflow"] <= 0, (where, seen["overflow"])
    assert not seen["clipped"], (where, seen["clipped"])
    assert not seen["outside"], (where, seen["outside"])
    assert seen["verdicts"] and all(v["inside"] for v in seen["verdicts"]), (where, seen["verdicts"])
    assert seen["verdicts"][0]["top"] < 400, (where, seen["verdicts"][0])
    assert seen["requests"] == 0, (where, seen["requests"])
