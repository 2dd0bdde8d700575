from __future__ import annotations

import pytest

from connectors.conformance import CrmConformance
from connectors.demo import DemoCrm
from connectors.protocol import Crm
from tests.fakes.tiny_crm import tiny


class TestTiny(CrmConformance):
    @pytest.fixture
    def crm(self) -> Crm:
        return tiny()


class TestDemo(CrmConformance):
    @pytest.fixture
    def crm(self) -> Crm:
        return DemoCrm(opportunities=600)
