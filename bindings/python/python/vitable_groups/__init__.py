"""An independent client for the Groups API of Vitable Connect.

    from vitable_groups import VitableConnect

    client = VitableConnect()  # VITABLE_CONNECT_API_KEY
    for group in client.groups.list(limit=100):
        print(group.id, group.name)

Neither developed nor endorsed by the vendor.
"""

from __future__ import annotations

from . import types as types
from ._base_client import ENVIRONMENTS as ENVIRONMENTS
from ._exceptions import APIConnectionError as APIConnectionError
from ._exceptions import APIError as APIError
from ._exceptions import APIResponseValidationError as APIResponseValidationError
from ._exceptions import APIStatusError as APIStatusError
from ._exceptions import APITimeoutError as APITimeoutError
from ._exceptions import APIUserAbortError as APIUserAbortError
from ._exceptions import AuthenticationError as AuthenticationError
from ._exceptions import BadRequestError as BadRequestError
from ._exceptions import ClientClosedError as ClientClosedError
from ._exceptions import ConfigurationError as ConfigurationError
from ._exceptions import ConflictError as ConflictError
from ._exceptions import CredentialsError as CredentialsError
from ._exceptions import DeadlineExceededError as DeadlineExceededError
from ._exceptions import InternalError as InternalError
from ._exceptions import InternalServerError as InternalServerError
from ._exceptions import InvalidArgumentError as InvalidArgumentError
from ._exceptions import InvalidRosterError as InvalidRosterError
from ._exceptions import NotFoundError as NotFoundError
from ._exceptions import PermissionDeniedError as PermissionDeniedError
from ._exceptions import RateLimitError as RateLimitError
from ._exceptions import RosterGuardError as RosterGuardError
from ._exceptions import StreamAlreadyConsumed as StreamAlreadyConsumed
from ._exceptions import UnprocessableEntityError as UnprocessableEntityError
from ._exceptions import VitableConnectError as VitableConnectError
from ._lazy import lazily as _lazily
from ._logs import setup as _setup_logs
from ._models import BaseModel as BaseModel
from ._request import RequestOptions as RequestOptions
from ._sync.client import Client as Client
from ._sync.client import VitableConnect as VitableConnect
from ._timeouts import DEFAULT_CONNECTION_LIMITS as DEFAULT_CONNECTION_LIMITS
from ._timeouts import DEFAULT_MAX_RETRIES as DEFAULT_MAX_RETRIES
from ._timeouts import DEFAULT_TIMEOUT as DEFAULT_TIMEOUT
from ._timeouts import Timeout as Timeout
from ._types import NOT_GIVEN as NOT_GIVEN
from ._types import NoneType as NoneType
from ._types import NotGiven as NotGiven
from ._types import Omit as Omit
from ._types import not_given as not_given
from ._types import omit as omit
from ._version import __title__ as __title__
from ._version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import pagination as pagination
    from . import resources as resources
    from ._async.client import AsyncClient as AsyncClient
    from ._async.client import AsyncVitableConnect as AsyncVitableConnect
    from ._async.response import AsyncAPIResponse as AsyncAPIResponse
    from ._httpx import DefaultAioHttpClient as DefaultAioHttpClient
    from ._httpx import DefaultAsyncHttpxClient as DefaultAsyncHttpxClient
    from ._httpx import DefaultHttpxClient as DefaultHttpxClient
    from ._sync.response import APIResponse as APIResponse
    from ._wait import SyncProgress as SyncProgress
    from .roster import Roster as Roster

_LAZY = {
    "APIResponse": "._sync.response",
    "AsyncAPIResponse": "._async.response",
    "AsyncClient": "._async.client",
    "AsyncVitableConnect": "._async.client",
    "DefaultAioHttpClient": "._httpx",
    "DefaultAsyncHttpxClient": "._httpx",
    "DefaultHttpxClient": "._httpx",
    "Roster": ".roster",
    "SyncProgress": "._wait",
    "pagination": ".pagination",
    "resources": ".resources",
}
__getattr__ = _lazily(__name__, _LAZY)
__all__ = [name for name in (*globals(), *_LAZY) if name[0] != "_" or name.endswith("__")]  # pyright: ignore


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})


_setup_logs()

# Messages, tracebacks and pickles name the package rather than its private modules.
for _name, _value in list(globals().items()):
    if isinstance(_value, type) and _value.__module__.startswith(f"{__name__}._"):
        _value.__module__ = __name__
