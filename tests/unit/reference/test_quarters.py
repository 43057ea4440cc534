from indforecast.reference.figures import DEFINITIONS, quarter_totals
from indforecast.reference.quarters import published_quarters


def test_every_published_quarter_is_there_with_its_rounding():
    table = published_quarters()
    assert len(table) == len(quarter_totals()) == 72
    assert set(table["rounding"]) == {5, 10}
    assert not table.duplicated(["series_id", "quarter"]).any()
    assert (table["observed"] % table["rounding"] == 0).all()
    assert set(table["quarter"].dt.month) == {1, 4, 7, 10}


def test_a_quarter_that_is_known_by_heart():
    table = published_quarters().set_index(["series_id", "source"])
    row = table.loc[("asylum_first", "CBS quarter 2022-Q3")]
    assert (row["observed"], row["rounding"], row["definition"]) == (11015, 5, DEFINITIONS["asylum_first"])
    assert table.loc[("asylum_first", "CBS quarter 2013-Q1"), "rounding"] == 10
