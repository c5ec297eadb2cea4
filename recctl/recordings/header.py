"""What a recording says of itself in a listing."""

from recctl.recordings.summary import Kind as Kind
from recctl.recordings.summary import Preview as Preview
from recctl.recordings.summary import Summary as Header
from recctl.recordings.summary import is_error_status as is_error_status

__all__ = ["Header", "Kind", "Preview", "is_error_status"]
