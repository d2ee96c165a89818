"""One photo described: ask, check the answer, say what was wrong with it, and ask again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stbir.data.describe.answer import Description, WrongAnswer, read_answer
from stbir.data.describe.faults import faults
from stbir.data.describe.question import Question, correction
from stbir.data.describe.writer import Answer, Turn, Unanswered, Writer

_MOST_QUOTED = 1000


@dataclass(frozen=True)
class Written:
    """A description that passed, and what it took."""

    description: Description
    served_by: str
    asked: int
    tokens_in: int
    tokens_out: int


def describe_picture(
    jpeg: bytes, *, writer: Writer, question: Question, brands: Iterable[str] = (), tries: int = 4
) -> Written:
    """Ask until an answer passes every check.

    Only the last wrong answer is quoted back, so that a stubborn model does not make each request longer.

    Raises:
        Unanswered: `tries` answers were wrong; with what was wrong with the last one.
        Unusable: the writer cannot answer at all.
    """
    first = Turn("user", question.prompt, jpeg)
    turns, tokens_in, tokens_out, wrong = [first], 0, 0, "was never given"
    for number in range(1, tries + 1):
        answer = writer.answer(turns)
        tokens_in, tokens_out = tokens_in + answer.tokens_in, tokens_out + answer.tokens_out
        try:
            description = checked(answer, brands=brands)
        except WrongAnswer as error:
            wrong = str(error)
            said = answer.text[:_MOST_QUOTED] or "(nothing)"
            turns = [first, Turn("assistant", said), Turn("user", correction(wrong))]
            continue
        return Written(description, answer.served_by, number, tokens_in, tokens_out)
    raise Unanswered(f"no usable answer in {tries} {'try' if tries == 1 else 'tries'}; the last one {wrong}")


def checked(answer: Answer, *, brands: Iterable[str] = ()) -> Description:
    """Read an answer and let it pass only if nothing is wrong with it.

    Raises:
        WrongAnswer: with everything that is wrong, for the model to read.
    """
    if answer.cut:
        raise WrongAnswer("was too long and was cut off")
    description = read_answer(answer.text)
    found = faults(description, brands=brands)
    if found:
        raise WrongAnswer(" and ".join(found))
    return description
