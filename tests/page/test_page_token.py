"""A gallery that asks for a token."""

from collections.abc import Callable

from hand import Page, Service


def test_the_token_is_asked_for_once_and_photos_are_shown(
    visit: Callable[..., Page], serve: Callable[..., str], service: Service
) -> None:
    page = visit(serve(service.gallery, token="correct horse"), quiet=False)
    page.tab.wait_for_selector("#token[open]")
    page.tab.fill("#token-value", "wrong")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector("text=That token was refused")
    page.tab.fill("#token-value", "correct horse")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector("#token", state="hidden")
    page.say("mug")
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="mug", k=24)]
    page.tab.wait_for_selector(".hit:first-child img.ready")
    assert page.tab.get_attribute(".hit:first-child img", "src").startswith("blob:")
    page.tab.reload()
    page.settle()
    assert page.tab.is_hidden("#token")
    assert len(page.ids()) == 24
