"""List ten tokens with this SDK and exit."""

from sailpoint_pat import PatClient

with PatClient() as pats:
    tokens = pats.list(owner="10")
assert len(tokens) == 10
