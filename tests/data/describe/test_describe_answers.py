"""What passes as a description, and what is said about what does not."""

from pathlib import Path

import pytest

from stbir.data.describe.answer import SCHEMA, Description, WrongAnswer, read_answer
from stbir.data.describe.dialogue import checked, describe_picture
from stbir.data.describe.faults import brands_in, faults, read_brands
from stbir.data.describe.question import Question, read_prompt
from stbir.data.describe.writer import Answer, Turn, Unanswered
from stbir.errors import InputError

GOOD = '{"colour": "brown", "material": "leather", "parts": ["gold buckle", "low heel"]}'


def said(colour: str = "brown", material: str = "leather", *parts: str) -> Description:
    return Description(colour=colour, material=material, parts=parts)


def test_the_schema_and_what_is_checked_are_the_same() -> None:
    own = Description.model_json_schema()
    assert list(own["properties"]) == list(SCHEMA["properties"])
    assert (own["required"], own["additionalProperties"]) == (SCHEMA["required"], SCHEMA["additionalProperties"])
    types = {name: value["type"] for name, value in own["properties"].items()}
    assert types == {name: value["type"] for name, value in SCHEMA["properties"].items()}


@pytest.mark.parametrize(
    "raw",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}```",
        f"Here it is:\n```json\n{GOOD}\n```\nAnything else?",
        f"<think>a {{shoe}} with ```marks```</think>\n{GOOD}",
        f"  {GOOD}\n\n",
    ],
)
def test_good_answers(raw: str) -> None:
    assert read_answer(raw).text() == "brown, leather, gold buckle, low heel"
    assert not faults(read_answer(raw))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "was empty"),
        ("brown leather, buckle", "was no JSON object ('brown leather, buckle')"),
        ("I'm sorry, but I cannot help with that.", "was a refusal"),
        ('{"colour": "brown", ', "was no JSON object"),
        ('{"colour": "brown", }', "was no valid JSON"),
        ("[" * 100_000 + "{" + "[" * 100_000 + "}", "was no valid JSON"),
        ('{"colour": "brown", "material": "leather"}', "'parts' is missing"),
        ('{"colour": ["brown"], "material": "leather", "parts": []}', "'colour' must be a text"),
        ('{"colour": "brown", "material": "leather", "parts": "strap"}', "'parts' must be a list of texts"),
        ('{"colour": "brown", "material": "leather", "parts": [1]}', "'parts.0' must be a text"),
        (
            '{"colour": "a", "material": "b", "parts": [], "brand": "x"}',
            "'brand' (known: colour, material, parts)",
        ),
    ],
)
def test_what_is_no_description(raw: str, says: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        read_answer(raw)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("description", "says"),
    [
        (said(""), ["names no colour"]),
        (said("12"), ["names no colour"]),
        (said("brown", "leather", *"abcdefghi"), ["has 11 words, and 10 are the most"]),
        (said("褐" * 200, "皮"), ["has 203 characters, and 160 are the most"]),
        (said("brown", "leather", "strap", "strap"), ["says 'strap' more than once"]),
        (said("brown brown"), ["says 'brown' more than once"]),
        (said("brown", "brown"), ["says 'brown' more than once"]),
        (said("brown", "leather", "leather sole", "leather tongue", "leather heel"), ["says 'leather' more than once"]),
        (said("unknown"), ["says 'unknown' instead of describing"]),
        (said("brown", "cannot determine"), ["says 'cannot determine' instead of describing"]),
        (said("brown", "N/A"), ["says 'N/A' instead of describing"]),
        (said("brown", "leather", "<b>buckle</b>"), ["has marks in it that are no words"]),
        (said("brown", "leather\x1b"), ["has marks in it that are no words"]),
        (said("brown", "leather", "Nike swoosh"), ["names the brand 'nike'"]),
        (said("brown", "vibram® rubber"), ["names the brand '®'"]),
    ],
)
def test_faults(description: Description, says: list[str]) -> None:
    assert faults(description, brands=["Nike"]) == says


@pytest.mark.parametrize(
    "description",
    [
        said("brown"),
        said("brown", ""),
        said("Black and white", "canvas", "white laces", "white rubber sole"),
        said("light blue", "mango wood", "gap between slats"),
        said("brown", "leather", "leather laces"),
        said("褐色", "皮革", "金属扣"),
        said("brown", "no-sew fabric", "half-moon cutout"),
    ],
)
def test_no_faults(description: Description) -> None:
    assert faults(description, brands=read_brands()) == []


def test_brands_are_whole_words() -> None:
    assert brands_in("a teva-like strap", ["Teva"]) == ["teva"]
    assert brands_in("stevas eclipse", ["teva", "eclip"]) == []
    assert brands_in("by dr. martens", read_brands()) == ["dr. martens"]


def test_lists_and_prompts_that_cannot_be_read(tmp_path: Path) -> None:
    for read, what in ((read_brands, "brands"), (read_prompt, "prompt")):
        with pytest.raises(InputError, match=f"cannot read the {what}"):
            read(tmp_path / "none")
        (tmp_path / "latin").write_bytes(b"caf\xe9")
        with pytest.raises(InputError, match="no UTF-8"):
            read(tmp_path / "latin")
    (tmp_path / "empty").write_text(" \n")
    with pytest.raises(InputError, match="is empty"):
        read_prompt(tmp_path / "empty")
    (tmp_path / "long").write_text("a" * 30_000)
    with pytest.raises(InputError, match="30,000"):
        read_prompt(tmp_path / "long")


def test_our_prompt_shows_an_answer_that_passes() -> None:
    prompt = read_prompt()
    assert faults(read_answer(prompt), brands=read_brands()) == []
    assert all(word in prompt for word in ("colour", "material", "parts", "ten words", "brand"))


class Scripted:
    """A writer that says what it was told to say, and keeps what it was asked."""

    model, revision = "scripted", "1"

    def __init__(self, *says: str | Answer) -> None:
        self.says = list(says)
        self.asked: list[list[Turn]] = []

    def answer(self, turns):
        self.asked.append(list(turns))
        says = self.says.pop(0)
        return says if isinstance(says, Answer) else Answer(says, tokens_in=100, tokens_out=10)


def test_a_wrong_answer_is_quoted_with_what_was_wrong() -> None:
    writer = Scripted("no idea", '{"colour": "red", "material": "", "parts": ["Nike logo"]}', GOOD)
    written = describe_picture(b"jpeg", writer=writer, question=Question("Describe."), brands=["nike"])
    assert written.description.text() == "brown, leather, gold buckle, low heel"
    assert (written.asked, written.tokens_in, written.tokens_out) == (3, 300, 30)
    first, second, third = writer.asked
    assert first == [Turn("user", "Describe.", b"jpeg")]
    assert second[:2] == [*first, Turn("assistant", "no idea")]
    assert second[2].text.startswith("Your answer was no JSON object ('no idea').")
    assert len(third) == 3
    assert third[2].text.startswith("Your answer names the brand 'nike'.")


def test_a_stubborn_model_is_left() -> None:
    with pytest.raises(Unanswered) as caught:
        describe_picture(b"", writer=Scripted(*["hm"] * 3), question=Question("?"), tries=3)
    assert str(caught.value) == "no usable answer in 3 tries; the last one was no JSON object ('hm')"
    assert not caught.value.service


def test_an_answer_that_was_cut_is_wrong_even_if_it_reads_well() -> None:
    with pytest.raises(WrongAnswer, match="cut off"):
        checked(Answer(GOOD, cut=True))
