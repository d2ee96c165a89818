"""The best so far, over a stage and over all of them."""

import math

from stbir.training.selection import Selection, Standing


def test_a_tie_goes_to_the_earlier() -> None:
    stands = Standing()
    for step, value in enumerate([0.2, 0.5, 0.5, 0.4]):
        stands = stands.after(value, stage="one", step=step, lower=False)
    assert stands == Standing(0.5, "one", 1, since=2)


def test_lower_may_be_better_and_no_number_never_is() -> None:
    stands = Standing()
    for step, value in enumerate([math.nan, 3.0, 1.0, math.nan, 2.0]):
        stands = stands.after(value, stage="one", step=step, lower=True)
    assert stands == Standing(1.0, "one", 2, since=2)


def test_a_stage_begins_anew_and_the_whole_does_not() -> None:
    selection = Selection().after(0.9, stage="one", step=5, lower=False).next_stage()
    selection = selection.after(0.7, stage="two", step=3, lower=False)
    assert selection.here == Standing(0.7, "two", 3)
    assert selection.overall == Standing(0.9, "one", 5, since=1)
