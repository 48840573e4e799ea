"""Contains shared errors types that can be raised from API functions"""

import httpx


class UnexpectedStatus(Exception):
    """Raised by api functions when the response status an undocumented status and Client.raise_on_unexpected_status is True"""

    def __init__(self, status_code: int, content: bytes):
        super().__init__(status_code, content)
        self.status_code = status_code
        self.content = content

    def __repr__(self) -> str:
        return f"UnexpectedStatus({self.status_code})"

    def __str__(self) -> str:
        return f"Unexpected status code: {self.status_code}"


class InvalidValue(ValueError):
    """Raised by from_dict for a value that the contract does not allow. Never shows the value itself.

    Attributes:
        field (str): Where it stands, such as `owner.name` or `scope[2]`. Empty for the whole.
        reason (str): What is wrong with it.
    """

    def __init__(self, field: str, reason: str):
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason

    def within(self, outer: str) -> "InvalidValue":
        """The same, seen from the field that holds the value"""
        joint = "." if self.field and not self.field.startswith("[") else ""
        return InvalidValue(f"{outer}{joint}{self.field}", self.reason)


class InvalidResponse(Exception):
    """Raised by api functions when the body of a successful answer is no JSON or breaks the contract.

    The exception it was raised from says what is wrong: InvalidValue, where it is a value.

    Attributes:
        response (httpx.Response): The answer as it came.
    """

    def __init__(self, response: httpx.Response):
        super().__init__(response)
        self.response = response

    def __str__(self) -> str:
        return f"The body of the answer (status {self.response.status_code}) breaks the contract"


__all__ = ["InvalidResponse", "InvalidValue", "UnexpectedStatus"]
