"""Office files with the same bytes on any day and machine."""

from __future__ import annotations

import io
import zipfile


def repacked(office_file: bytes) -> bytes:
    """The same parts in the order of their names, all dated 1980-01-01.

    Stored, not deflated: zlib and zlib-ng make different bytes of the same text.
    """
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office_file)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target,
    ):
        # [Content_Types].xml sorts first, where Office looks for it
        for name in sorted(source.namelist()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            # Python writes the system it runs on
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()
