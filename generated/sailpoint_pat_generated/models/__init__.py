"""Contains all the data models used in inputs/outputs"""

from .create_personal_access_token_request import CreatePersonalAccessTokenRequest
from .create_personal_access_token_response import CreatePersonalAccessTokenResponse
from .error_message_dto import ErrorMessageDto
from .error_response_dto import ErrorResponseDto
from .get_personal_access_token_response import GetPersonalAccessTokenResponse
from .pat_owner import PatOwner
from .rate_limited_response import RateLimitedResponse
from .unauthorized_response import UnauthorizedResponse

__all__ = (
    "CreatePersonalAccessTokenRequest",
    "CreatePersonalAccessTokenResponse",
    "ErrorMessageDto",
    "ErrorResponseDto",
    "GetPersonalAccessTokenResponse",
    "PatOwner",
    "RateLimitedResponse",
    "UnauthorizedResponse",
)
