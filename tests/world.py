"""A little of everything, belonging to the learner: what the route matrix needs for its addresses and posts."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, City


@dataclass
class World:
    city: City
    cast: Cast

    def address(self, route: str) -> str:
        return reverse(route, kwargs=self.arguments(route))

    def arguments(self, route: str) -> dict[str, Any]:
        return {}

    def data(self, route: str) -> dict[str, Any]:
        return {}


@pytest.fixture
def world(city: City, cast: Cast) -> World:
    return World(city, cast)
