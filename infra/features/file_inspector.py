"""``file_inspector``: reads what an arrived file really is."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.grants import allow_listing, allow_objects, allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack) -> PythonFunction:
    """Create the function. It is the only one with the libraries that read meshes and images."""
    function = PythonFunction(
        scope,
        data.house,
        name="file_inspector",
        trigger="workflow",
        settings={
            "TABLE_NAME": data.table.table_name,
            "ARRIVALS_BUCKET": data.arrivals.bucket_name,
            "FILES_BUCKET": data.files.bucket_name,
        },
        memory_mb=wire.INSPECTOR_MEMORY_MB,
        timeout_seconds=90,
        reserved_concurrency=40,
        description="Inspects meshes, DICOM series, images and archives by content",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "UpdateItem"])
    allow_objects(function, data.arrivals, data.data_key, ["GetObject"])
    allow_listing(function, data.arrivals)
    # A photo that says where it was taken is kept without that.
    allow_objects(function, data.files, data.data_key, ["PutObject"], under=["practice/"])
    return function
