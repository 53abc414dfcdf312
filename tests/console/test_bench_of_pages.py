"""The bench of the console: its rows make something of everything that a page shows."""

from scripts.bench import console as bench


def test_every_page_of_the_bench_is_shown(opened, operator):
    bench.load(opened, people=200, events=2_000, minutes=1)
    for path in (*bench.PAGES, *bench.SMALL_PAGES):
        bench.ask(operator, path)
    shown = {
        "/today": "waiting for this template to be fixed",
        "/today/alerts": "Next page",
        "/today/sends": "/today/sends/1/1000000001",
        "/campaigns": "Rates, steps and people are counted now.",
        "/people?campaign=1/1&state=sent": "/people/1/",
    }
    for path, words in shown.items():
        assert words in operator.get(path).text, path
