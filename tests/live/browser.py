"""Looks at a page of `iophase -o html:FILE` with a real browser, and says what is wrong with it.

usage: browser.py BROWSER PAGE [--shots FOLDER] [--brief]

In: a Chromium, run without a screen, and the page. Out: a line per thing that is wrong, else "ok" and
what was seen; with --shots pictures of the page: narrow, wide, dark, as printed; with --brief only what
holds at any width. Exit status 1 if
something is wrong.

The browser is talked to by pipes, in the DevTools protocol: JSON that ends in a zero byte.
"""

import base64
import json
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import time

PATIENCE = 60  # seconds that one answer may take
PICTURE = 1500  # pixels that a picture is high

# What must hold in the page, each an expression that is true, or a text that says what is wrong.
HOLDS = {
    "a script ran that is not the page's": "!('pwned' in window)",
    "an element that no page of ours has": "!document.querySelector('img, iframe, object, embed, base, form')",
    "an id twice": "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                   " return new Set(ids).size === ids.length })()",
    "a reference to nothing": "[...document.querySelectorAll('[aria-labelledby]')]"
                              ".every(e => document.getElementById(e.getAttribute('aria-labelledby')))",
    "a link to nowhere": "[...document.querySelectorAll('a[href^=\"#\"]')]"
                         ".every(e => document.querySelector(e.getAttribute('href')))",
    "a link that leads away": "[...document.querySelectorAll('[href], [src]')].every(e =>"
                              " (e.getAttribute('href') || e.getAttribute('src')).startsWith('#'))",
    "a picture without words": "[...document.querySelectorAll('svg')].every(e =>"
                               " e.getAttribute('aria-hidden') === 'true' || e.getAttribute('aria-label'))",
    "a heading that skips a level": "[...document.querySelectorAll('h1, h2, h3')]"
                                    ".every((e, i, all) => !i || +e.tagName[1] <= +all[i - 1].tagName[1] + 1)",
    "not one h1 and one main": "document.querySelectorAll('h1').length === 1 && document.querySelectorAll('main').length === 1",
    "a number that is none": "!/NaN|undefined|Infinity|\\[object/.test(document.getElementById('charts').innerText"
                             " + [...document.querySelectorAll('svg')].map(e => e.outerHTML).join())",
    "no chart": "document.querySelectorAll('#charts figure svg').length > 0",
    "a chart over time without its numbers": "document.querySelectorAll('.readout').length"
                                             " === [...document.querySelectorAll('.numbers > summary')]"
                                             ".filter(e => e.textContent.includes('over time')).length",
    "a control without a name": "[...document.querySelectorAll('select, input')].every(e => e.labels.length)",
}

# Texts, and how bright they are before what is behind them: below 4.5 they cannot be read by all.
CONTRAST = """(() => {
  const channel = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const parse = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || e.closest('script, style, option')) continue;
    const inSvg = e instanceof SVGElement;
    if (inSvg && e.classList.contains('on-band')) continue;
    const a = light(parse(inSvg ? getComputedStyle(e).fill : getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${e.tagName} "${e.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return bad.join('; ');
})()"""


# What can be reached by keys.
REACH = 'a[href], select, input, summary, [tabindex="0"]'

# What is wrong with the element that has the focus: it cannot be seen that it has, or it is beneath
# something. Notes it, too.
FOCUSED = """(() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  if (e === document.body) return 'nothing';
  seen.add(e);
  const who = `${e.tagName} "${(e.id || e.textContent).trim().slice(0, 30)}" `;
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return who + 'looks as if it had no focus';
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return who + 'is out of sight';
  const bar = document.getElementById('controls');
  if (!bar.contains(e) && getComputedStyle(bar).position === 'sticky' && !bar.hidden && bar.getBoundingClientRect().top <= 0
    && !e.closest('header, .skip') && box.top < bar.getBoundingClientRect().bottom) return who + 'is beneath the controls';
  return '';
})()"""


class Browser:
    """A Chromium and one page in it."""

    def __init__(self, program, folder):
        to_browser, self.to = os.pipe()
        self.back, from_browser = os.pipe()
        # The browser reads descriptor 3 and writes descriptor 4.
        command = ('exec 3<&%d 4>&%d; exec "$0" --headless --no-sandbox --disable-gpu --hide-scrollbars'
                   ' --no-first-run --disable-background-networking --disable-component-update'
                   ' --remote-debugging-pipe --user-data-dir="$1" about:blank' % (to_browser, from_browser))
        self.process = subprocess.Popen(["bash", "-c", command, program, folder], pass_fds=(to_browser, from_browser),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.back, selectors.EVENT_READ)
        self.read, self.number, self.session, self.events = b"", 0, None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")

    def next(self):
        """The next message."""
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.read:
            if not self.selector.select(deadline - time.monotonic()):
                raise SystemExit("browser.py: the browser does not answer")
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise SystemExit("browser.py: the browser has ended")
            self.read += piece
        message, self.read = self.read.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        """The answer to a command; what happens meanwhile is kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            got = self.next()
            if got.get("id") == self.number:
                if "error" in got:
                    raise SystemExit(f"browser.py: {method}: {got['error']}")
                return got["result"]
            if "method" in got:
                self.events.append(got)

    def value(self, expression):
        """What an expression comes to in the page."""
        got = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            return "exception: " + json.dumps(got["exceptionDetails"].get("exception", {}).get("description"))
        return got["result"].get("value")

    def open(self, url):
        """Loads a page, and waits until it is there."""
        self.ask("Page.navigate", url=url)
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            self.events.append(self.next())

    def settle(self):
        """Waits until what has changed is drawn."""
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def show(self, width, height=900, scheme="light", media="", scripts=True):
        """Has the page so wide, of this scheme."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        if scripts:
            self.settle()

    def pictures(self, name):
        """Writes all of the page as pictures, NAME-1.png and so on, none longer than can be looked at."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        for number, y in enumerate(range(0, int(size["height"]), PICTURE), 1):
            clip = {"x": 0, "y": y, "width": size["width"], "height": min(PICTURE, size["height"] - y), "scale": 1}
            got = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
            pathlib.Path(f"{name}-{number}.png").write_bytes(base64.b64decode(got["data"]))

    def key(self, name, code, text="", shift=False):
        """Presses a key."""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code,
                     text=text if kind == "keyDown" else "", modifiers=8 if shift else 0)

    def close(self):
        """Ends it."""
        os.write(self.to, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def noticed(browser, url):
    """What the browser itself has to say: errors, requests."""
    for event in browser.events:
        what, params = event["method"], event.get("params", {})
        if what == "Runtime.exceptionThrown":
            yield f"exception: {params['exceptionDetails'].get('exception', {}).get('description')}"
        elif what == "Runtime.consoleAPICalled":
            yield f"console: {params['type']} {params['args']}"
        elif what == "Log.entryAdded":
            yield f"log: {params['entry']['level']} {params['entry']['text']}"
        elif what == "Network.requestWillBeSent" and params["request"]["url"] != url:
            yield f"request: {params['request']['url'][:80]}"


def walk(browser, shift):
    """What is wrong when all is gone through by the Tab key from the first to the end, or back by Shift and Tab from the last."""
    way = "back" if shift else "on"
    browser.value(f"window.all = [...document.querySelectorAll(`{REACH}`)].filter(e => e.checkVisibility());"
                  f" window.seen = new Set(); all.at({-1 if shift else 0}).focus(); 0")
    wanted = browser.value("all.length")
    for i in range(wanted + 2):
        if i:
            browser.key("Tab", 9, shift=shift)
        browser.settle()
        got = browser.value(FOCUSED)
        if got == "nothing":
            break
        # What has the focus by no key need not show it.
        if got and i:
            yield f"with the Tab key {way}: {got}"
    else:
        # Without a screen there is nothing before the page.
        if not shift:
            yield "the Tab key does not lead out of the page"
    seen = browser.value("seen.size")
    if seen != wanted:
        yield f"by the Tab key {way} {seen} of {wanted} are reached"


def by_keys_alone(browser):
    """What somebody without a mouse cannot do: see where the focus is, open the numbers, keep them."""
    for width, height in ((1280, 900), (390, 700), (320, 256)):
        browser.show(width, height)
        browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        browser.settle()
        # Each of the numbers is opened by Enter.
        browser.value("document.querySelectorAll('details').forEach(e => { e.open = false }); 0")
        for i in range(browser.value("document.querySelectorAll('.numbers > summary').length")):
            browser.value(f"document.querySelectorAll('.numbers > summary')[{i}].focus(); 0")
            browser.key("Enter", 13, "\r")
            browser.settle()
            if not browser.value(f"!!document.querySelectorAll('.numbers')[{i}].querySelector('td')"):
                yield f"Enter does not open the numbers: {browser.value(f'document.querySelectorAll(`.numbers`)[{i}].textContent')}"
        yield from (f"{width}: {wrong}" for wrong in walk(browser, False))
        yield from (f"{width}: {wrong}" for wrong in walk(browser, True))
    # Who zooms in reads on: what is built anew is open, and has the focus.
    opened = "document.querySelectorAll('.numbers[open] td').length"
    had = "document.activeElement.getAttribute('aria-label') + ' ' + document.activeElement.matches('.numbers .scroll')"
    browser.value("document.querySelector('.numbers .scroll').focus(); window.was = document.activeElement; 0")
    before = browser.value(opened), browser.value(had)
    browser.show(700)
    browser.settle()
    after = browser.value(opened), browser.value(had)
    if browser.value("was.isConnected") or before != after or not before[1].endswith("true"):
        yield f"with another width, {before} is {after}"
    browser.value("document.querySelectorAll('details').forEach(e => { e.open = false }); 0")
    browser.show(1280)


def by_keyboard(browser):
    """What keys do not do."""
    yield from by_keys_alone(browser)
    if browser.value("!!document.getElementById('asleep')"):
        browser.value("document.getElementById('asleep').focus(); window.was = document.activeElement; 0")
        browser.key(" ", 32, " ")
        browser.settle()
        if browser.value("was.isConnected || document.activeElement.id !== 'asleep' || document.activeElement.checked === was.defaultChecked"):
            yield "Space does not turn the box, or it loses the focus"
        browser.key(" ", 32, " ")
    if browser.value("!!document.getElementById('slot')"):
        browser.value("document.getElementById('slot').focus(); 0")
        before = browser.value("said.textContent + document.querySelector('.readout').textContent")
        browser.key("ArrowLeft", 37)
        if browser.value("said.textContent + document.querySelector('.readout').textContent") == before:
            yield "the left arrow does not move the time"
        if not browser.value("document.getElementById('slot').getAttribute('aria-valuetext')"):
            yield "the slider does not say which time it is at"


def each_track(browser):
    """What is wrong when another process is chosen."""
    count = browser.value("document.getElementById('track') ? document.getElementById('track').options.length : 0")
    for i in range(count):
        browser.value(f"track.value = '{i}'; track.dispatchEvent(new Event('change')); 0")
        yield from (f"process {i}: {wrong}" for wrong in holds(browser))
    if count:
        browser.value("track.value = '0'; track.dispatchEvent(new Event('change')); 0")


def holds(browser):
    """What does not hold in the page as it is."""
    browser.value("document.querySelectorAll('#charts details').forEach(e => { e.open = true }); 0")
    browser.settle()
    for wrong, expression in HOLDS.items():
        got = browser.value(expression)
        if got is not True:
            yield f"{wrong}" + (f": {got}" if isinstance(got, str) else "")


def fits(browser, width):
    """What is wider than the page."""
    if browser.value("document.documentElement.scrollWidth") > width:
        wide = browser.value("[...document.querySelectorAll('main *, header *, #controls *')].filter(e => !e.closest('.scroll, pre')"
                             f" && e.getBoundingClientRect().right > {width} + 1).map(e => e.tagName + '.' + e.className).slice(0, 5).join()")
        yield f"it is wider than {width} pixels: {wide}"


def look(browser, url, shots, brief):
    """All that is wrong, as lines."""
    browser.open(url)
    if brief:
        yield from holds(browser)
        yield from noticed(browser, url)
        return
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        browser.show(width, scheme=scheme)
        yield from (f"{width} {scheme}: {wrong}" for wrong in fits(browser, width))
        yield from (f"{width} {scheme}: hard to read: {bad}" for bad in [browser.value(CONTRAST)] if bad)
        if shots:
            browser.pictures(f"{shots}/{width}-{scheme}")
    browser.show(1280)
    yield from holds(browser)
    yield from by_keyboard(browser)
    yield from each_track(browser)
    browser.show(794, media="print")
    if shots:
        browser.pictures(f"{shots}/print")
    yield from noticed(browser, url)
    # Without scripts the text is there.
    browser.events.clear()
    browser.show(1280, scripts=False)
    browser.open(url)
    if not browser.value("document.querySelector('pre').getClientRects().length > 0"):
        yield "without scripts there is no text"
    if shots:
        browser.pictures(f"{shots}/without")


def main(argv):
    """Looks at the page; the exit status."""
    shots = argv[argv.index("--shots") + 1] if "--shots" in argv else None
    url = pathlib.Path(argv[1]).resolve().as_uri()
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(argv[0], folder)
        wrong = list(look(browser, url, shots, "--brief" in argv))
        browser.close()
    for line in wrong:
        print(line)
    if not wrong:
        print("ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1:]))
