"""A preview on its way from the service to the screen."""

from __future__ import annotations

import pytest
from simkl_connect.sync.plan import Reason
from simkl_connect.sync.preview import Preview, dump_preview, load_preview

LEFT = [(Reason.NO_IDS, "A"), (Reason.NO_IDS, "B"), (Reason.EXCLUDED, "C")]
PREVIEW = Preview(1, 2, 3, 4, {Reason.NO_IDS: 2, Reason.EXCLUDED: 1}, ["D S01E02"], ["E"], LEFT)


def test_it_arrives_as_it_was() -> None:
    assert load_preview(dump_preview(PREVIEW)) == PREVIEW


@pytest.mark.parametrize("text", ["", "null", "{}", "[]", "[1,2,3]", '["1",2,3,4,[],[],[]]', "[1,2,3,true,[],[],[]]"])
def test_what_is_none_is_none(text: str) -> None:
    assert load_preview(text) is None


def test_odd_titles_are_passed_over() -> None:
    odd = '[0,0,0,0,["A",5,null],{},[["no_ids","B"],["nothing","C"],[["x"],"D"],"E",["no_ids"]]]'
    assert load_preview(odd) == Preview(0, 0, 0, 0, {Reason.NO_IDS: 1}, ["A"], [], [(Reason.NO_IDS, "B")])
