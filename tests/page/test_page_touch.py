"""Fingers, palms and pens: who draws, who scrolls, and who does nothing."""

from collections.abc import Callable

import pytest
from hand import BOX, LINE, ROOF, Hand, Page


@pytest.fixture
def phone(visit: Callable[..., Page]) -> Page:
    return visit(phone=True)


def test_a_pen_locks_out_the_palm_until_the_person_says_otherwise(phone: Page) -> None:
    pen, palm = Hand(phone, "pen"), Hand(phone, "touch")
    palm.draw(LINE)
    phone.tab.wait_for_timeout(900)  # long before the pen: that finger meant it
    pen.draw(BOX)
    palm.draw(ROOF, settle=False)
    assert len(phone.strokes()) == 2
    assert phone.tab.is_visible("#pen-note")
    phone.tab.click("#pen-release")
    assert phone.tab.is_hidden("#pen-note")
    palm.draw(ROOF)
    assert len(phone.strokes()) == 3


def test_what_the_palm_drew_just_before_the_pen_came_is_taken_back(phone: Page) -> None:
    Hand(phone, "touch").draw(LINE, settle=False)
    Hand(phone, "pen").draw(BOX)
    assert len(phone.strokes()) == 1
    phone.press("#tool-undo")
    assert phone.strokes() == []
    assert phone.tab.is_disabled("#tool-undo")


def test_the_lock_outlives_a_reload(phone: Page) -> None:
    Hand(phone, "pen").draw(BOX)
    phone.tab.reload()
    phone.settle()
    assert phone.tab.is_visible("#pen-note")
    Hand(phone, "touch").draw(ROOF, settle=False)
    assert len(phone.strokes()) == 1


def test_two_fingers_draw_nothing(phone: Page) -> None:
    hand = Hand(phone, "touch")
    a, b = hand.on_screen((100, 100)), hand.on_screen((300, 300))
    hand.touch("touchStart", a)
    hand.touch("touchStart", a, b)
    hand.touch("touchMove", hand.on_screen((50, 50)), hand.on_screen((350, 350)))
    hand.touch("touchEnd")
    assert phone.strokes() == []
    assert phone.tab.is_visible("#hint")


def test_a_second_finger_does_not_break_a_long_stroke(phone: Page) -> None:
    hand = Hand(phone, "touch")
    hand.touch("touchStart", hand.on_screen(BOX[0]))
    hand.touch("touchMove", hand.on_screen(BOX[1]))
    phone.tab.wait_for_timeout(350)
    hand.touch("touchStart", hand.on_screen(BOX[1]), hand.on_screen((20, 390)))
    hand.touch("touchMove", hand.on_screen(BOX[2]), hand.on_screen((20, 390)))
    hand.touch("touchEnd")
    phone.settle()
    ((x, _, _),) = phone.strokes()
    assert min(x) == pytest.approx(100, abs=1)


def test_a_finger_on_the_canvas_draws_and_one_beside_it_scrolls(phone: Page) -> None:
    hand = Hand(phone, "touch")
    hand.draw([(200, y) for y in range(380, 20, -30)])
    assert phone.tab.evaluate("scrollY") == 0
    assert len(phone.strokes()) == 1
    hand.touch("touchStart", (195, 700))
    for y in range(690, 390, -15):
        hand.touch("touchMove", (195, y))
        phone.tab.wait_for_timeout(8)
    hand.touch("touchEnd")
    phone.until(lambda: phone.tab.evaluate("scrollY") > 100)
    assert len(phone.strokes()) == 1


def test_the_best_photos_show_at_the_foot_while_one_draws(phone: Page) -> None:
    assert phone.tab.is_hidden("#peek")
    Hand(phone, "touch").draw(BOX)
    phone.until(lambda: phone.tab.eval_on_selector_all("#peek img", "all => all.every((img) => img.complete)"))
    assert phone.tab.text_content("#peek") == "See 24 of 60"
    phone.tab.tap("#peek")
    phone.until(lambda: phone.tab.is_hidden("#peek"))
    assert phone.tab.evaluate("scrollY") > 200
    words = phone.tab.eval_on_selector("#words", "input => input.getBoundingClientRect().top")
    assert 0 <= words < 60  # they stay in sight


def test_only_the_main_button_of_the_mouse_draws(page: Page) -> None:
    page.tab.mouse.move(200, 200)
    page.tab.mouse.down(button="right")
    page.tab.mouse.move(300, 300)
    page.tab.mouse.up(button="right")
    assert page.strokes() == []


def test_the_other_end_of_a_pen_erases(phone: Page) -> None:
    hand = Hand(phone, "pen")
    hand.draw(BOX, LINE)
    where = hand.on_screen((200, 350))
    fire = """([x, y]) => {
        const canvas = document.querySelector('#canvas');
        const how = {clientX: x, clientY: y, pointerId: 77, pointerType: 'pen', bubbles: true, button: 5, buttons: 32};
        canvas.dispatchEvent(new PointerEvent('pointerdown', how));
        canvas.dispatchEvent(new PointerEvent('pointerup', {...how, buttons: 0}));
    }"""
    phone.tab.evaluate(fire, list(where))
    phone.settle()
    assert len(phone.strokes()) == 1


def test_controls_are_large_enough_for_a_finger(phone: Page) -> None:
    Hand(phone, "touch").draw(BOX)
    measure = """() => [...document.querySelectorAll('button, input:not([type=checkbox]):not([type=radio])')]
        .filter((one) => one.checkVisibility() && !one.closest('.skip') && one.id !== 'file')
        .map((one) => [one.id || one.className, (one.closest('.field') ?? one).getBoundingClientRect()])
        .filter(([, box]) => Math.round(box.height) < 44 || Math.round(box.width) < 44).map(([name]) => name)"""
    assert phone.tab.evaluate(measure) == []
    assert phone.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
