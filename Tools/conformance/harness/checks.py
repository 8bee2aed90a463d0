"""Checks: named functions of a suite, and the ways in which they fail."""
import numpy as np


class Failed(Exception):
    """What was expected and what was found."""

    def __init__(self, expected, found):
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


def check(name):
    """Marks a function of a suite, which is given the server, as a check."""
    def mark(function):
        function.check_name = name
        return function
    return mark


def of_module(module):
    """The checks in a module, in the order of its text."""
    return [value for value in vars(module).values() if hasattr(value, "check_name")]


def short(value, limit=400):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[:limit] + "…"


def equal(found, expected, what=""):
    if found != expected:
        prefix = f"{what} " if what else ""
        raise Failed(prefix + short(expected), short(found))


def holds(condition, expected, found):
    if not condition:
        raise Failed(expected, short(found))


def contains(found, *parts):
    for part in parts:
        if found is None or part not in found:
            raise Failed(f"{part!r} in it", short(found))


def close(found, expected, what="values"):
    """Whether two arrays have one shape and agree within 1e-5 of the scale, or exactly where they
    are no floating-point numbers."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        raise Failed(f"{what} of shape {expected.shape}", found.shape)
    if expected.dtype.kind != "f":
        if not np.array_equal(found, expected):
            raise Failed(f"{what} {short(expected.tolist())}", short(found.tolist()))
        return
    scale = max(1e-6, float(np.abs(expected).max(initial=0)))
    difference = float(np.abs(found - expected).max(initial=0)) / scale
    if not difference <= 1e-5:
        raise Failed(f"{what} within 1e-5 of the scale", f"a difference of {difference:.2e}")


def answers(answer, status, *parts):
    """Whether an answer has a status, and where that is an error, a JSON body that says so and
    holds the parts."""
    allowed = (status,) if isinstance(status, int) else status
    words = " or ".join(map(str, allowed))
    if answer.status not in allowed:
        raise Failed(f"status {words}", answer)
    if answer.status < 400:
        return
    if not answer.error:
        raise Failed(f'status {words} with {{"error": "…"}}', answer)
    for part in parts:
        if part.lower() not in answer.error.lower():
            raise Failed(f"an error that holds {part!r}", short(answer.error))


def raises(kind, action, *parts):
    """The error of a kind that an action must end in, whose text holds the parts."""
    try:
        value = action()
    except kind as error:
        for part in parts:
            if part.lower() not in str(error).lower():
                raise Failed(f"an error that holds {part!r}", short(str(error))) from error
        return error
    raise Failed(f"an error that holds {' and '.join(map(repr, parts))}", short(value))
