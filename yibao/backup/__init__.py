"""The data folder in one archive, and back: what cannot be made again, without the key."""

from yibao.backup.contents import Contents, Member
from yibao.backup.pack import Packed, pack
from yibao.backup.restore import restore

__all__ = ["Contents", "Member", "Packed", "pack", "restore"]
