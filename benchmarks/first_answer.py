"""Runs in a fresh interpreter: imports a handler, gives it one event, says that it answered, and then what.

Called as ``python -I -S first_answer.py <directories> <module> <event.json>``; nothing but the given
directories is on the path.
"""

import importlib
import json
import os
import sys


class Context:
    """What Lambda tells a handler about its invocation."""

    function_name = "function"
    function_version = "1"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:function"
    memory_limit_in_mb = 1769
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_group_name = "/aws/lambda/function"
    log_stream_name = "stream"

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""
        return 30_000


def main() -> None:
    """Import, call, say so."""
    directories, module, event = sys.argv[1:]
    sys.path[:0] = directories.split(os.pathsep)
    handler = importlib.import_module(module).handler
    with open(event, encoding="utf-8") as file:  # noqa: PTH123 (pathlib would be part of what is measured)
        answer = handler(json.load(file), Context())
    os.write(1, b"answered\n")
    os.write(1, json.dumps(answer).encode() + b"\n")
    # Without tidying up: a function is frozen here, and the processor time ends with the answer.
    os._exit(0)


if __name__ == "__main__":
    main()
