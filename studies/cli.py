"""The command line: `headrace` and its verbs.

What a person can put right is one line on the error output, `error: what was wrong; the fix`, and exit code 2. A fault
of Headrace itself is one line too, exit code 1; ``HEADRACE_DEBUG=1`` shows where it happened.
"""

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from sim.errors import HeadraceError
from studies.commands import (
    backtest,
    bound,
    calibrate,
    compare,
    demo,
    diagnose,
    evidence,
    forecast,
    hindcast,
    hiring_plan,
    learn_routing,
    ledger,
    quality,
    report,
    runs,
    scenario,
    seek,
    select,
    sensitivity,
    simulate,
    trace,
)
from studies.commands.options import COMMAND
from studies.compiled_rules import keep_compiled_rules
from studies.stopped import Stopped

OK, FAULT, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""The exit codes."""

DEBUG = "HEADRACE_DEBUG"

app = typer.Typer(name="headrace", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.command(epilog=demo.EXAMPLES)(demo.demo)
app.command(epilog=quality.EXAMPLES)(quality.quality)
app.command(epilog=calibrate.EXAMPLES)(calibrate.calibrate)
app.command(epilog=simulate.EXAMPLES)(simulate.simulate)
app.command(epilog=compare.EXAMPLES)(compare.compare)
app.command(epilog=diagnose.EXAMPLES)(diagnose.diagnose)
app.command(epilog=trace.EXAMPLES)(trace.trace)
app.command("hiring-plan", epilog=hiring_plan.EXAMPLES)(hiring_plan.hiring_plan)
app.command(epilog=seek.EXAMPLES)(seek.seek)
app.command(epilog=sensitivity.EXAMPLES)(sensitivity.sensitivity)
app.command(epilog=select.EXAMPLES)(select.select)
app.command(epilog=bound.EXAMPLES)(bound.bound)
app.command("learn-routing", epilog=learn_routing.EXAMPLES)(learn_routing.learn_routing)
app.command(epilog=hindcast.EXAMPLES)(hindcast.hindcast)
app.command(epilog=forecast.EXAMPLES)(forecast.forecast)
app.command(epilog=backtest.EXAMPLES)(backtest.backtest)
app.command(epilog=evidence.EXAMPLES)(evidence.evidence)
app.command(epilog=report.EXAMPLES)(report.report)
app.add_typer(runs.app, name="runs")
app.add_typer(ledger.app, name="ledger")
app.add_typer(scenario.app, name="scenario")


def _show_version(asked: bool) -> None:
    if asked:
        from studies.store import versions

        typer.echo(", ".join(f"{name} {version}" for name, version in versions().items()))
        raise typer.Exit


@app.callback()
def headrace(
    version: Annotated[  # noqa: ARG001 - its callback shows it
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show versions.")
    ] = False,
) -> None:
    """Simulate a sales funnel, and find out what would make it better.

    From the history in a CRM to a decision: look at the data (quality), estimate the funnel (calibrate), see how right
    it would have been (hindcast) and where it goes (simulate). Find out what ails it (diagnose), follow a single lead
    (trace), plan whom to hire when (hiring-plan). Try plans on the same leads (compare), find the best of many
    (select), the cheapest one that reaches a target (seek), and what is worth knowing first (sensitivity). Let it find
    out how leads should be handed out (learn-routing), and how much better that could be (bound). Or forecast what will
    be booked (forecast), once you know how good that was in the past (backtest). Any answer is kept (runs) and can be
    written as a pack for the board (report). Begin with the demo, which goes most of that way with an example company.

    Each verb explains itself: headrace compare --help
    """
    keep_compiled_rules()


def main() -> None:
    """Run the command line and leave with its exit code."""
    warnings.showwarning = _warn
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line on ``arguments`` and return the exit code; no error gets out but in debugging."""
    COMMAND.set(("headrace", *arguments))
    try:
        code = app(list(arguments), prog_name="headrace", standalone_mode=False)
        return _say("stopped", INTERRUPTED) if code == INTERRUPTED else code or OK  # typer's answer to Ctrl-C
    except Stopped as stop:
        return _say(str(stop), INTERRUPTED)
    except (TyperException, HeadraceError) as error:
        return _say(_usage(error) if isinstance(error, TyperException) else str(error), MISTAKE)
    except BrokenPipeError:
        _leave_quietly()
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}".split("\n", maxsplit=1)[0]
        return _say(f"a fault of Headrace itself ({what}); {DEBUG}=1 shows where, please report it", FAULT)
    return OK


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as one line: where in our sources it arose is of no use to a user."""
    typer.echo(f"warning: {message}", err=True)


def _say(message: str, code: int) -> int:
    typer.echo(f"error: {message}", err=True)
    return code


def _usage(error: TyperException) -> str:
    """Say what is wrong with the command line, and which help tells how it should be."""
    words = " ".join(error.format_message().split()).rstrip(".")
    path = getattr(getattr(error, "ctx", None), "command_path", "headrace")
    return f"{words[:1].lower()}{words[1:]}{' See' if words.endswith('?') else '; see'} {path} --help"


def _leave_quietly() -> None:
    """Let Python not complain about the closed pipe once more when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
