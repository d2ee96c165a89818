"""When answers come late, in the wrong order, or not at all."""

from collections.abc import Callable
from typing import Any

from hand import BOX, ROOF, Hand, Page


def test_a_stale_answer_never_replaces_a_newer_one(page: Page) -> None:
    held: list[Any] = []

    def hold(route: Any) -> None:
        if route.request.post_data_json["text"] == "mug":
            held.append(route)
        else:
            route.continue_()

    page.tab.route("**/api/search", hold)
    page.tab.fill("#words", "mug")
    page.until(lambda: held)
    page.say("boot")
    newer = page.ids()
    held[0].continue_()
    page.tab.wait_for_timeout(250)
    assert page.ids() == newer
    assert [search.failure for search in page.searches] == ["net::ERR_ABORTED", None]


def test_old_photos_stay_until_the_new_ones_are_there(page: Page) -> None:
    page.say("mug")
    before = page.ids()
    first = page.tab.query_selector(f'[data-id="{before[0]}"] img')
    page.tab.fill("#words", "mug cup")
    assert page.ids() == before
    page.settle()
    again = page.tab.query_selector(f'[data-id="{before[0]}"] img')
    assert again is None or page.tab.evaluate("([a, b]) => a === b", [first, again])


def test_one_search_follows_a_burst_of_strokes_and_keys(page: Page, hand: Hand) -> None:
    page.tab.type("#words", "mug", delay=10)
    page.settle()
    assert len(page.searches) == 1


def test_a_busy_service_is_asked_again_without_a_word(visit: Callable[..., Page]) -> None:
    page = visit(quiet=False)
    answers: list[int] = []

    def busy(route: Any) -> None:
        answers.append(len(answers))
        if len(answers) < 3:
            body = '{"title": "Too many requests", "status": 429, "detail": "busy"}'
            route.fulfill(status=429, content_type="application/problem+json", body=body)
        else:
            route.continue_()

    page.tab.route("**/api/search", busy)
    page.say("mug")
    assert len(answers) == 3
    assert len(page.ids()) == 24
    assert page.tab.is_hidden("#message")


def test_a_service_that_has_gone_is_told_and_found_again(visit: Callable[..., Page]) -> None:
    page = visit(quiet=False)
    page.tab.route("**/api/search", lambda route: route.abort("connectionrefused"))
    page.tab.fill("#words", "mug")
    page.tab.wait_for_selector("text=The service does not answer")
    page.tab.unroute("**/api/search")
    page.tab.wait_for_selector(".hit")
    assert page.tab.is_hidden("#message")


def test_a_refused_query_is_told_in_the_words_of_the_service(visit: Callable[..., Page]) -> None:
    page = visit(quiet=False)
    problem = '{"title": "Unprocessable", "status": 422, "detail": "the text is <b>too</b> long"}'
    page.tab.route(
        "**/api/search",
        lambda route: route.fulfill(status=422, content_type="application/problem+json", body=problem),
    )
    page.tab.fill("#words", "mug")
    page.tab.wait_for_selector("#message:not([hidden])")
    assert page.tab.text_content("#message") == "the text is <b>too</b> long"


def test_while_photos_are_indexed_the_page_says_how_far_and_looks_again(visit: Callable[..., Page]) -> None:
    counts = iter([(20, True), (41, True), (60, False)])

    def about(route: Any) -> None:
        answer = route.fetch()
        photos, indexing = next(counts)
        body = answer.json() | {"photos": photos, "source": 60, "indexing": indexing, "generation": photos}
        route.fulfill(response=answer, json=body)

    page = visit(before=lambda page: page.tab.route("**/api/about", about))
    page.say("mug")
    page.tab.wait_for_selector("text=20 of 60 photos searchable")
    asked = len(page.searches)
    page.tab.wait_for_selector("text=41 of 60 photos searchable")
    page.tab.wait_for_selector("#progress", state="hidden")
    page.settle()
    assert len(page.searches) >= asked + 1
    assert "60 photos" in page.tab.text_content("#gallery-name")


def test_drawing_goes_on_while_the_service_is_slow(page: Page, hand: Hand) -> None:
    held: list[Any] = []
    page.tab.route("**/api/search", lambda route: held.append(route))
    hand.draw(BOX, settle=False)
    page.until(lambda: held)
    hand.draw(ROOF, settle=False)
    assert len(page.strokes()) == 2
    page.until(lambda: len(held) == 2)
    held[1].continue_()
    page.settle()
    assert len(page.ids()) == 24


def test_photos_glide_to_their_new_places_for_those_who_like_it(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="no-preference")
    page.say("mug")
    page.tab.fill("#words", "green mug")
    page.settle()
    moving = "document.getAnimations().filter((one) => one.effect.target?.className?.startsWith?.('hit')).length"
    assert page.tab.evaluate(moving) > 0
    page.until(lambda: page.tab.evaluate(moving) == 0)
    still = page.tab.eval_on_selector_all(".hit", "all => all.every((one) => getComputedStyle(one).opacity === '1')")
    assert still


def test_pictures_follow_that_came_late(visit: Callable[..., Page]) -> None:
    page = visit(quiet=False)
    failed: list[Any] = []

    def fail_once(route: Any) -> None:
        if len(failed) < 1:
            failed.append(route.abort())
        else:
            route.continue_()

    page.tab.route("**/thumb", fail_once)
    page.say("mug")
    page.until(lambda: page.tab.eval_on_selector_all(".hit img.ready", "all => all.length") == 24)
    assert page.tab.is_hidden(".hit.missing")
