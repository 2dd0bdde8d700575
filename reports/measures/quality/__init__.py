"""What is missing, impossible or twice in the records: how much money it touches, and who can mend it."""

from __future__ import annotations

from reports.measures.quality.catalogue import CHECKS, Check, Mender
from reports.measures.quality.count import Fault, Quality, quality

__all__ = ["CHECKS", "Check", "Fault", "Mender", "Quality", "quality"]
