from typing import Any
import botocore.session
from botocore.config import Config

def create_client(service: str) -> Any:
    return botocore.session.get_session().create_client(service)
