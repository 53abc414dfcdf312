"""`trueup docs`: dbt's documentation of the models as one page."""

import pathlib

import click

from trueup.cli.sentences import RefusalError
from trueup.paths import LOCAL_FOLDER


@click.command()
@click.option("--build-only", is_flag=True, help="Build the page, and serve nothing.")
@click.option(
    "--port",
    metavar="NUMBER",
    type=click.IntRange(0, 65535),
    default=0,
    help="0, the default, takes any free one.",
)
@click.option(
    "--folder",
    metavar="PATH",
    default=LOCAL_FOLDER / "docs",
    type=click.Path(file_okay=False, path_type=pathlib.Path),
    help="Where the page goes; .local/docs unless it is given.",
)
def docs(build_only: bool, port: int, folder: pathlib.Path) -> None:
    """Build the documentation of the models as one page, and serve it.

    The page shows every mart with its columns, lineage, tests, exposures and worked
    questions. It needs no network and is served to this machine alone. If a database
    answers, it also shows the columns and sizes of the built relations. Ctrl-C ends it.

    Example: trueup docs --port 8090
    """
    from trueup.marts.docs_site import NoPageError, build_site, serve

    try:
        page = build_site(folder, click.echo)
        click.echo(f"Built {page}")
        if not build_only:
            serve(folder, port, click.echo)
    except NoPageError as error:
        raise RefusalError(str(error)) from None
