"""The contracts that every method and every index must keep, public for other people's methods and indexes."""

from stbir.testing.index import check_index as check_index
from stbir.testing.method import check_method as check_method

__all__ = ["check_index", "check_method"]
