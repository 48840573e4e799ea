"""Finds what differs between two specs, and what that means to the users of this package."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen
from tools.drift.facts import BOUNDS, INSIDE, MEASURES, WHOLE, facts_of, recorded, shown
from tools.drift.operations import Operation, pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.drift.facts import Facts, Place
    from tools.drift.reading import Node, Spec

# What `x-differences` may cover: the kinds of difference. `structure` is told to people only.
KINDS = frozenset(
    {
        *("type", "format", "enum", "nullable", "required", "bounds", "default", "items"),
        *("missing-field", "extra-field", "missing-operation", "status", "security", "structure"),
    }
)
# The facts that are compared, one by one.
KEYS = ("required", "type", "format", "enum", *BOUNDS, "nullable", "default", "items")
# The kind of a difference that no record covers: it is news whatever the spec records.
NEWS = ""
# Parameters that make a listing give less than all that matches.
PAGING = frozenset({"limit", "offset", "page", "pagesize", "cursor", "searchafter"})


class Effect(enum.Enum):
    """What a difference means to the users of this package; the value is its heading."""

    BREAKING = "Breaks our users"
    ADDITION = "Additions we could take"
    HARMLESS = "Harmless"


@frozen
class Finding:
    """One difference; `record` is the entry of `x-differences` that covers it, if one does."""

    effect: Effect
    operation: str
    place: Place
    text: str
    record: Node | None


Difference: TypeAlias = tuple[str, Effect, str]  # its kind, its effect, what differs
Places: TypeAlias = "Mapping[Place, Facts]"  # an operation


def compare(ours: Spec, theirs: Spec) -> list[Finding]:
    """Return all that differs, recorded or not.

    Raises:
        DriftError: there is nothing to compare, or a spec is not as OpenAPI wants it.
    """
    pairs, only_theirs = pair(ours, theirs)
    found: list[Finding] = []
    for mine, other in pairs:
        places = dict(facts_of(mine.node))
        others = {} if other is None else dict(facts_of(other.node))
        for place, (kind, effect, text) in all_differences(mine, other, places, others):
            # Where ours has no such place, what holds is recorded at the place above.
            outer = (place[:n] for n in range(len(place), 0, -1))
            above = next((each for each in outer if each in places), WHOLE)
            record = places[above]["records"].get(kind)
            found.append(Finding(effect, mine.name, place, text, record))
    record = recorded({}, ours.root).get("missing-operation", {})
    for each in only_theirs:
        known = record if each.short_call in record.get("operations", ()) else None
        found.append(Finding(Effect.ADDITION, each.name, WHOLE, f"is new ({each.call})", known))
    return found


def all_differences(
    mine: Operation, other: Operation | None, ours: Places, theirs: Places
) -> Iterator[tuple[Place, Difference]]:
    """Yield what differs in one operation, from the outside to the inside."""
    if other is None:
        yield WHOLE, (NEWS, Effect.BREAKING, f"is gone ({mine.call})")
        return
    if mine.version != other.version:
        text = f"moved to version {other.version} ({mine.call} -> {other.call})"
        yield WHOLE, (NEWS, Effect.BREAKING, text)
    if mine.name != other.name:
        text = f"operation id changed ({mine.name} -> {other.name})"
        yield WHOLE, (NEWS, Effect.HARMLESS, text)
    lost, gained = successes(ours) - successes(theirs), successes(theirs) - successes(ours)
    if len(lost) == len(gained) == 1:
        (was,), (now,) = lost, gained
        yield was, ("status", Effect.BREAKING, f"success status changed ({was[1]} -> {now[1]})")
        theirs = {(*was, *e[INSIDE:]) if e[:INSIDE] == now else e: f for e, f in theirs.items()}
    # Of what is gone, new or of another type, nothing inside is compared.
    closed: set[Place] = set()
    for place in {**ours, **theirs}:
        if any(place[:n] in closed for n in range(INSIDE, len(place))):
            continue
        if place in ours and place in theirs:
            yield from ((place, each) for each in differences(place, ours[place], theirs[place]))
            closed |= {place} if are_foreign(ours[place], theirs[place]) else set()
        else:
            yield place, gone(place, ours) if place in ours else new(place, theirs, ours)
            closed.add(place)


def successes(places: Places) -> set[Place]:
    return {each[:INSIDE] for each in places if each[1].startswith("2")}


def gone(place: Place, ours: Places) -> Difference:
    is_error = not place[INSIDE:] and not place[1].startswith("2")
    effect = Effect.HARMLESS if is_error else Effect.BREAKING
    return kind_of(place, "extra-field"), effect, f"is gone{described(ours[place])}"


def new(place: Place, theirs: Places, ours: Places) -> Difference:
    text = f"is new{described(theirs[place])}"
    part, status, *inside = place
    where, _, name = "".join(inside[:1]).partition(" ")
    is_listing = any(each[1].startswith("2") and each[INSIDE + 1 :] == ("[]",) for each in ours)
    if is_listing and where == "query" and re.sub("[^a-z]", "", name.lower()) in PAGING:
        return NEWS, Effect.BREAKING, f"{text}: pages, where we promise every token at once"
    is_needed = theirs[place].get("required") and part != "response"
    breaks = is_needed or (status.startswith("2") and not inside)
    return kind_of(place, "missing-field"), Effect.BREAKING if breaks else Effect.ADDITION, text


def kind_of(place: Place, kind: str) -> str:
    """Return the kind of difference that it is where a place is gone or new."""
    return "security" if "security" in place[INSIDE:][:1] else kind if place[INSIDE:] else "status"


def are_foreign(ours: Facts, theirs: Facts) -> bool:
    """Whether no value can be of both types."""
    mine, other = ours.get("type"), theirs.get("type")
    return bool(mine and other and not mine & other)


def differences(place: Place, ours: Facts, theirs: Facts) -> Iterator[Difference]:
    """Yield what differs at a place that both have."""
    is_answer = place[0] == "response"
    for key in ("required", "type") if are_foreign(ours, theirs) else KEYS:
        mine, other = ours.get(key), theirs.get(key)
        if mine == other:
            continue
        narrower, wider = change(key, mine, other)
        if is_answer:  # who receives fears what never came before; a bound is nothing to our models
            effect = Effect.BREAKING if wider and key not in BOUNDS else Effect.HARMLESS
        else:  # who sends fears what is refused now
            effect = Effect.BREAKING if narrower else Effect.ADDITION if wider else Effect.HARMLESS
        kind = "bounds" if key in BOUNDS else key
        yield kind, effect, f"{said(key, mine)} -> {said(key, other)}"
    # That a list of ours is open is recorded; a value that it does not know is news all the same.
    values = theirs.get("enum", frozenset())
    if unknown := values - ours.get("known", values):
        yield NEWS, Effect.ADDITION, f"has new values: {', '.join(sorted(unknown))}"


def change(key: str, mine: Any, other: Any) -> tuple[bool, bool]:
    """Return whether it refuses what was let through, and whether it lets through what was not."""
    if isinstance(mine, frozenset):  # of which none stands for anything
        narrower = bool(other) and not (mine and mine <= other)
        wider = bool(mine) and not (other and other <= mine)
        # A type that is left unsaid changes nothing by itself.
        return narrower, wider and (bool(other) or key != "type")
    if key in ("nullable", "required"):
        return (mine, other) if key == "nullable" else (other, mine)
    if key in BOUNDS:
        if key in MEASURES and isinstance(mine, int | float) and isinstance(other, int | float):
            narrower = (other < mine) == ("max" in key.lower())
            return narrower, not narrower
        return other is not None, mine is not None
    return key == "default" and None not in (mine, other), False


def described(facts: Facts) -> str:
    """Say what a place is: ` (optional integer, default 250, maximum 250)`."""
    if "type" not in facts:
        return ""
    need = "" if facts["required"] is None else f"{said('required', facts['required'])} "
    kind = need + (" or ".join(sorted(facts["type"])) or "value")
    more = [said(key, facts[key]) for key in ("default", *BOUNDS) if facts.get(key) is not None]
    return f" ({', '.join([kind, *more])})"


def said(key: str, value: Any) -> str:
    if key == "required":
        return "required" if value else "optional"
    if key == "nullable":
        return "nullable" if value else "not nullable"
    if isinstance(value, frozenset):
        value = " or ".join(sorted(value)) or None
    return f"no {key}" if value is None else f"{key} {shown(value)}"
