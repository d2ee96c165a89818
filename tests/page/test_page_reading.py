"""Who cannot see or hold a mouse: names, focus, keys, and what is read aloud."""

from collections.abc import Callable

import pytest
from hand import BOX, Hand, Page, Service

NAMELESS = """() => [...document.querySelectorAll('button, input, canvas, dialog, ul, [role], progress, a')]
    .filter((one) => !(one.role === 'status' || one.textContent.trim()
                       || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
                       || one.labels?.[0]?.textContent.trim() || one.id === 'file'))
    .map((one) => one.outerHTML.slice(0, 80))"""

FAINT = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const pixel = (layers) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of layers) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    };
    const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
    const behind = (one) => one ? [...behind(one.parentElement), getComputedStyle(one).backgroundColor] : ['Canvas'];
    const faint = new Set();
    for (const one of document.querySelectorAll('body *')) {
        const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!(text || one.placeholder) || !one.checkVisibility()) continue;
        if (one.closest('.unseen, .skip, :disabled, noscript')) continue;
        const style = getComputedStyle(one, one.placeholder && !one.value ? '::placeholder' : null);
        const back = behind(one);
        const [a, b] = [light(pixel([...back, style.color])), light(pixel(back))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.add(`${one.className || one.tagName}: ${ratio.toFixed(2)}`);
    }
    return [...faint];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read_against_what_is_behind_them(visit: Callable[..., Page], scheme: str) -> None:
    page = visit(color_scheme=scheme)
    assert page.tab.evaluate(FAINT) == []
    Hand(page).draw(BOX)
    page.say("green mug")
    page.press("#hits > li:nth-child(2) .like")
    page.tab.click("button[data-field=colour]")
    page.open_panel().get_by_label("green").check()
    page.settle()
    assert page.tab.evaluate(FAINT) == []
    page.tab.keyboard.press("Escape")
    page.tab.click("#about-button")
    assert page.tab.evaluate(FAINT) == []


def test_everything_has_a_name(page: Page, hand: Hand) -> None:
    hand.draw(BOX)
    page.say("mug")
    page.tab.click("button[data-field=price]")
    assert page.tab.evaluate(NAMELESS) == []
    page.tab.keyboard.press("Escape")
    page.tab.click(".open >> nth=0")
    page.tab.wait_for_selector("[data-act=copy]")
    assert page.tab.evaluate(NAMELESS) == []


def test_words_results_and_a_photo_are_reached_without_a_mouse(page: Page, service: Service) -> None:
    keys = page.tab.keyboard
    keys.press("Tab")
    assert page.tab.evaluate("document.activeElement.textContent") == "Skip to the words"
    keys.press("Enter")
    keys.type("mug")
    page.settle()
    keys.press("Control+Home")
    page.tab.focus(".skip >> nth=1")
    keys.press("Enter")
    for _ in range(12):
        keys.press("Tab")
        if page.tab.evaluate("document.activeElement.className") == "open":
            break
    ids = page.ids()
    assert focused(page) == ids[0]
    keys.press("ArrowRight")
    assert focused(page) == ids[1]
    columns = page.tab.evaluate(
        "getComputedStyle(document.querySelector('#hits')).gridTemplateColumns.split(' ').length"
    )
    keys.press("ArrowDown")
    assert focused(page) == ids[1 + columns]
    keys.press("End")
    assert focused(page) == ids[-1]
    keys.press("Home")
    keys.press("Tab")
    assert page.tab.evaluate("document.activeElement.className") == "like"
    keys.press("Shift+Tab")
    keys.press("Enter")
    assert page.tab.is_visible("#detail")
    keys.press("ArrowRight")
    keys.press("Escape")
    page.until(lambda: focused(page) == ids[1])
    assert page.tab.is_hidden("#detail")
    keys.press("Tab")
    keys.press("Enter")
    page.settle()
    assert page.body()["photo"] == ids[1]


def test_keys_that_draw_are_letters_in_a_text_field(page: Page, hand: Hand) -> None:
    hand.draw(BOX)
    page.tab.focus("#words")
    page.tab.keyboard.type("emoXy/")
    page.tab.keyboard.press("Control+z")
    page.settle()
    assert len(page.strokes()) == 1
    assert page.tab.get_attribute("#tool-erase", "aria-pressed") == "false"
    page.tab.focus("#canvas")
    page.tab.keyboard.press("Shift+X")
    page.settle()
    assert page.strokes() == []
    page.tab.keyboard.press("/")
    assert page.tab.evaluate("document.activeElement.id") == "words"


def test_results_are_announced_once_they_rest(page: Page) -> None:
    heard = """() => {
        const announcer = document.querySelector('#announcer');
        const listen = new MutationObserver(() => window.heard.push(announcer.textContent));
        window.heard = [];
        listen.observe(announcer, {childList: true, characterData: true, subtree: true});
    }"""
    page.tab.evaluate(heard)
    for words in ("m", "mu", "mug"):
        page.say(words)
    page.until(lambda: page.tab.evaluate("window.heard.length"))
    assert page.tab.get_attribute("#announcer", "aria-live") == "polite"
    title = page.ids()[0].split("/")[-1]
    (said,) = page.tab.evaluate("window.heard")
    assert said.startswith("24 of 60 photos. Best: ")
    assert said.removesuffix(".").split(": ")[1].split(".")[0] in title


def test_the_model_says_what_it_knows_and_how_to_get_another(page: Page) -> None:
    page.tab.click("#about-button")
    another = "stbir index PHOTOS --model openai/clip-vit-base-patch32"
    page.until(lambda: another in (page.tab.text_content("#about") or ""))  # it is asked for when the page opens
    families = page.tab.eval_on_selector_all(".families li", "all => all.map((one) => one.textContent)")
    assert {"boot", "chair", "mug"} <= set(families)
    page.tab.keyboard.press("Escape")
    assert page.tab.is_hidden("#about")


def focused(page: Page) -> str:
    return page.tab.evaluate("document.activeElement.closest('li').dataset.id")
