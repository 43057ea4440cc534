"""How ``statline/`` was made: an invented edition of table 83102NED, fetched from the loopback service.

Run from the root: ``python -m tests.golden.statline_made_by``. Addresses are the publisher's, figures are not.
"""

from pathlib import Path

from indforecast.sources.bundle import AnswerSource, Bundle, read_bundle
from indforecast.sources.http import HttpClient
from indforecast.sources.publisher import Seen
from indforecast.sources.statline import StatLine
from tests.publishers.server import LoopbackServer
from tests.publishers.statline_service import StatLineService, invented_table

FOLDER = Path(__file__).with_name("statline")
PLACES = {"v4": "https://datasets.cbs.nl", "v3": "https://opendata.cbs.nl"}
COLUMNS = ("series_id", "period", "observed", "definition", "available_from")


def bundle(api: str, page: int) -> bytes:
    service = StatLineService(invented_table(months=3), page=page)
    with LoopbackServer(service) as server, HttpClient() as http:
        publisher = StatLine(api=api, base_url=service.base_url(server, api))
        download = publisher.fetch(http, Seen(), lambda words: None)
        found = read_bundle(download.content, download.name)
        here, there = server.address, PLACES[api]
    return Bundle(
        found.source,
        found.table,
        found.published,
        {name: answer.replace(here.encode(), there.encode()) for name, answer in found.answers.items()},
        {name: AnswerSource(one.url.replace(here, there), one.content_type) for name, one in found.about.items()},
        found.licence,
    ).to_bytes()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for api, page in (("v4", 40), ("v3", 10)):
        (FOLDER / f"{api}.zip").write_bytes(bundle(api, page))
    frame = StatLine().read((FOLDER / "v4.zip").read_bytes(), "v4.zip").frame
    (FOLDER / "rows.csv").write_text(frame[list(COLUMNS)].to_csv(index=False, date_format="%Y-%m-%d"))
