"""What the screen calls plans and the changes in them."""

from studies.changes import WHOLE, levers_of
from studies.language import Words
from studies.plans import AS_IS
from studies.view import Plan
from ui.components.policy_names import policy_name


def names_of(plan: Plan, words: Words) -> dict[str, str]:
    """Return what the baseline, each change of a plan, and the plan as a whole are called."""
    said = iter(_changes(plan, words))
    changes = {name: next(said) for name, _ in levers_of(plan)}
    return {AS_IS.name: words("plan.as_is"), **changes, WHOLE: plan.name or words("plan.whole")}


def described(plan: Plan, words: Words) -> str:
    """Return a plan in one line."""
    return words("plan.and").join(_changes(plan, words)) or words("plan.as_is")


def _changes(plan: Plan, words: Words) -> list[str]:
    said = [policy_name(plan.policy, words)] if plan.policy else []
    for hire in plan.hires:
        if hire.change:
            key = "plan.reps_in" if hire.region else "plan.reps"
            said.append(words(key, n=f"{hire.change:+d}", team=hire.team, region=hire.region))
    if plan.leads != 1:
        said.append(words("plan.leads", share=words.percent(plan.leads)))
    if plan.promise_hours:
        said.append(words("plan.promise", n=words.number(plan.promise_hours)))
    said += [words("plan.odds", n=f"{100 * each.points:+.0f}", stage=each.stage) for each in plan.odds if each.points]
    return said
