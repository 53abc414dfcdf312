"""`python -m tests.console`: says in one line if the browser tests cannot be run."""

from tests.support.console_apps import NO_BROWSER, chromium

if __name__ == "__main__" and chromium() is None:
    print(f"The browser tests are not run: {NO_BROWSER}.", flush=True)
