"""`trueup` with the commands of the demo: its incidents, and the sandbox's journal.

Belongs here: what scripts/trueup runs, so that the engine knows nothing of the demo.
"""

from trueup.cli.main import NOUNS, Noun, command_line

main = command_line(
    {
        **NOUNS,
        "incident": Noun(
            "demo.incidents.cli:incident", "Past incidents: replay them elsewhere."
        ),
        "sandbox": Noun(
            "demo.sandbox_cli:sandbox", "The sandbox: compare it with the ledger."
        ),
    }
)

if __name__ == "__main__":
    main()
