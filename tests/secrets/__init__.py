# ruff: noqa: A005  "tests.secrets" shadows nothing
