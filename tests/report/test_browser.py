"""A report in a real browser: a slider moves, the picture changes, nothing fails or leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.report.test_report import FACTS
from tests.views.fakes import DRAWN, context
from zoo.report import write
from zoo.views import frames

pytestmark = pytest.mark.browser

SHOWN = ("weights", "confusion", "hidden-input", "single-neuron", "activations")

FLAGS = (
    "--headless",
    "--no-sandbox",  # containers forbid it to root; the page is our own file
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-prefers-reduced-motion",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start Chromium with its driver; both must be installed, nothing is downloaded."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs digit-zoo[dev]: selenium")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs Chromium and its driver (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


@pytest.fixture(scope="module")
def report() -> bytes:
    """A report with sliders of several kinds, and with pictures that have none."""
    return write(FACTS, [frames(DRAWN[name], context()) for name in SHOWN])


@pytest.fixture
def page(browser: Any, report: bytes, tmp_path: Path) -> Any:
    path = tmp_path / "report.html"
    path.write_bytes(report)
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # forgets what came before
    browser.set_window_size(1200, 900)
    browser.get(path.as_uri())
    return browser


def shown(figure: Any) -> list[str]:
    images = figure.find_elements("css selector", ".paper img")
    return [image.get_attribute("src") for image in images if image.is_displayed()]


def requests(page: Any) -> list[str]:
    """Addresses that the page asked for; data in the page itself is none."""
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [s["request"]["url"] for s in sent if urlsplit(s["request"]["url"]).scheme != "data"]


def test_moving_a_slider_changes_the_picture(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    figures = page.find_elements("css selector", "figure.frames")
    assert len(figures) >= 2
    for figure in figures:
        slider = figure.find_element("css selector", "input[type=range]")
        output = figure.find_element("css selector", "output")
        seen = []
        for key in (Keys.HOME, Keys.ARROW_RIGHT, Keys.END):
            slider.send_keys(key)
            (image,) = shown(figure)
            seen.append((output.text, image))
        slider.send_keys(Keys.HOME)
        assert (output.text, *shown(figure)) == seen[0]
        assert len({text for text, _ in seen}) >= 2
        assert len({image for _, image in seen}) == len({text for text, _ in seen})
        assert slider.get_attribute("aria-valuetext") == output.text
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []
    (address,) = requests(page)
    assert address.startswith("file://")


def test_every_picture_is_decoded_and_fits_a_phone(page: Any) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True},
    )
    try:
        widths = page.execute_script(
            "return [...document.images].filter(i => i.offsetParent).map(i => [i.naturalWidth, "
            "i.getBoundingClientRect().right])"
        )
        room = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(widths) == len(SHOWN)
    assert all(natural > 0 for natural, _ in widths)
    assert room[0] <= room[1] <= 400, (room, widths)
    assert page.get_log("browser") == []


def test_dark_and_light_differ_and_both_are_readable(page: Any) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        colours[scheme] = page.execute_script(
            "const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]"
        )
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert colours["light"] != colours["dark"]
    for ink, ground in colours.values():
        assert abs(lightness(ink) - lightness(ground)) > 120, colours


def lightness(colour: str) -> float:
    """Mean of ``rgb(1, 2, 3)``."""
    parts = colour[colour.index("(") + 1 : -1].split(",")[:3]
    return sum(map(float, parts)) / 3
