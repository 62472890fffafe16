"""Cursors: where a list goes on, opaque and tamper-evident, for one caller and one query only."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Final

from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import InvalidCursor
from bitewing.kernel.pages import Position

_SIGNATURE_BYTES: Final = 16
#: Longer than any that is issued, for keys hold a few ids; nothing longer is even decoded.
_MAX_LENGTH: Final = 2000


class Cursors:
    """Makes positions into cursors and back.

    A position holds ids, statuses and dates only, so a cursor may stand in an address. It is signed, not
    encrypted: whoever decodes it sees nothing that the page did not show.
    """

    def __init__(self, secret: Callable[[], bytes]) -> None:
        """Remember where the secret comes from; it is fetched when the first cursor needs it."""
        self._secret = secret

    def write(self, position: Position | None, caller: Caller, query: str) -> str | None:
        """Return the cursor of a position, or ``None`` after the last page.

        Args:
            position: Where the page ended.
            caller: Who may go on.
            query: The route and filters of the list, in a fixed form.
        """
        if position is None:
            return None
        content = json.dumps(position, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(content, caller, query) + content).decode().rstrip("=")

    def read(self, cursor: str | None, caller: Caller, query: str) -> Position | None:
        """Return the position of a cursor, or ``None`` where there is no cursor.

        Raises:
            InvalidCursor: The cursor was not issued to this caller for this query, or was changed.
        """
        if cursor is None:
            return None
        if len(cursor) > _MAX_LENGTH:
            raise InvalidCursor
        try:
            token = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidCursor from error
        signature, content = token[:_SIGNATURE_BYTES], token[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content, caller, query)):
            raise InvalidCursor
        position: Position = json.loads(content)
        return position

    def _signature(self, content: bytes, caller: Caller, query: str) -> bytes:
        bound_to = json.dumps([caller.organization_id, caller.user_id, query]).encode()
        digest = hmac.digest(self._secret(), len(bound_to).to_bytes(4, "big") + bound_to + content, hashlib.sha256)
        return digest[:_SIGNATURE_BYTES]
