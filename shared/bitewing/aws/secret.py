"""Secrets, fetched when they are first needed and kept while the function lives."""

from collections.abc import Callable
from functools import cache

from bitewing.aws.client import create_client


def secret_value(secret_arn: str) -> Callable[[], bytes]:
    """Return a function that gives the secret; the first call fetches it, in one request."""

    @cache
    def fetch() -> bytes:
        return create_client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"].encode()

    return fetch
