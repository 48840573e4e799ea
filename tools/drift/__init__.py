"""Compares the operations in our `openapi.yaml` with what the vendor publishes.

`reading` reads a spec and what it refers to, `operations` finds the operations that belong
together, `facts` says what an operation promises, place by place, and `comparing` finds what
differs. What our spec records under `x-differences` is no news, at that place and below it.
"""
